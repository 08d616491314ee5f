// What stands over the map as text: cards that tell of the worst places with lines to them, names of
// the places that the shown one is made of, words beside an outline. None lies over another, over a symbol,
// over the legend or over what else stands over the map.

import {make, makeShape} from "../../web/dom.js"
import {boxesMeet, landRows, placeCallouts, runsThrough} from "../callouts.js"
import {shorten} from "./labels.js"
import {insideRings, outlinesAt, ringsOf} from "./sketch.js"
import {symbolAt} from "./symbols.js"

// A narrower map has no room for cards; so many names of the level above are set one by one.
const NARROW = 560, NAMES = 60
const GRID = 8, REACH = 15, AIR = 4, THIN = 3

export function makeOverlay() {
  const overlay = make("div", "overlay")
  overlay.append(makeShape("svg", {class: "leaders"}))
  return overlay
}

// Fetch the outlines of the levels above the lowest: small, and needed to know where the place lies.
export async function loadAbove(screen) {
  screen.shapes = {}
  await Promise.all(screen.model.sources.slice(0, -1).map(async ({level, outlines}) => {
    const {features} = await outlinesAt(outlines)
    screen.shapes[level] = new Map(features.map(({id, geometry}) => [id, ringsOf(geometry)]))
  }))
}

// Whether the worst places have figures to be told; many names without any are the map library's.
export const hasFigures = ({model: {picture: {worst}}}) => worst.length > 0 && worst.every((row) => row[4])

// The cards of a picture, measured while they cannot be seen.
export function makeCards(screen) {
  const {overlay, model: {picture}} = screen
  overlay.querySelectorAll(".card").forEach((card) => card.remove())
  const known = screen.places[picture.level]
  screen.cards = !hasFigures(screen) || screen.canvas.clientWidth < NARROW ? [] : picture.worst.filter(([id]) => known[id]?.[1] != null)
    .map(([id, , name, above, figure, parts]) => {
      const card = make("div", "card"), head = make("div", "head"), line = make("div", "line")
      head.append(make("b", "", name), make("span", "above", above))
      line.append(make("b", "figure", figure), make("span", "parts", parts))
      card.append(head, line)
      const own = picture.classes[id]
      card.style.setProperty("--own", picture.colours[screen.theme][own] ?? "currentColor")
      card.dataset.id = id
      card.style.visibility = "hidden"
      overlay.append(card)
      return {card, id, point: known[id].slice(1, 3), width: card.offsetWidth, height: card.offsetHeight}
    })
}

// What is taken already, as boxes [left, top, right, bottom] in the map.
export function takenBoxes(screen) {
  const frame = screen.root.getBoundingClientRect()
  const boxes = [screen.legend, screen.tools, screen.north, screen.root.querySelector(".maplibregl-ctrl-scale"), screen.note, screen.chip]
    .filter((node) => node && node.offsetWidth)
    .map((node) => node.getBoundingClientRect())
    .map(({left, top, right, bottom}) => [left - frame.left, top - frame.top, right - frame.left, bottom - frame.top])
  if (screen.over) { boxes.push([0, 0, screen.over.right, screen.over.bottom]) }
  return boxes
}

function landOf(screen, at) {
  const {level, ids} = screen.model.picture.place
  const shapes = screen.shapes?.[level]
  const rings = shapes ? ids.flatMap((id) => shapes.get(id) ?? []) : []
  return landRows(rings.map((ring) => ring.map(([x, y]) => at(x, y))), screen.canvas.clientHeight)
}

export function placedCards(screen, at, taken) {
  const anchors = screen.cards.map(({point, width, height}) => ({x: at(...point)[0], y: at(...point)[1], width, height}))
  const {clientWidth: width, clientHeight: height} = screen.canvas
  return placeCallouts(anchors, {width, height, taken, land: landOf(screen, at)})
}

