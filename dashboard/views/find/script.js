// A box that finds everything; arrows choose, Enter opens. "/" or Ctrl K puts the cursor in.

import {make, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "find")
  const box = make("input")
  box.type = "search"
  box.placeholder = box.ariaLabel = model.texts.find
  box.setAttribute("role", "combobox")
  box.setAttribute("aria-expanded", "false")
  const list = make("ul")
  list.setAttribute("role", "listbox")
  list.ariaLabel = model.texts.find
  root.append(box, list)
  let at = 0
  // Enter before the answer to what was typed goes there when it comes.
  let entered = false

  const close = () => { list.replaceChildren(); box.setAttribute("aria-expanded", "false") }
  const answered = () => {
    if (entered && model.sought === box.value && model.hits.length) { entered = false; go(at); return }
    show()
  }
  const go = (index) => { model.send_msg({type: "go", index}); box.value = ""; box.blur(); close() }
  function show() {
    if (!box.value.trim()) { close(); return }
    at = Math.min(at, Math.max(model.hits.length - 1, 0))
    list.replaceChildren(...model.hits.map(([name, note, kind], index) => {
      const item = make("li", index === at ? "here" : "")
      item.setAttribute("role", "option")
      item.setAttribute("aria-selected", String(index === at))
      item.append(make("code", "", kind), make("strong", "", name), make("span", "", note))
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); go(index) })
      return item
    }))
    if (!model.hits.length && model.sought === box.value) { list.append(make("li", "none", model.texts.none)) }
    box.setAttribute("aria-expanded", "true")
  }
  // What is typed before the page is connected reaches nobody: it is asked again until it is answered.
  let again = 0
  function ask() {
    model.send_msg({type: "find", text: box.value})
    clearTimeout(again)
    again = setTimeout(() => { if (box.value.trim() && model.sought !== box.value) { ask() } }, 1500)
  }
  model.on("remove", () => clearTimeout(again))
  box.addEventListener("input", () => { at = 0; entered = false; ask(); show() })
  box.addEventListener("blur", close)
  box.addEventListener("keydown", (event) => {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key]
    if (step) { at = Math.max(0, Math.min(at + step, model.hits.length - 1)); show(); event.preventDefault() }
    if (event.key === "Enter") { entered = true; answered() }
    if (event.key === "Escape") { box.value = ""; close() }
    event.stopPropagation()
  })
  const slash = (event) => {
    const typing = event.composedPath()[0]
    const asked = event.key === "/" && !["INPUT", "TEXTAREA"].includes(typing.tagName)
    if (asked || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) { event.preventDefault(); box.focus() }
  }
  window.addEventListener("keydown", slash)
  whenever(model, ["hits", "sought"], answered)
  model.on("remove", () => window.removeEventListener("keydown", slash))
  return root
}
