// Presenting: full screen, keys for a clicker, and the running list of stops.

import {make, makeButton, whenever} from "../../web/dom.js"

const KEYS = {ArrowRight: "next", PageDown: "next", ArrowLeft: "previous", PageUp: "previous"}

export function render({model}) {
  const root = make("div", "presenter")
  const words = model.texts
  const say = (type, more = {}) => model.send_msg({type, ...more})
  let open = false

  function start() {
    document.documentElement.requestFullscreen?.().catch(() => {})
    say("start")
  }
  function leave() {
    if (document.fullscreenElement) { document.exitFullscreen() }
    say("leave")
  }

  function list() {
    const box = make("ol", "stops")
    model.stops.forEach((sentence, index) => {
      const item = make("li", index === model.at ? "here" : "")
      item.append(makeButton("stop", sentence, () => { open = false; say("go", {index}) }))
      if (!model.presenting) {
        const gone = makeButton("remove", "×", () => say("remove", {index}))
        gone.title = gone.ariaLabel = words.remove
        item.append(gone)
      }
      box.append(item)
    })
    if (!model.stops.length) { box.append(make("li", "none", words.none)) }
    return box
  }

  function fill() {
    root.className = "presenter" + (model.presenting ? " on" : "")
    const count = model.stops.length
    const parts = []
    const menu = makeButton("menu", words.list + " (" + count + ")", () => { open = !open; fill() })
    menu.setAttribute("aria-expanded", String(open))
    if (model.presenting) {
      const place = model.at >= 0 ? model.at + 1 + " / " + count : "– / " + count
      const move = (name, text) => { const node = makeButton(name, text, () => say(name)); node.ariaLabel = words[name]; return node }
      parts.push(move("previous", "◀"), make("span", "place", place), move("next", "▶"),
        make("span", "said", model.stops[model.at] ?? ""), menu, makeButton("leave", words.leave, leave))
    } else {
      parts.push(makeButton("start", words.start, start), makeButton("add", words.add, () => say("add")), menu)
    }
    if (model.note && !open) {
      const note = make("span", "note", model.note)
      note.setAttribute("role", "status")
      setTimeout(() => note.remove(), 4000)
      parts.push(note)
    }
    root.replaceChildren(...parts, ...(open ? [list()] : []))
    document.documentElement.classList.toggle("guatu-presenting", model.presenting)
    document.documentElement.style.setProperty("--big", model.presenting ? "1.25" : "1")
  }

  const key = (event) => {
    if (!model.presenting || event.ctrlKey || event.metaKey || event.altKey) { return }
    if (["INPUT", "TEXTAREA"].includes(event.composedPath()[0].tagName)) { return }
    if (KEYS[event.key]) { event.preventDefault(); event.stopPropagation(); say(KEYS[event.key]) }
    if (event.key === "Escape") { leave() }
  }
  let full = false
  const screen = () => {
    // Escape leaves the full screen before any key reaches the page.
    if (full && !document.fullscreenElement && model.presenting) { say("leave") }
    full = Boolean(document.fullscreenElement)
  }
  window.addEventListener("keydown", key, true)
  document.addEventListener("fullscreenchange", screen)
  whenever(model, ["stops", "at", "presenting", "note"], fill)
  model.on("remove", () => {
    window.removeEventListener("keydown", key, true)
    document.removeEventListener("fullscreenchange", screen)
    document.documentElement.classList.remove("guatu-presenting")
  })
  fill()
  return root
}
