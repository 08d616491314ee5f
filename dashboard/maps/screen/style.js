// The layers of the map, from the ground up, and their colours: places by feature-state.

import {ON, OWN_STATE, showShapes} from "./exchange.js"
import {groundSource, inkGround, lineLayers, seatLayer} from "./ground.js"
import {INK} from "./ink.js"
import {nameFeatures, nameLayer, tickLayer, worstLayer} from "./labels.js"
import {mixed, patterns, pixels, slanted} from "./patterns.js"
import {MISSING, OUTSIDE, reasonsOf} from "./sketch.js"
import {SYMBOL_SIZE} from "./symbols.js"
import {layerOf, placesOf, tilesOf} from "./tiles.js"

// Of the lines of the shown level and of those above it.
export const WIDTHS = [0.8, 1.6, 2.8]
const NOTHING = {type: "FeatureCollection", features: []}
// What a level has of its own, besides its outlines.
const REASONS = ["no_data", "not_applicable", "hidden", "outside"]
const FILLS = ["fill-", "unsure-", ...REASONS.map((reason) => reason + "-"), "mark-"]

export function styleOf(screen) {
  const ink = INK[screen.theme], {sources: levels} = screen.model
  const sources = Object.fromEntries(["worst", "ticks", "points", "outlined", "circles"].map((name) => [name, {type: "geojson", data: NOTHING}]))
  sources.ground = groundSource()
  if (levels[0].tiles) { sources.tiles = tilesOf(screen) }
  const fills = [], lines = [], marks = [], texts = []
  levels.forEach((source, depth) => {
    const {level} = source
    if (!levels[0].tiles) { sources[level] = {type: "geojson", data: new URL(source.outlines, document.baseURI).href,
                                             tolerance: 0.2, buffer: 16} }
    sources["labels-" + level] = {type: "geojson", data: nameFeatures(screen.places[level])}
    const fill = (id, paint) => fills.push({id: id + level, type: "fill", ...layerOf(screen, level),
      layout: {visibility: "none"}, paint: {"fill-antialias": false, ...paint}})
    fill("fill-", {"fill-color": ["to-color", ["coalesce", ["feature-state", "colour"], ink.outside]],
      "fill-opacity": ["case", ["boolean", ["feature-state", "quiet"], screen.hasGround], 0.62, 1]})
    fill("unsure-", {"fill-pattern": "unsure", "fill-opacity": ["case", OWN_STATE("unsure"), 1, 0]})
    for (const reason of REASONS) {
      fill(reason + "-", {"fill-pattern": reason, "fill-opacity": ["case", ["==", ["feature-state", "reason"], reason], 1, 0]})
    }
    const rank = levels.length - depth
    lines.push({id: "line-" + level, type: "line", ...layerOf(screen, level), layout: {visibility: "none"},
      paint: {"line-color": ink.line, "line-width": WIDTHS[rank - 1] ?? WIDTHS[2]}})
    marks.push({id: "mark-" + level, type: "line", ...layerOf(screen, level), layout: {"line-join": "round"},
      paint: {"line-color": ink.mark, "line-width": 4,
        "line-opacity": ["case", OWN_STATE("hover"), 1, OWN_STATE("marked"), 1, 0]}})
    texts.push(nameLayer(screen, "label-" + level, "labels-" + level, depth))
  })
  // Outlines of the villages lie under those of the townships, and those under the county's.
  lines.reverse()
  const symbols = {id: "points", type: "symbol", source: "points", layout: {"icon-image": ["get", "icon"],
    "icon-size": SYMBOL_SIZE, "icon-allow-overlap": true,
    "icon-anchor": "bottom", "icon-offset": ["get", "offset"],
    "icon-ignore-placement": true, "symbol-sort-key": ["get", "order"]}}
  // Names of the map library avoid the symbols, which are placed first by standing on top unseen.
  const room = {...symbols, id: "room", paint: {"icon-opacity": 0},
    layout: {...symbols.layout, "icon-ignore-placement": false, "icon-padding": 0}}
  const ground = {id: "ground", type: "background", paint: {"background-color": ink.ground}}
  // One line around villages that are pointed out together, on a light one that parts it from them.
  const around = [["outlined-halo", ink.halo, 7], ["outlined", ink.text, 3.5]].map(([id, colour, width]) => ({id,
    type: "line", source: "outlined", layout: {"line-join": "round"}, paint: {"line-color": colour, "line-width": width, "line-opacity": ON}}))
  const circles = {id: "circles", type: "circle", source: "circles", layout: {"circle-sort-key": ["get", "order"]},
    paint: {"circle-radius": ["get", "radius"], "circle-color": ["get", "colour"], "circle-opacity": ["*", 0.9, ON],
      "circle-stroke-color": ink.halo, "circle-stroke-width": 1.4, "circle-stroke-opacity": ON}}
  const layers = [ground, ...fills, ...lineLayers(screen.theme), ...lines, seatLayer(screen.theme), circles, ...around, ...marks, ...texts, symbols, worstLayer(screen), tickLayer(screen), room]
  // What changes with a month changes in one frame.
  return {version: 8, sources, layers, transition: {duration: 0, delay: 0}}
}

