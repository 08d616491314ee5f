// Names on the map: which are written, how large, and where those of the worst places stand.

import {BOLD, FONT, INK} from "./ink.js"

// Where the name of a worst place may stand about its point: on it, beside it, and farther off.
// Right of it comes before left, where the legend stands.
const BESIDE = ["center", [0, 0], "left", [0.6, 0], "top", [0, 0.6], "bottom", [0, -0.6], "top-left", [0.6, 0.8],
  "bottom-left", [0.6, -0.8], "right", [-0.6, 0], "top-right", [-0.6, 0.8], "bottom-right", [-0.6, -0.8],
  "left", [2, 0], "top", [0, 1.7], "bottom", [0, -1.9], "top-left", [1.6, 1.8], "bottom-left", [1.6, -1.9],
  "right", [-2, 0], "top-right", [-1.6, 1.8], "bottom-right", [-1.6, -1.9]]

export function shorten(name, limit = 14) {
  const signs = Array.from(name)
  return signs.length > limit ? signs.slice(0, limit - 1).join("") + "…" : name
}

// Letters grow with the map, and once more while presenting, so that they can be read on a projector.
export function letters(screen, share) {
  const big = Number(getComputedStyle(screen.root).getPropertyValue("--big")) || 1
  return Math.round(Math.max(13, Math.min(Math.max(20, window.innerWidth / 96), screen.canvas.clientWidth / 62)) * share * big)
}

const sizeAt = (screen, depth) => letters(screen, depth === screen.model.sources.length - 1 ? 0.95 : 1.05)

export function nameFeatures(rows) {
  // Large places first: theirs is the label kept when two collide.
  const features = rows.map(([name, x, y, parent, size], id) => ({
    type: "Feature", id, properties: {n: shorten(name), p: parent, s: -size, i: id},
    geometry: {type: "Point", coordinates: [x, y]}})).filter((f) => f.geometry.coordinates[0] !== null)
  return {type: "FeatureCollection", features}
}

export function nameLayer(screen, id, source, depth) {
  const ink = INK[screen.theme]
  return {id, type: "symbol", source,
    layout: {visibility: "none", "text-field": ["get", "n"], "text-font": FONT, "text-max-width": 8,
      "text-size": sizeAt(screen, depth), "text-padding": 4,
      "symbol-sort-key": ["get", "s"]},
    paint: {"text-color": ink.text, "text-halo-color": ink.halo, "text-halo-width": 2.5}}
}

export function worstLayer(screen) {
  const layer = nameLayer(screen, "worst", "worst", 1)
  return {...layer, paint: {...layer.paint, "text-halo-width": 3}, layout: {
    "text-field": ["get", "t"], "text-font": BOLD, "text-size": letters(screen, 1.25), "text-max-width": 30,
    "text-variable-anchor-offset": BESIDE, "text-justify": "auto", "symbol-sort-key": ["get", "r"],
    "text-padding": 2}}
}

export function tickLayer(screen) {
  const ink = INK[screen.theme]
  return {id: "ticks", type: "symbol", source: "ticks", layout: {"text-field": ["get", "t"], "text-font": BOLD,
    "text-size": letters(screen, 1.3), "text-offset": [0, -0.85], "text-allow-overlap": true,
    "text-ignore-placement": true},
  paint: {"text-color": ["match", ["get", "t"], "✓", ink.tick, ink.text], "text-halo-color": ink.halo, "text-halo-width": 1.5}}
}

// Which names the map library writes: those of the worst places where no cards tell of them, and
// those of the places that the shown one is made of where they are too many to be set one by one.
export function writeNames(screen, picture, {cards, apart}) {
  const {map} = screen
  const worst = new Set(picture.worst.map((row) => row[0]))
  map.setLayoutProperty("worst", "visibility", cards ? "none" : "visible")
  map.setLayoutProperty("worst", "text-size", letters(screen, 1.25))
  for (const [depth, {level}] of screen.model.sources.entries()) {
    map.setLayoutProperty("label-" + level, "text-size", sizeAt(screen, depth))
    const visible = level === picture.named && !apart
    map.setLayoutProperty("label-" + level, "visibility", visible ? "visible" : "none")
    if (!visible) { continue }
    const ids = picture.named_ids.filter((id) => level !== picture.level || !worst.has(id))
    map.setFilter("label-" + level, ["in", ["get", "i"], ["literal", Array.from(ids)]])
  }
  const rows = screen.places[picture.level]
  const features = picture.worst.filter(([id]) => rows[id]?.[1] !== null).map(([id, text], r) => ({
    type: "Feature", properties: {t: text, r},
    geometry: {type: "Point", coordinates: [rows[id][1], rows[id][2]]}}))
  map.getSource("worst").setData({type: "FeatureCollection", features})
}
