// All themes side by side: figure, small map, worst places, hot spots; a click enters one.

import {patterns} from "../../maps/screen/patterns.js"
import {outlinesAt, sketchMap} from "../../maps/screen/sketch.js"
import {make, makeButton, noteShown, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("main", "overview")
  let drawn = []

  function card(theme) {
    const box = make("section", "card")
    box.setAttribute("aria-label", theme.title)
    const enter = (place) => model.send_msg({type: "enter", theme: theme.key, place})
    const head = makeButton("enter", undefined, () => enter(null))
    head.append(make("h2", "", theme.title), make("span", "go", model.texts.enter))
    const figure = make("div", "figure")
    figure.append(make("span", "number", theme.figure), make("span", "change " + theme.course, theme.change))
    const facts = make("p", "facts", [theme.parts, theme.target].filter(Boolean).join("\n"))
    const canvas = make("canvas", "small")
    canvas.setAttribute("role", "img")
    canvas.setAttribute("aria-label", theme.indicator)
    const list = make("ol", "worst")
    for (const place of theme.worst) {
      const row = makeButton("place", undefined, () => enter(place.key))
      const spot = make("span", "spot")
      spot.style.background = theme.picture.colours[model.dark ? "dark" : "light"][place.class] ?? ""
      row.append(spot, make("span", "name", place.name), make("span", "above", place.above), make("span", "value", place.value))
      const item = make("li")
      item.append(row)
      list.append(item)
    }
    const due = make("ul", "due")
    for (const {rule, title, count} of theme.due) {
      const row = makeButton("place", undefined,
        () => model.send_msg({type: "enter", theme: theme.key, rule}))
      row.append(make("span", "name", title), make("span", "value", count))
      const item = make("li")
      item.append(row)
      due.append(item)
    }
    const asked = theme.due.length ? [make("h3", "", model.texts.due), due] : []
    box.append(head, make("p", "indicator", theme.indicator), figure, facts, canvas, list,
      make("p", "tied", theme.tied), ...asked,
      make("p", theme.waiting ? "hotspot waiting" : "hotspot", theme.hotspot))
    drawn.push({canvas, picture: theme.picture})
    return box
  }

  async function paint() {
    const outlines = await outlinesAt(model.outlines)
    const shade = model.dark ? "dark" : "light"
    const line = model.dark ? "#12161b" : "#ffffff"
    for (const {canvas, picture} of drawn) {
      sketchMap(canvas, outlines, {classes: picture.classes, colours: picture.colours[shade],
        grounds: patterns(picture.grounds[shade]), states: picture.states, outside: model.dark ? "#1b2127" : "#eef0f3", line,
        bounds: picture.bounds, pad: {top: 6, right: 6, bottom: 6, left: 6}})
    }
    noteShown("guatu-overview", () => {
      root.dataset.sketched = String(Number(root.dataset.sketched ?? 0) + 1)
    })
  }

  function fill() {
    drawn = []
    root.classList.toggle("dark", model.dark)
    const grid = make("div", "grid")
    grid.append(...model.cards.map(card))
    root.replaceChildren(make("h1", "", model.title), grid)
    requestAnimationFrame(() => paint().catch((error) => {
      root.append(make("p", "failed", model.texts.failed))
      console.error(error)
    }))
  }
  const sizes = new ResizeObserver(() => paint().catch(() => {}))
  sizes.observe(root)
  whenever(model, ["cards", "dark"], fill)
  model.on("remove", () => sizes.disconnect())
  fill()
  return root
}
