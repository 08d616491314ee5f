// Places by months, in as many blocks side by side as there is room for. Names come from data and are set as text only.

import {make, whenever} from "../../web/dom.js"

// A block has room for a name and the months; a row can be read and hit.
const BLOCK = 560, ROW = 20
const STEPS = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0]}

export function render({model}) {
  const root = make("div", "months"), head = make("div", "head"), blocks = make("div", "blocks")
  root.append(head, blocks)
  let cells = []

  const look = () => model.dark ? "dark" : "light"

  function square(at, state, whole) {
    const node = make("span", "cell " + state + (whole ? "" : " hollow"))
    if (at >= 0) { node.style.setProperty("--own", model.grid.classes[at][1][look()]) }
    else if (state) { node.style.setProperty("--own", model.grid.grounds[look()][state][0]) }
    return node
  }

  function legend() {
    const node = make("div", "legend")
    const row = (mark, label) => { const one = make("span", "mark"); one.append(mark, make("span", "", label)); node.append(one) }
    const used = new Set(model.grid.rows.flatMap(([, , , own]) => own.map(([at]) => at)))
    model.grid.classes.forEach(([label], at) => { if (used.has(at)) { row(square(at, "", true), label) } })
    for (const [state, label] of model.grid.states) { row(square(-1, state, true), label) }
    if (model.grid.part) { row(square(model.grid.classes.length - 1, "", false), model.texts.part) }
    node.append(make("span", "hint", model.texts.hint))
    return node
  }

  const short = (title) => title.replace(/^\d{4}[年-]/, "")

  function line(name, above, inner, kind) {
    const row = make("div", "row " + kind), place = make("span", "name")
    place.append(make("b", "", name), make("span", "", above))
    row.append(place, ...inner)
    return row
  }

  function heads() {
    const years = new Set()
    return line("", "", model.grid.months.map(([period, title]) => {
      const year = period.slice(0, 4), first = !years.has(year)
      years.add(year)
      const node = make("span", "month" + (period === model.at[1] ? " here" : ""), short(title))
      if (first) { node.append(make("small", "", year)) }
      node.title = title
      return node
    }), "heads")
  }

  function totals() {
    return line(model.texts.whole, "", model.grid.months.map(([, title, figure, missing]) => {
      const node = make("span", "total" + (missing ? " missing" : ""), missing ? "–" : figure)
      node.title = title + " " + figure
      return node
    }), "totals")
  }

  function place([code, name, above, own], at) {
    const nodes = own.map(([one, state, said, whole], month) => {
      const [period, title] = model.grid.months[month], node = square(one, state, whole)
      node.setAttribute("role", "button")
      node.tabIndex = -1
      node.title = node.ariaLabel = name + " " + title + " " + said
      node.dataset.spot = at + "," + month
      node.classList.toggle("here", code === model.at[0] && period === model.at[1])
      return node
    })
    cells[at] = nodes
    return line(name, above, nodes, "place")
  }

  function fill() {
    const {grid} = model
    if (!grid.months) { return }
    cells = []
    head.replaceChildren(make("h1", "", grid.title), ...grid.rows.length ? [legend()] : [])
    const wide = Math.max(1, Math.floor(root.clientWidth / BLOCK)), high = Math.max(1, Math.floor((root.clientHeight - head.offsetHeight - 90) / ROW))
    // No more blocks than the rows need, and as many as fit.
    const count = Math.min(wide, Math.max(1, Math.ceil(grid.rows.length / high), grid.rows.length > 24 ? wide : 1)), each = Math.ceil(grid.rows.length / count)
    const drawn = []
    for (let at = 0; at < count && grid.rows.length; at++) {
      const block = make("div", "block")
      block.append(heads(), totals(), ...grid.rows.slice(at * each, (at + 1) * each).map((row, n) => place(row, at * each + n)))
      drawn.push(block)
    }
    blocks.replaceChildren(...drawn)
    blocks.style.setProperty("--months", grid.months.length)
    blocks.style.setProperty("--high", `max(${ROW}px, calc((100% - 4.6em) / ${Math.max(each, 1)}))`)
    const first = cells[0]?.[0]
    if (first) { first.tabIndex = 0 }
    root.dataset.drawn = String(grid.rows.length)
  }

  const spotOf = (node) => node?.dataset?.spot?.split(",").map(Number)
  function open(node) {
    const spot = spotOf(node)
    if (spot) { model.send_msg({code: model.grid.rows[spot[0]][0], period: model.grid.months[spot[1]][0]}) }
  }
  blocks.addEventListener("click", (event) => open(event.target))
  blocks.addEventListener("keydown", (event) => {
    const spot = spotOf(event.target)
    if (!spot) { return }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(event.target); return }
    const step = STEPS[event.key], to = step && cells[spot[0] + step[0]]?.[spot[1] + step[1]]
    if (!step) { return }
    event.preventDefault()
    event.stopPropagation()
    if (to) { event.target.tabIndex = -1; to.tabIndex = 0; to.focus() }
  })
  let frame = 0
  const sizes = new ResizeObserver(() => { cancelAnimationFrame(frame); frame = requestAnimationFrame(fill) })
  sizes.observe(root)
  let waiting = false
  whenever(model, ["grid", "at", "dark"], () => {
    if (!waiting) { waiting = true; queueMicrotask(() => { waiting = false; fill() }) }
  })
  model.on("remove", () => { sizes.disconnect(); cancelAnimationFrame(frame) })
  return root
}