export function restyle(screen, picture) {
  const {map, theme} = screen, ink = INK[theme]
  showShapes(screen)
  map.setPaintProperty("circles", "circle-stroke-color", ink.halo)
  map.setPaintProperty("outlined-halo", "line-color", ink.halo)
  map.setPaintProperty("outlined", "line-color", ink.text)
  drawGrounds(screen, picture, ink)
  const levels = screen.model.sources.map((source) => source.level)
  const shown = levels.indexOf(picture.level)
  const on = (visible) => visible ? "visible" : "none"
  map.setPaintProperty("ground", "background-color", ink.ground)
  levels.forEach((level, depth) => {
    for (const kind of FILLS) { map.setLayoutProperty(kind + level, "visibility", on(depth === shown)) }
    map.setLayoutProperty("line-" + level, "visibility", on(depth <= shown))
    const colour = depth === shown ? ink.line : depth === shown - 1 ? ink.town : ink.area
    map.setPaintProperty("line-" + level, "line-color", colour)
    map.setPaintProperty("mark-" + level, "line-color", ink.mark)
    map.setPaintProperty("label-" + level, "text-color", ink.soft)
    map.setPaintProperty("label-" + level, "text-halo-color", ink.halo)
  })
  inkGround(screen)
  map.setPaintProperty("worst", "text-color", ink.text)
  map.setPaintProperty("worst", "text-halo-color", ink.halo)
  screen.root.classList.toggle("dark", screen.model.dark)
}

// Another image makes the library cut all tiles anew, so that only one that differs is put in.
function drawGrounds(screen, {colours, grounds, hatched}, ink) {
  const {map, theme} = screen, own = colours[theme][hatched] ?? ink.ground, key = JSON.stringify([grounds[theme], own])
  if (screen.grounds === key) { return }
  screen.grounds = key
  const unsure = slanted(own, grounds[theme].no_data[1])
  for (const [name, canvas] of Object.entries({...patterns(grounds[theme]), unsure})) {
    const image = pixels(canvas)
    if (map.hasImage(name)) { map.updateImage(name, image) } else { map.addImage(name, image, {pixelRatio: 1.5}) }
  }
}

export function colourPlaces(screen, picture) {
  const {map, model, theme} = screen
  const colours = picture.colours[theme], {classes} = picture
  const lit = screen.only ?? (model.spotlight && model.marked.length ? new Set(model.marked) : null)
  const only = lit === null ? null : ["in", ["get", "i"], ["literal", Array.from(lit)]]
  map.setFilter("circles", picture.form === "circles" ? only : null)
  const reasons = reasonsOf(picture.states)
  const own = picture.form === "circles" ? colours.map(() => picture.quiet[theme]) : colours
  const shades = own.map((colour) => mixed(colour, INK[theme].ground, 0.8))
  const places = placesOf(screen, picture.level)
  // Only what changes is told: most of a month is like the one before, and tiles have places by the ten thousand.
  const told = (screen.told ??= new Map())
  for (let id = 0; id < classes.length; id++) {
    const of = classes[id], dim = lit !== null && !lit.has(id)
    if (of === OUTSIDE && theme === screen.styled && !told.has(id)) { continue }
    const quiet = screen.hasGround && (of === OUTSIDE || of === picture.quiet_class || (picture.form === "circles" && of < OUTSIDE))
    const unsure = of === picture.hatched && !dim
    const colour = of < OUTSIDE ? (dim ? shades : own)[of] : INK[theme].outside
    const reason = of === MISSING && !dim ? reasons.get(id) ?? "no_data" : ""
    const key = colour + reason + quiet + unsure
    if (told.get(id) === key) { continue }
    told.set(id, key)
    map.setFeatureState({...places, id}, {quiet, unsure, colour, reason})
  }
}