// Put cards, names and words where they find room; `at` gives the pixel of a point in degrees.
export function arrange(screen, at) {
  const {overlay} = screen
  screen.at = at
  const taken = takenBoxes(screen)
  const placed = placedCards(screen, at, taken)
  const lines = []
  screen.cards.forEach((own, n) => {
    own.slot = placed[n]
    own.card.style.visibility = placed[n] ? "visible" : "hidden"
    if (!placed[n]) { return }
    own.card.style.left = placed[n].box[0] + "px"
    own.card.style.top = placed[n].box[1] + "px"
    own.card.classList.toggle("left", placed[n].line[2][0] === placed[n].box[2])
    taken.push(placed[n].box)
    lines.push(placed[n].line)
  })
  // Cards stand beside the land and may hide a symbol; names on it may not.
  const symbols = screen.model.symbols.points.map((point) => symbolAt(point, at(point.x, point.y)))
    .map(({x, y, size}) => boxAround([x, y], size / 2, size / 2))
  taken.push(...symbols)
  overlay.dataset.symbols = JSON.stringify(symbols)
  drawLines(screen)
  overlay.querySelectorAll(".town, .worst, .outlined").forEach((words) => words.remove())
  overlay.classList.remove("moving")
  writeWorst(screen, at, taken, lines)
  writeTowns(screen, at, taken, lines)
  writeOutlines(screen, at, taken, lines)
  overlay.dataset.cards = String(lines.length)
}

function drawLines(screen) {
  const drawn = screen.cards.filter(({slot}) => slot).map(({slot, point}) => {
    const points = [screen.at(...point), slot.line[1], slot.line[2]], [cx, cy] = points[0]
    const group = makeShape("g", {}), line = points.map((spot) => spot.join()).join(" ")
    group.append(...["halo", "ink"].map((name) => makeShape("polyline", {points: line, class: name})),
      makeShape("circle", {cx, cy, r: 5}))
    return group
  })
  screen.overlay.querySelector(".leaders").replaceChildren(...drawn)
}

// While the map moves, cards stay and their lines follow; names are set anew when it rests.
export function followMap(screen) {
  screen.overlay.classList.add("moving")
  drawLines(screen)
}

// The names of a level above the shown one, each within its own place; of many or of the lowest, the map library's
// where there is one.
export function namesAbove({plain, model: {picture, sources}}) {
  return (plain || picture.named !== lowestOf(sources)) && picture.named_ids.length <= NAMES
}

const lowestOf = (sources) => sources[sources.length - 1].level

// Names of the worst places: of very many the map library's.
export const worstApart = ({model: {picture: {worst}}}) => worst.length <= NAMES

// Where there is no card, name and figure stand by the place.
function writeWorst(screen, at, taken, lines) {
  if (!worstApart(screen)) { return }
  const {overlay, model: {picture}} = screen, known = screen.places[picture.level]
  const told = new Set(screen.cards.filter(({slot}) => slot).map(({id}) => id))
  for (const [id, words] of picture.worst) {
    if (told.has(id) || known[id]?.[1] == null) { continue }
    write(overlay, make("div", "worst", words), at(known[id][1], known[id][2]), taken, lines, hasFigures(screen) ? NEAREST : CLOSE_BY)
  }
}

// Put a label where it is free, nearest to a point, and count its box as taken; else leave it out.
function write(overlay, label, middle, taken, lines, steps) {
  overlay.append(label)
  placeLabel(label, {wide: label.offsetWidth / 2, high: label.offsetHeight / 2}, middle, [], taken, lines, steps)
}

function placeLabel(label, half, middle, rings, taken, lines, steps = NEAREST) {
  const spot = spotFor(middle, half, rings, taken, lines, steps)
  if (!spot) { label.remove(); return }
  label.style.left = spot[0] + "px"
  label.style.top = spot[1] + "px"
  taken.push(boxAround(spot, half.wide, half.high))
}

function writeTowns(screen, at, taken, lines) {
  const {overlay, model: {picture, sources}} = screen
  if (!namesAbove(screen)) { return }
  const rows = screen.places[picture.named]
  const around = screen.cards.filter(({slot}) => slot).map(({point}) => at(...point))
  taken.push(...around.map(([x, y]) => [x - 9, y - 9, x + 9, y + 9]))
  const kind = picture.named === lowestOf(sources) ? "town low" : "town"
  const named = picture.named_ids.filter((id) => rows[id]?.[1] != null)
  const labels = named.map((id) => make("div", kind, shorten(rows[id][0])))
  // All are measured before one is put anywhere: the page is laid out once for all of them.
  overlay.append(...labels)
  const halves = labels.map((label) => ({wide: label.offsetWidth / 2, high: label.offsetHeight / 2}))
  const rings = ringsInPixels(screen, at)
  named.forEach((id, n) => placeLabel(labels[n], halves[n], at(...rows[id].slice(1, 3)), rings(id), taken, lines))
}

