// The ranking of places, worst first, as many rows as there is room for. Names come from data and are set as text only.

import {make, makeButton, whenever} from "../../web/dom.js"
import {sparkline} from "../../web/spark.js"

export function render({model}) {
  const root = make("div", "ranking")
  const rows = new Map()
  let told = 0

  const light = (id) => {
    for (const [other, row] of rows) { row.classList.toggle("lit", other === id) }
  }

  function line(item, theme, parts) {
    const row = makeButton(item.here ? "row here" : "row", undefined,
      () => model.send_msg({type: "click", key: item.key}))
    const place = make("span", "place")
    place.append(make("span", "name", item.name), make("span", "parent", item.parent), make("span", "parent note", item.note))
    const figure = make("span", "figure"), bar = make("span", "bar")
    bar.style.width = "calc(" + item.share + "% * 0.52)"
    bar.style.background = item.colour[theme]
    figure.append(bar, make("span", "value", item.value))
    row.append(make("span", "rank", item.rank), place, sparkline(item.values, item.now), figure)
    if (parts) { row.append(make("span", "parts", item.parts)) }
    row.append(make("span", "change " + item.course, item.change))
    row.title = item.basis ? item.name + " · " + item.basis : item.name
    row.addEventListener("mouseenter", () => say(item.id))
    row.addEventListener("mouseleave", () => say(null))
    return row
  }

  const say = (id) =>
    window.dispatchEvent(new CustomEvent("guatu:hover", {detail: {id, from: "ranking"}}))

  function sorter(by, name, sorted) {
    const button = makeButton(sorted === by ? by + " by here" : by + " by", name, () => model.send_msg({type: "sort", by}))
    button.setAttribute("aria-pressed", String(sorted === by))
    return button
  }

  function turner(sign, to, can) {
    const button = makeButton("turn", sign, () => model.send_msg({type: "page", to}))
    button.disabled = !can
    button.ariaLabel = to < 0 ? "−" : "+"
    return button
  }

  function fill() {
    const {title, columns: [rank, place, months, unit, counted, change], items, rest, zeros, pages, sorted} = model.table
    const theme = model.dark ? "dark" : "light"
    root.classList.toggle("counted", Boolean(counted))
    const head = make("div", "head")
    head.append(make("span", "rank", rank), make("span", "place", place), make("span", "months", months), sorter("value", unit, sorted),
      ...counted ? [make("span", "parts", counted)] : [], sorter("change", change, sorted))
    const body = make("div", "body")
    rows.clear()
    for (const item of items) {
      const row = line(item, theme, counted)
      rows.set(item.id, row)
      body.append(row)
    }
    const foot = make("div", "foot")
    foot.append(make("span", "rest", rest), make("span", "zeros", zeros))
    if (pages[0] || pages[1]) { foot.append(turner("‹", -1, pages[0]), turner("›", 1, pages[1])) }
    root.replaceChildren(...title ? [make("h2", "", title)] : [], head, body, foot)
    measure()
  }

  // How many rows have room; on a phone the page scrolls, and they stand as they come.
  function measure() {
    const body = root.querySelector(".body"), row = body?.firstChild
    const high = row?.getBoundingClientRect().height
    if (!high || window.matchMedia("(max-width: 800px)").matches) { return }
    const room = Math.floor(body.clientHeight / high)
    if (room > 2 && room !== told) { told = room; model.send_msg({type: "room", rows: room}) }
  }

  const listen = (event) => { if (event.detail.from !== "ranking") { light(event.detail.id) } }
  const sizes = new ResizeObserver(measure)
  sizes.observe(root)
  window.addEventListener("guatu:hover", listen)
  whenever(model, ["table", "dark"], fill)
  model.on("remove", () => { sizes.disconnect(); window.removeEventListener("guatu:hover", listen) })
  fill()
  return root
}
