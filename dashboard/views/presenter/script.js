// Presenting: full screen, one sentence under the picture, lines beside it, keys for a clicker, a pen, a black screen,
// and a second window for the speaker.

import {make, makeButton, penOf, whenever} from "../../web/dom.js"
import {openNotes} from "./notes.js"

const KEYS = {ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "previous", PageUp: "previous"}
// A long sentence is written smaller until it has room.
const SIZES = [1, 0.9, 0.8, 0.7, 0.6, 0.5]

export function render({model}) {
  const root = make("div", "presenter")
  const words = model.texts
  const say = (type, more = {}) => model.send_msg({type, ...more})
  // A key right after the beginning counts, though the server has not answered yet.
  let open = false, begun = false, deciding = false, speaker = null
  const black = make("div", "black"), pen = make("canvas", "pen")
  black.hidden = pen.hidden = true

  function full() { document.documentElement.requestFullscreen?.().catch(() => {}) }
  function begin(type) { open = false; begun = true; full(); say(type) }
  function leave() {
    if (document.fullscreenElement) { document.exitFullscreen() }
    black.hidden = pen.hidden = true
    speaker?.close()
    say("leave")
  }
  function notes() {
    speaker = openNotes({words, onKey: key, go: (index) => say("step", {index}), move: say})
    say("notes")
    tell()
  }
  // The speaker's window shows what is told, what comes next, and how long it has taken.
  function tell() { speaker?.show({steps: model.steps, step: model.step, notes: model.notes, said: model.said}) }

  function list() {
    const box = make("div", "stops")
    if (!model.presenting) {
      box.append(makeButton("tell", words.tell, () => begin("tell")), makeButton("start", words.start, () => begin("start")),
        makeButton("add", words.add, () => { open = false; say("add"); fill() }))
    }
    const items = make("ol")
    model.stops.forEach((sentence, index) => {
      const item = make("li", index === model.at ? "here" : "")
      item.append(makeButton("stop", sentence, () => { open = false; say("go", {index}) }))
      if (!model.presenting) {
        const gone = makeButton("remove", "×", () => say("remove", {index}))
        gone.title = gone.ariaLabel = words.remove
        item.append(gone)
      }
      items.append(item)
    })
    if (!model.stops.length) { items.append(make("li", "none", words.none)) }
    box.append(items)
    return box
  }

  function steps() {
    const dots = make("nav", "dots")
    model.steps.forEach(({label}, index) => {
      const dot = makeButton("dot", label, () => say("step", {index}))
      if (index === model.step) { dot.setAttribute("aria-current", "step") }
      dots.append(dot)
    })
    return dots
  }

  // What is decided, by whom and when; the sentence shown stands there to begin with.
  function decide() {
    const box = make("form", "decide"), texts = {}
    for (const [name, type, value] of [["decision", "text", model.said[0]], ["owner", "text", ""], ["due", "date", ""]]) {
      const line = make("label", name), input = make("input")
      Object.assign(input, {type, value, required: true, maxLength: name === "decision" ? 500 : 100})
      line.append(make("span", "", words[name]), input)
      box.append(line)
      texts[name] = input
    }
    const keep = make("button", "keep", words.keep)
    box.append(keep)
    box.addEventListener("submit", (event) => {
      event.preventDefault()
      deciding = false
      say("decide", {text: texts.decision.value, owner: texts.owner.value, due: texts.due.value})
      fill()
    })
    // The keys of a clicker are letters here.
    box.addEventListener("keydown", (event) => {
      event.stopPropagation()
      if (event.key === "Escape") { deciding = false; fill() }
    })
    requestAnimationFrame(() => texts.owner.focus())
    return box
  }

  function tools(menu) {
    const box = make("div", "moves")
    const move = (name, sign) => { const node = makeButton(name, sign, () => say(name)); node.ariaLabel = node.title = words[name]; return node }
    const count = model.steps.length || model.stops.length, at = model.steps.length ? model.step : model.at
    if (model.steps.length && model.step === model.steps.length - 1) { box.append(makeButton("open", words.open, () => { leave(); say("open") })) }
    box.append(move("previous", "◀"), make("span", "place", (at >= 0 ? at + 1 : "–") + " / " + count), move("next", "▶"),
      ...model.decides ? [makeButton("decides", words.decide, () => { deciding = !deciding; fill() })] : [],
      makeButton("notes", words.notes, notes), menu, makeButton("leave", words.leave, leave))
    return box
  }

  function board() {
    const rows = model.steps[model.step]?.rows ?? []
    if (!rows.length) { return [] }
    const box = make("ol", "board")
    for (const [number, unit, title, detail] of rows) {
      const row = make("li", "row"), figure = make("span", "figure"), told = make("span", "told")
      figure.append(make("b", "", number), make("span", "", unit))
      told.append(make("strong", "", title), ...detail ? [make("span", "", detail)] : [])
      row.append(figure, told)
      box.append(row)
    }
    return [box]
  }

  function fill() {
    begun = begun && !model.presenting && !model.note
    document.documentElement.classList.toggle("guatu-presenting", model.presenting)
    document.documentElement.style.setProperty("--big", String(model.big))
    document.documentElement.style.setProperty("--tools", model.presenting ? "none" : "flex")
    // Beside lines the map shows where; what it tells itself gives way to them.
    document.documentElement.style.setProperty("--telling", model.steps[model.step]?.rows.length ? "none" : "block")
    root.className = "presenter" + (model.presenting ? " on" : "")
    const menu = makeButton("menu", model.presenting ? words.list + " (" + model.stops.length + ")" : words.menu + " (" + model.stops.length + ") ▾",
      () => { open = !open; fill() })
    menu.setAttribute("aria-expanded", String(open))
    const parts = []
    if (model.presenting) {
      const caption = make("div", "caption"), told = make("div", "told"), foot = make("div", "foot")
      told.append(make("h1", "said", model.said[0]))
      foot.append(make("p", "line", model.said[1]), steps(), tools(menu))
      caption.append(told, foot)
      parts.push(...board(), caption, pen, black)
    } else {
      parts.push(menu)
    }
    if (model.note && !open) {
      const note = make("span", "note", model.note)
      note.setAttribute("role", "status")
      setTimeout(() => note.remove(), 4000)
      parts.push(note)
    }
    deciding = deciding && model.presenting
    root.replaceChildren(...parts, ...(open ? [list()] : []), ...(deciding ? [decide()] : []))
    fit()
    tell()
  }

  function fit() {
    const told = root.querySelector(".caption .told"), heading = told?.querySelector("h1")
    if (!heading) { return }
    for (const size of SIZES) {
      heading.style.setProperty("--fitted", size)
      if (heading.scrollHeight <= told.clientHeight + 1) { return }
    }
  }

  function draw() {
    pen.hidden = !pen.hidden
    if (pen.hidden) { return }
    pen.width = innerWidth
    pen.height = innerHeight
    Object.assign(penOf(pen), {lineWidth: 6, lineCap: "round", strokeStyle: "#d6249f"})
  }
  pen.addEventListener("pointerdown", (event) => { penOf(pen).beginPath(); penOf(pen).moveTo(event.clientX, event.clientY); pen.setPointerCapture(event.pointerId) })
  pen.addEventListener("pointermove", (event) => {
    if (event.buttons) { penOf(pen).lineTo(event.clientX, event.clientY); penOf(pen).stroke() }
  })

  function key(event) {
    if (event.key === "Escape" && open) { open = false; fill(); return }
    if (!(model.presenting || begun) || event.ctrlKey || event.metaKey || event.altKey) { return }
    const {tagName} = event.composedPath()[0]
    if (["INPUT", "TEXTAREA"].includes(tagName) || (event.key === " " && tagName === "BUTTON")) { return }
    const actions = {b: () => { black.hidden = !black.hidden }, p: draw, s: () => say("spotlight"), n: notes, escape: leave}
    const action = KEYS[event.key] ? () => { pen.hidden = true; say(KEYS[event.key]) } : actions[event.key.toLowerCase()]
    if (!action) { return }
    event.preventDefault()
    event.stopPropagation()
    action()
  }
  let whole = false
  const screen = () => {
    // Escape leaves the full screen before any key reaches the page.
    if (whole && !document.fullscreenElement && model.presenting) { say("leave") }
    whole = Boolean(document.fullscreenElement)
  }
  const elsewhere = (event) => { if (open && !event.composedPath().includes(root)) { open = false; fill() } }
  window.addEventListener("keydown", key, true)
  window.addEventListener("resize", fit)
  document.addEventListener("pointerdown", elsewhere)
  document.addEventListener("fullscreenchange", screen)
  // What one answer changes comes property by property.
  let waiting = false
  whenever(model, ["stops", "at", "steps", "step", "said", "notes", "presenting", "decides", "big", "note"], () => {
    if (!waiting) { waiting = true; queueMicrotask(() => { waiting = false; fill() }) }
  })
  model.on("remove", () => {
    window.removeEventListener("keydown", key, true)
    window.removeEventListener("resize", fit)
    document.removeEventListener("pointerdown", elsewhere)
    document.removeEventListener("fullscreenchange", screen)
    document.documentElement.classList.remove("guatu-presenting")
    speaker?.close()
  })
  fill()
  requestAnimationFrame(fit)
  return root
}