// Gives the rings of a named place in pixels, without the points that no name notices. They are traced once for
// each way the map lies.
function ringsInPixels(screen, at) {
  const {model: {picture: {named, bounds}}, shapes} = screen
  const key = [named, ...at(bounds[0], bounds[1]), ...at(bounds[2], bounds[3])].join()
  if (screen.traces?.key !== key) { screen.traces = {key, rings: new Map()} }
  const {rings} = screen.traces
  return (id) => {
    if (!rings.has(id)) { rings.set(id, (shapes?.[named]?.get(id) ?? []).map((ring) => thinned(ring, at))) }
    return rings.get(id)
  }
}

function thinned(ring, at) {
  const kept = []
  let last = null
  for (const point of ring) {
    const spot = at(...point)
    if (last && Math.abs(spot[0] - last[0]) + Math.abs(spot[1] - last[1]) < THIN) { continue }
    kept.push(last = spot)
  }
  return kept
}

const boxAround = ([x, y], wide, high) => [x - wide, y - high, x + wide, y + high]

// Steps from a point, the nearest first; what lies above or below counts as farther.
const NEAREST = Array.from({length: (2 * REACH + 1) ** 2}, (_, n) => [n % (2 * REACH + 1) - REACH, Math.floor(n / (2 * REACH + 1)) - REACH])
  .sort((one, other) => Math.hypot(one[0], one[1] * 1.3) - Math.hypot(other[0], other[1] * 1.3))
// A name alone says of which place it is only beside it.
const CLOSE_BY = NEAREST.filter(([column, row]) => Math.hypot(column, row) <= 7)

// The free middle nearest to a point: within the rings where that can be, else half in them.
function spotFor([x, y], {wide, high}, rings, taken, lines, steps) {
  let half = null
  for (const [column, row] of steps) {
    const spot = [x + column * GRID, y + row * GRID], box = boxAround(spot, wide, high)
    if (taken.some((other) => boxesMeet(box, other, AIR)) || lines.some((line) => runsThrough(line, box))) { continue }
    if (!rings.length) { return spot }
    const [left, top, right, bottom] = box
    if ([[left, top], [right, top], [left, bottom], [right, bottom]].every((corner) => insideRings(corner, rings))) { return spot }
    if (!half && insideRings(spot, rings)) { half = spot }
  }
  return half
}

// The words of an outline, beside it.
function writeOutlines(screen, at, taken, lines) {
  const {overlay, model: {picture}} = screen
  for (const {properties: {title, told}, geometry} of picture.outlined.features) {
    if (!title) { continue }
    const points = ringsOf(geometry).flat().map((point) => at(...point))
    const [left, right] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))]
    const [top, bottom] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))]
    const words = make("div", "outlined")
    words.append(make("b", "", title), make("span", "", told))
    overlay.append(words)
    const wide = words.offsetWidth / 2, high = words.offsetHeight / 2, middle = (top + bottom) / 2
    const spots = [[right + wide + 10, middle], [left - wide - 10, middle], [(left + right) / 2, bottom + high + 6],
      [(left + right) / 2, top - high - 6], [right + wide + 10, bottom], [left - wide - 10, bottom], [right + wide + 10, top], [left - wide - 10, top]]
    const {clientWidth: width, clientHeight: height} = screen.canvas
    const spot = spots.find((one) => {
      const box = boxAround(one, wide, high)
      return box[0] > 0 && box[1] > 0 && box[2] < width && box[3] < height
        && !taken.some((other) => boxesMeet(box, other, AIR)) && !lines.some((line) => runsThrough(line, box))
    })
    if (!spot) { words.remove(); continue }
    words.style.left = spot[0] + "px"
    words.style.top = spot[1] + "px"
    taken.push(boxAround(spot, wide, high))
  }
}
