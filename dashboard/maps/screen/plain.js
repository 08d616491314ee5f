// The map on a plain canvas: the first picture of every map, and the map itself where the browser draws no graphics
// (WebGL). There every change draws it anew.

import {penOf} from "../../web/dom.js"
import {circlesOf} from "./circles.js"
import {INK} from "./ink.js"
import {arrange, makeCards} from "./overlay.js"
import {mixed, patterns} from "./patterns.js"
import {paddingOf} from "./room.js"
import {OUTSIDE, insideRings, ringsOf, sketchMap} from "./sketch.js"
import {WIDTHS} from "./style.js"
import {symbolAt, symbolCanvas} from "./symbols.js"

// The lines of the levels above the shown one, and those around places pointed out together.
function borders({model: {picture, sources}, shapes}, ink) {
  const above = sources.slice(0, sources.findIndex(({level}) => level === picture.level)).reverse()
  const around = picture.outlined.features.flatMap(({geometry}) => ringsOf(geometry))
  return [...above.map(({level}, depth) => ({rings: [...shapes[level].values()].flat(), width: WIDTHS[depth + 1] ?? WIDTHS[2],
    colour: depth ? ink.area : ink.town})), {rings: around, colour: ink.halo, width: 7}, {rings: around, colour: ink.text, width: 3.5}]
}

// Draw what the model shows; `outlines` are those of its level.
export function drawPlain(screen, outlines) {
  window.dispatchEvent(new CustomEvent("guatu:asks"))
  const {first, model: {picture}, theme} = screen, ink = INK[theme]
  screen.root.classList.toggle("dark", screen.model.dark)
  makeCards(screen)
  const circles = circlesOf(screen, picture), colours = picture.colours[theme]
  const lit = litOf(screen), shades = colours.map((colour) => mixed(colour, ink.ground, 0.8))
  const classes = lit ? Array.from(picture.classes, (of, id) => of < OUTSIDE && !lit.has(id) ? of + colours.length : of) : picture.classes
  const plane = sketchMap(first, outlines, {classes, colours: [...colours, ...shades],
    grounds: patterns(picture.grounds[theme]), states: picture.states, outside: ink.outside, line: ink.line,
    bounds: picture.bounds, pad: paddingOf(screen), borders: borders(screen, ink), circles, quiet: circles.length ? picture.quiet[theme] : undefined})
  screen.sketched = {plane, outlines}
  screen.traced = null
  if (plane) {
    drawSigns(screen, plane)
    arrange(screen, plane.at)
  }
  // Nothing of the half-made map beneath is to be seen through the sketch.
  first.style.background = ink.ground
}

function litOf({only, model}) {
  return only ?? (model.spotlight && model.marked.length ? new Set(model.marked) : null)
}

// Ticks and arrows of places, and the points of the theme.
function drawSigns({first, places, theme, model: {picture, symbols: {points}}, root}, plane) {
  const pen = penOf(first)
  Object.assign(pen, {font: "bold 17px sans-serif", textAlign: "center", textBaseline: "middle", lineWidth: 3,
    strokeStyle: INK[theme].halo, fillStyle: INK[theme].text})
  for (const [id, sign] of picture.signs) {
    if (places[picture.level][id]?.[1] == null) { continue }
    const [left, top] = plane.at(...places[picture.level][id].slice(1, 3))
    pen.strokeText(sign, left, top)
    pen.fillText(sign, left, top)
  }
  for (const point of [...points].sort((one, other) => one.order - other.order)) {
    const {x, y, size} = symbolAt(point, plane.at(point.x, point.y))
    pen.drawImage(symbolCanvas(point.shape, point.state), x - size / 2, y - size / 2, size, size)
  }
  root.dataset.points = String(points.length)
}

// Which point lies under a spot, the one drawn last first.
export function plainPointAt({model: {symbols: {points}}, sketched: {plane}}, spot) {
  let nearest = null
  points.forEach((point, at) => {
    const {x, y, size} = symbolAt(point, plane.at(point.x, point.y))
    if (Math.hypot(x - spot.x, y - spot.y) < size / 2) { nearest = at }
  })
  return nearest
}

// The places in pixels with the boxes around them, traced when they are first asked for.
function tracedOf(screen) {
  const {plane, outlines} = screen.sketched
  screen.traced ??= outlines.features.map(({id, geometry}) => {
    const rings = ringsOf(geometry).map((ring) => ring.map(([x, y]) => plane.at(x, y)))
    const xs = rings.flat().map(([x]) => x), ys = rings.flat().map(([, y]) => y)
    return {id, rings, left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys)}
  })
  return screen.traced
}

export function plainPlaceAt(screen, {x, y}) {
  const hit = tracedOf(screen).find(({rings, left, right, top, bottom}) =>
    left <= x && x <= right && top <= y && y <= bottom && insideRings([x, y], rings))
  return hit ? hit.id : null
}

// Outline places that are marked or pointed at.
export function markPlain(screen) {
  const ids = new Set([...screen.model.marked, ...screen.hovered === null ? [] : [screen.hovered]])
  const line = (ring) => "M" + ring.map((spot) => spot.join(" ")).join("L") + "Z"
  const rings = ids.size ? tracedOf(screen).filter(({id}) => ids.has(id)).flatMap((one) => one.rings) : []
  screen.marks.setAttribute("d", rings.map(line).join(""))
  screen.marks.setAttribute("stroke", INK[screen.theme].mark)
}
