// The matters of the month: the gravest with a map and its places, the others as rows, and a card for each theme.
// A click opens exactly those who are counted.

import {mixed, patterns} from "../../maps/screen/patterns.js"
import {outlinesAt, sketchMap} from "../../maps/screen/sketch.js"
import {make, makeButton, makeShape, noteShown, whenever} from "../../web/dom.js"
import {dueCallout} from "../../web/due.js"
import {sparkline} from "../../web/spark.js"
import {boxesOf, callouts, ringsAround} from "./places.js"

const SMALL = {top: 5, right: 5, bottom: 5, left: 5}
const MARKS = {up: "▲", down: "▼", slight: "≈", same: "＝"}
const LARGEST = 0.075
const PLACES = 8
// Shades of the lit places by their numbers; with more places than are ringed the shades alone tell.
const SHADES = 3, RINGED = 8

export function render({model}) {
  const root = make("main", "matters"), due = make("div", "callout")
  const words = model.texts
  let drawn = []

  function figure(one) {
    const box = make("span", one.unit.length > 3 ? "number long" : "number")
    box.append(make("b", "", one.number), make("i", "", one.unit))
    return box
  }

  function who(one) {
    const box = make("span", "who")
    box.append(make("span", "post", one.post))
    if (one.owners) { box.append(make("b", "owners", one.owners)) }
    box.append(make("span", "action", one.action))
    return box
  }

  const open = (one) => model.send_msg({type: "matter", address: one.address})

  function row(one, rank) {
    const node = makeButton("row", undefined, () => open(one))
    const told = make("span", "told")
    told.append(make("b", "sentence", one.sentence), make("span", "detail", one.detail))
    const canvas = make("canvas", "small")
    drawn.push({canvas, one})
    node.append(make("span", "rank", String(rank)), figure(one), told, who(one), canvas, make("span", "go", "›"))
    node.title = words.list
    const item = make("li")
    item.append(node)
    return item
  }

  function gravest(one) {
    const box = make("section", "gravest")
    box.setAttribute("aria-label", words.gravest)
    const head = makeButton("head", undefined, () => open(one))
    head.title = words.list
    const told = make("span", "told")
    told.append(make("b", "sentence", one.sentence), make("span", "detail", one.detail))
    head.append(figure(one), told)
    const stage = make("div", "stage")
    const canvas = make("canvas"), names = makeShape("svg", {class: "names", "aria-hidden": "true"})
    stage.append(canvas, names)
    drawn.push({canvas, one, names})
    const named = one.places.some(([, , , owner]) => owner)
    const places = make("ul")
    places.append(...one.places.slice(0, PLACES).map(([, name, , owner, said]) => {
      const line = make("li")
      line.append(make("b", "name", name), make("b", "count", said))
      if (named) { line.append(make("span", owner ? "owner" : "owner none", owner || words.nobody)) }
      return line
    }))
    box.append(head, stage, places, who(one))
    return box
  }

  function card(theme) {
    const node = makeButton("card", undefined, () => model.send_msg({type: "enter", theme: theme.key}))
    const title = make("span", "theme")
    title.append(make("b", "", theme.title), make("span", "enter", words.enter))
    const number = make("span", "number")
    number.append(make("b", "", theme.number), make("i", "", theme.unit), make("span", "note", theme.note))
    const course = make("span", "course")
    const moved = make("span", "moved " + theme.course, [MARKS[theme.way], theme.moved].filter(Boolean).join(" "))
    course.append(sparkline(theme.values, theme.now), moved)
    const canvas = make("canvas", "small")
    drawn.push({canvas, theme})
    node.append(title, number, make("span", "indicator", theme.indicator), canvas, course)
    return node
  }

  // Places lit on a quiet county, with a ring around those too small to be seen.
  function lit({canvas, one, names}, outlines, borders, shade) {
    const ids = one.places.map(([id]) => id)
    const classes = new Uint8Array(1 + outlines.features.reduce((most, {id}) => Math.max(most, id), 0))
    const most = Math.max(...one.places.map(([, , number]) => number))
    one.places.forEach(([id, , number]) => { classes[id] = Math.ceil(SHADES * number / most) })
    const quiet = shade.getPropertyValue("--quiet").trim(), ink = shade.getPropertyValue("--lit-place").trim()
    const shades = Array.from({length: SHADES}, (_, at) => mixed(ink, quiet, 1 - (at + 1) / SHADES))
    const pad = names ? {top: 14, right: 14, bottom: 14, left: 14} : SMALL
    const plane = sketchMap(canvas, outlines, {classes, colours: [quiet, ...shades], grounds: {}, states: {}, outside: quiet,
      line: quiet, bounds: model.bounds, pad, borders})
    if (!plane) { return }
    const boxes = boxesOf(outlines, new Set(ids), plane)
    if (boxes.size <= RINGED) { ringsAround(canvas, boxes, ink) }
    if (names) { callouts(names, canvas, boxes, new Map(one.places.map(([id, name, number]) => [id, most > 1 ? name + " " + number : name])), one.places) }
  }

  function themed({canvas, theme: {picture}}, outlines, borders, shade) {
    const look = model.dark ? "dark" : "light"
    const round = picture.form === "circles"
    const line = shade.getPropertyValue("--paper").trim(), quiet = shade.getPropertyValue("--quiet").trim()
    const colours = picture.colours[look]
    const options = {classes: picture.classes, colours, grounds: patterns(picture.grounds[look]), states: picture.states,
      outside: quiet, line: round ? quiet : line, bounds: model.bounds, pad: SMALL, borders}
    const plane = sketchMap(canvas, outlines, round ? {...options, quiet} : options)
    if (!plane || !round) { return }
    const reach = Math.min(canvas.clientWidth, canvas.clientHeight) * LARGEST
    const all = new Set(outlines.features.map(({id}) => id))
    const circles = [...boxesOf(outlines, all, plane)].filter(([id]) => picture.values[id] > 0)
      .map(([id, {point}]) => ({point, own: picture.classes[id], radius: Math.max(2, reach * Math.sqrt(picture.values[id] / picture.largest))}))
    circles.sort((a, b) => b.radius - a.radius)
    sketchMap(canvas, outlines, {...options, quiet, circles})
  }

  async function paint() {
    const levels = await Promise.all(model.outlines.map(outlinesAt))
    const shade = getComputedStyle(root), lowest = levels[levels.length - 1]
    const ringsOf = ({geometry: {type, coordinates}}) => type === "Polygon" ? coordinates : coordinates.flat()
    const borders = levels.slice(0, -1).reverse().map((level, depth, all) => ({
      rings: level.features.flatMap(ringsOf), width: depth === all.length - 1 ? 1.3 : 0.7,
      colour: shade.getPropertyValue(depth === all.length - 1 ? "--ink" : "--edge").trim()}))
    drawn.forEach((each) => (each.theme ? themed : lit)(each, lowest, borders, shade))
    noteShown("guatu-overview", () => { root.dataset.sketched = String(Number(root.dataset.sketched ?? 0) + 1) })
  }

  function refresh() {
    paint().catch((error) => {
      root.append(make("p", "failed", words.failed))
      console.error(error)
    })
  }

  function fill() {
    drawn = []
    root.classList.toggle("dark", model.dark)
    const head = make("header")
    head.append(make("h1", "", model.title), make("p", "subtitle", model.subtitle), due)
    const body = make("div", "body"), [first, ...others] = model.matters
    const side = make("div", "side"), list = make("ol")
    list.append(...others.map((one, at) => row(one, at + 2)))
    side.append(list)
    if (model.good) {
      const good = make("p", "good")
      good.append(make("span", "tick", "✓"), make("span", "", model.good))
      side.append(good)
    }
    if (model.unknown) { side.append(make("p", "unknown", model.unknown)) }
    body.append(...first ? [gravest(first)] : [], side)
    const cards = make("div", "cards")
    cards.append(...model.cards.map(card))
    root.replaceChildren(head, body, cards)
    requestAnimationFrame(refresh)
  }

  const sizes = new ResizeObserver(refresh)
  sizes.observe(root)
  const fillDue = () => dueCallout(due, model.due, (message) => model.send_msg(message))
  whenever(model, ["due"], fillDue)
  whenever(model, ["subtitle", "matters", "good", "unknown", "cards", "dark"], fill)
  model.on("remove", () => sizes.disconnect())
  fillDue()
  fill()
  return root
}
