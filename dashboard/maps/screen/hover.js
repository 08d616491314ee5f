// What lies under the pointer: its outline is lit, here and wherever else it stands, and told.

import {make} from "../../web/dom.js"
import {shorten} from "./labels.js"
import {markPlain, plainPlaceAt, plainPointAt} from "./plain.js"
import {placesOf} from "./tiles.js"

function under(screen, spot, layer) {
  if (!screen.ready || screen.mode) { return null }
  return screen.map.queryRenderedFeatures(spot, {layers: [layer]})[0] ?? null
}

export function placeAt(screen, spot) {
  if (screen.plain) { return screen.mode ? null : plainPlaceAt(screen, spot) }
  return under(screen, spot, "circles")?.properties.i ?? under(screen, spot, "fill-" + screen.level)?.id ?? null
}

export function pointAt(screen, spot) {
  return screen.plain ? plainPointAt(screen, spot) : under(screen, spot, "points")?.properties.at ?? null
}

const tell = (screen, id) => window.dispatchEvent(new CustomEvent("guatu:hover", {detail: {id, from: screen}}))

// What is told is what lies under the pointer; with keys, the place `told`.
export function hover(screen, event, told) {
  const {tip, root} = screen, id = told ?? placeAt(screen, event.point)
  light(screen, id)
  const shown = screen.plain ? screen.canvas : screen.map.getCanvas()
  shown.style.cursor = id === null ? "" : "pointer"
  if (id === null) { tip.style.display = "none"; return }
  const point = told === undefined ? screen.model.symbols.points[pointAt(screen, event.point)] : null
  tip.replaceChildren(...(point ? linesOfPoint(point) : linesOfPlace(screen, id)))
  tip.style.display = "block"
  const left = Math.min(event.point.x + 18, root.clientWidth - tip.offsetWidth - 8)
  const low = event.point.y + 18 + tip.offsetHeight > root.clientHeight
  tip.style.left = Math.max(left, 8) + "px"
  tip.style.top = (low ? event.point.y - tip.offsetHeight - 12 : event.point.y + 18) + "px"
  tell(screen, id)
}

function linesOfPoint({name, kind, words}) {
  return [make("div", "name", shorten(name, 40)), make("div", "above", kind), make("div", "figure small", words)]
}

function linesOfPlace(screen, id) {
  const {picture, sources} = screen.model
  const [name, , , parent] = screen.places[picture.level][id]
  const depth = sources.findIndex((source) => source.level === picture.level)
  const above = depth > 0 && parent >= 0 ? screen.places[sources[depth - 1].level][parent][0] : ""
  const value = picture.values[id]
  // As in the sentences: a whole number has no decimals.
  const digits = Math.abs(value - Math.round(value)) < 1e-9 ? 0 : picture.decimals
  // What is too little to be written is not zero; a change that small is none.
  const least = 10 ** -digits
  const little = !picture.signed && Math.abs(value) >= 1e-9 && Math.abs(value) < least / 2
  const shown = little ? Math.sign(value) * least : value
  const figure = Number.isFinite(value)
    ? (little ? (value > 0 ? "<" : ">") : "") + shown.toLocaleString("en-US", {minimumFractionDigits: digits,
      maximumFractionDigits: digits, signDisplay: picture.signed ? "exceptZero" : "auto"}) + picture.unit
    : picture.reasons[Object.keys(picture.states).find((state) => picture.states[state].includes(id)) ?? "no_data"]
  const words = picture.words.length ? [make("div", "above", picture.words[id])] : []
  return [make("div", "name", shorten(name, 40)), make("div", "above", shorten(above, 40)),
    make("div", "figure", figure), ...words]
}

export function leave(screen) {
  light(screen, null)
  screen.tip.style.display = "none"
  tell(screen, null)
}

export function light(screen, id) {
  // Before its first colours the map shows no level yet.
  if (screen.hovered === id || !(screen.level || screen.plain)) { return }
  if (screen.plain) {
    screen.hovered = id
    markPlain(screen)
    return
  }
  const places = placesOf(screen, screen.level)
  if (screen.hovered !== null) { screen.map.setFeatureState({...places, id: screen.hovered}, {hover: false}) }
  if (id !== null) { screen.map.setFeatureState({...places, id}, {hover: true}) }
  screen.hovered = id
}

// Light what is under the pointer elsewhere on the page; returns what ends it.
export function lightWithOthers(screen) {
  const listen = (event) => { if (event.detail.from !== screen) { light(screen, event.detail.id) } }
  window.addEventListener("guatu:hover", listen)
  return () => window.removeEventListener("guatu:hover", listen)
}
