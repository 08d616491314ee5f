// Brand and tabs. Tabs that do not fit beside each other stand in a menu; the one looked at always shows.

import {make, makeButton, whenever} from "../../web/dom.js"
import {knowParts} from "../../web/document.js"

export function render({model, view}) {
  // Here, since the top line is on every page from its beginning.
  knowParts(view.model.document)
  const root = make("div", "top")
  const brand = make("strong", "brand")
  brand.append(make("span", "name", model.brand), make("span", "dot", "·"), make("span", "", model.area))
  const tabs = make("nav", "tabs")
  tabs.setAttribute("aria-label", model.texts.tabs)
  const more = make("div", "more")
  const open = makeButton("others", model.texts.more + " ▾", () => show(menu.hidden))
  open.setAttribute("aria-haspopup", "true")
  const menu = make("div", "menu")
  more.append(open, menu)
  root.append(brand, tabs, more)
  const choose = (key) => { show(false); model.send_msg({key}) }
  const nodes = model.tabs.map(([key, label, title]) => {
    const node = makeButton("tab", label, () => choose(key))
    node.title = title
    return node
  })
  tabs.append(...nodes)

  function show(wanted) {
    menu.hidden = !wanted
    open.setAttribute("aria-expanded", String(wanted))
    if (wanted) { menu.querySelector("button")?.focus() }
  }

  function mark() {
    model.tabs.forEach(([key], at) => {
      if (key === model.at) { nodes[at].setAttribute("aria-current", "page") }
      else { nodes[at].removeAttribute("aria-current") }
    })
    fit()
  }

  // The widths are those of all tabs side by side, with the menu that takes the rest.
  function fit() {
    open.hidden = true
    nodes.forEach((node) => { node.hidden = false })
    const wide = nodes.map((node) => node.offsetWidth)
    let room = tabs.clientWidth
    if (!room || wide.reduce((sum, one) => sum + one, 0) <= room) { fill([]); return }
    open.hidden = false
    room = tabs.clientWidth
    const here = model.tabs.findIndex(([key]) => key === model.at)
    room -= wide[here] ?? 0
    const away = []
    nodes.forEach((node, at) => {
      if (at === here) { return }
      node.hidden = away.length > 0 || wide[at] > room
      room -= wide[at]
      if (node.hidden) { away.push(model.tabs[at]) }
    })
    fill(away)
  }

  function fill(away) {
    menu.replaceChildren(...away.map(([key, , title]) => makeButton("", title, () => choose(key))))
    show(false)
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !menu.hidden) { show(false); open.focus() }
  })
  const elsewhere = (event) => { if (!event.composedPath().includes(more)) { show(false) } }
  document.addEventListener("pointerdown", elsewhere)
  const sizes = new ResizeObserver(fit)
  sizes.observe(root)
  whenever(model, ["at"], mark)
  model.on("remove", () => { sizes.disconnect(); document.removeEventListener("pointerdown", elsewhere) })
  mark()
  return root
}
