// The ranking of places, worst first. Names come from data and are set as text only.

import {make, makeButton, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "ranking")
  const rows = new Map()

  const light = (id) => {
    for (const [found, row] of rows) { row.classList.toggle("lit", found === id) }
  }

  function line(item, theme) {
    const row = makeButton(item.here ? "row here" : "row", undefined,
      () => model.send_msg({type: "click", key: item.key}))
    const place = make("span", "place")
    place.append(make("span", "name", item.name), make("span", "parent", item.parent), make("span", "parent note", item.note))
    const bar = make("span", "bar")
    bar.style.width = item.share + "%"
    bar.style.background = item.colour[theme]
    const track = make("span", "track")
    track.append(bar)
    place.append(track)
    row.append(make("span", "rank", item.rank), place, make("span", "value", item.value),
      make("span", "change " + item.course, item.change))
    row.title = item.basis ? item.name + " · " + item.basis : item.name
    row.addEventListener("mouseenter", () => say(item.id))
    row.addEventListener("mouseleave", () => say(null))
    return row
  }

  const say = (id) =>
    window.dispatchEvent(new CustomEvent("guatu:hover", {detail: {id, from: "ranking"}}))

  function fill() {
    const {title, columns, items, more, sorted} = model.table
    const theme = model.dark ? "dark" : "light"
    root.classList.toggle("dark", model.dark)
    const head = make("div", "head")
    head.append(...columns.map((name, index) => {
      const by = ["rank", "place", "value", "change"][index]
      if (index < 2) { return make("span", by, name) }
      const button = makeButton(sorted === by ? by + " by here" : by + " by", name,
        () => model.send_msg({type: "sort", by}))
      button.setAttribute("aria-pressed", String(sorted === by))
      return button
    }))
    const body = make("div", "body")
    rows.clear()
    for (const item of items) {
      const row = line(item, theme)
      rows.set(item.id, row)
      body.append(row)
    }
    if (more) { body.append(make("div", "more", more)) }
    root.replaceChildren(make("h2", "", title), head, body)
    body.querySelector(".here")?.scrollIntoView({block: "nearest"})
  }

  const listen = (event) => {
    if (event.detail.from === "ranking") { return }
    light(event.detail.id)
    rows.get(event.detail.id)?.scrollIntoView({block: "nearest"})
  }
  window.addEventListener("guatu:hover", listen)
  whenever(model, ["table", "dark"], fill)
  model.on("remove", () => window.removeEventListener("guatu:hover", listen))
  fill()
  return root
}
