// Places picked by a box or a lasso: drawn by the pointer, marked by an outline, counted in a chip.

import {make, makeButton, makeShape} from "../../web/dom.js"
import {leave} from "./hover.js"
import {markPlain} from "./plain.js"
import {OUTSIDE, insideRings} from "./sketch.js"
import {placesOf} from "./tiles.js"

const MODES = ["box", "lasso"]

export function makeSketch(screen) {
  const sketch = makeShape("svg", {class: "sketch"})
  screen.outline = makeShape("polygon", {})
  sketch.append(screen.outline)
  return sketch
}

export function markPlaces(screen) {
  const {model} = screen
  if (screen.plain) { markPlain(screen) }
  else if (screen.level) { markOnMap(screen) }
  else { return }
  screen.chip.style.display = model.chosen ? "flex" : "none"
  const clear = makeButton("", model.texts.clear, () => screen.say("select", {ids: []}))
  screen.chip.replaceChildren(make("span", "said", model.chosen), clear)
}

function markOnMap(screen) {
  const {map, model, level} = screen
  for (const place of screen.marked) { map.setFeatureState(place, {marked: false}) }
  screen.marked = Array.from(model.marked, (id) => ({...placesOf(screen, level), id}))
  for (const place of screen.marked) { map.setFeatureState(place, {marked: true}) }
  map.setPaintProperty("mark-" + level, "line-width", screen.marked.length > 1 ? 2.5 : 4)
}

export function startDrawing(screen, mode) {
  screen.mode = screen.mode === mode ? null : mode
  for (const name of MODES) {
    screen.tools.querySelector("." + name).classList.toggle("on", screen.mode === name)
  }
  screen.sketch.style.pointerEvents = screen.mode ? "all" : "none"
  leave(screen)
}

export function followPointer(screen) {
  const {sketch, outline} = screen
  let trail = null
  const spot = (event) => {
    const frame = screen.root.getBoundingClientRect()
    return [event.clientX - frame.left, event.clientY - frame.top]
  }
  const ring = () => {
    if (screen.mode === "lasso") { return trail }
    const [[a, b], [c, d]] = [trail[0], trail[trail.length - 1]]
    return [[a, b], [c, b], [c, d], [a, d]]
  }
  sketch.addEventListener("pointerdown", (event) => {
    trail = [spot(event)]
    sketch.setPointerCapture(event.pointerId)
  })
  sketch.addEventListener("pointermove", (event) => {
    if (!trail) { return }
    trail.push(spot(event))
    outline.setAttribute("points", ring().map((point) => point.join()).join(" "))
  })
  sketch.addEventListener("pointerup", () => {
    const ids = trail && trail.length > 1 ? caught(screen, ring()) : []
    trail = null
    outline.setAttribute("points", "")
    startDrawing(screen, null)
    screen.say("select", {ids})
  })
}

// The places of the shown area whose label point lies in the ring.
function caught(screen, ring) {
  const {picture} = screen.model
  return screen.places[picture.level].flatMap(([, x, y], id) => {
    if (x === null || picture.classes[id] === OUTSIDE) { return [] }
    return insideRings(screen.at(x, y), [ring]) ? [id] : []
  })
}
