// Which piece of the county is shown: all of the place, none of it under the legend, and the same
// piece on two maps side by side.

import {letters} from "./labels.js"
import {hasFigures, placedCards, takenBoxes} from "./overlay.js"
import {OUTSIDE, eastward, planeOf, southward} from "./sketch.js"

// A place is not drawn smaller than this for the sake of a card.
const SMALLER = 0.62

// The smallest padding on the left or below with which no place lies under the legend.
export function paddingOf(screen) {
  const narrow = screen.canvas.clientWidth < 500
  const around = narrow ? {top: 60, bottom: 14, right: 34, left: 20} : {top: 28, bottom: 34, right: 40, left: 20}
  const {offsetWidth: wide, offsetHeight: high} = screen.legend
  const tried = [around]
  for (let share = 0; share <= 1; share += 0.1) {
    tried.push({...around, left: around.left + share * wide}, {...around, bottom: around.bottom + share * high})
  }
  const roof = screen.over?.bottom ?? 0
  for (const pad of [...tried]) {
    for (const share of [0.34, 0.67, 1]) { if (roof) { tried.push({...pad, top: Math.max(pad.top, share * roof)}) } }
  }
  const card = screen.cards.length ? Math.max(...screen.cards.map(({width: own}) => own)) + 56 : 0
  for (const pad of card ? [...tried] : []) {
    for (const share of [0.5, 1]) {
      tried.push({...pad, right: pad.right + share * card}, {...pad, left: pad.left + share * card})
    }
  }
  const reaches = reachesOf(screen)
  const free = tried.map((pad) => fitted(screen, pad, reaches)).filter((layout) => layout.hidden === 0)
  free.sort((a, b) => b.scale - a.scale)
  const taken = card ? takenBoxes(screen) : []
  const roomy = card ? free.find(({scale, plane}) => scale > SMALLER * free[0].scale
    && placedCards(screen, plane.at, taken).every((slot) => slot)) : null
  return (roomy ?? free[0])?.pad ?? {...around, bottom: around.bottom + high}
}

// The shown places in sides of the world, how far they reach, and the words on them.
function reachesOf(screen) {
  const {picture, symbols} = screen.model
  // The name of a worst place is centred on it, or stands beside it where there are symbols.
  const letter = letters(screen, 1.25) * (symbols.points.length ? 0.7 : 0.35)
  const names = new Map((hasFigures(screen) ? [] : picture.worst).map(([id, text]) => [id, text.length * letter]))
  return screen.places[picture.level].flatMap(([, x, y, , size], id) => x === null || picture.classes[id] === OUTSIDE ? []
    : [{east: eastward(x), down: southward(y), reach: Math.sqrt(size) * 1e-4 / 360 / 2, name: names.get(id) ?? 0}])
}

// How large the place is drawn with a padding, and how many of its places lie under the legend or the headline.
function fitted(screen, pad, reaches) {
  const {canvas: {clientWidth: width, clientHeight: height}, legend, over, model: {picture}} = screen
  const plane = planeOf(picture.bounds, {width, height}, pad)
  const right = 12 + legend.offsetWidth + 12, roof = height - 12 - legend.offsetHeight - 12
  let hidden = 0
  for (const one of reaches) {
    const reach = one.reach * plane.scale, wide = Math.max(reach, one.name)
    const [px, py] = plane.of(one.east, one.down)
    const under = px - wide < over?.right && py - reach < over.bottom
    if (under || (px - wide < right && py + reach > roof)) { hidden += 1 }
  }
  return {pad, plane, scale: plane.scale, hidden}
}

export function fit(screen, duration = 500) {
  // Out of sight it has no size; it is fitted when it is seen again.
  if (screen.plain && screen.canvas.clientWidth) { screen.paintSoon() }
  if (!screen.map || !screen.canvas.clientWidth) { return }
  // Of two maps side by side the one with the taller legend chooses what both show.
  const asked = {from: screen, group: screen.model.group, high: screen.legend.offsetHeight, taken: false}
  if (asked.group) { window.dispatchEvent(new CustomEvent("guatu:fit", {detail: asked})) }
  if (asked.taken) { return }
  const {map, model: {picture: {bounds}}} = screen, room = {padding: paddingOf(screen), maxZoom: 16}
  if (!liesThere(map, map.cameraForBounds(bounds, room))) { map.fitBounds(bounds, {...room, duration}) }
}

// Whether the map lies where it is to go: moving it there would set all names anew.
function liesThere(map, to) {
  const {lng, lat} = map.getCenter(), near = 0.1 / 512 / 2 ** map.getZoom()
  return to && Math.abs(map.getZoom() - to.zoom) < 1e-3 && Math.abs(lng - to.center.lng) < 360 * near && Math.abs(lat - to.center.lat) < 180 * near
}

// Keep the places out from under what stands over the map; returns what ends it.
export function keepClear(screen) {
  const listen = ({detail: {box}}) => {
    const own = screen.root.getBoundingClientRect()
    const right = box.right - own.left, bottom = box.bottom - own.top
    const over = box.height && box.left < own.right && box.top < own.bottom && right > 0 && bottom > 0
    const before = JSON.stringify(screen.over)
    screen.over = over ? {right, bottom} : null
    if (before !== JSON.stringify(screen.over)) { fit(screen, 0) }
  }
  const say = ({detail}) => {
    const {left, right, top} = screen.legend.getBoundingClientRect(), {box} = detail
    // On a phone it stands above the map, not on it.
    if (box.top >= screen.root.getBoundingClientRect().top && box.left < right && box.right > left) {
      detail.floor = Math.min(detail.floor, top - 8)
    }
  }
  window.addEventListener("guatu:over", listen)
  window.addEventListener("guatu:floor", say)
  return () => {
    window.removeEventListener("guatu:over", listen)
    window.removeEventListener("guatu:floor", say)
  }
}

function take(screen, asked) {
  const own = asked.group === screen.model.group && asked.from !== screen
  if (!screen.ready || !own || screen.legend.offsetHeight <= asked.high) { return }
  asked.taken = true
  fit(screen, 0)
}

export function moved(screen) {
  const {map, model: {group}} = screen
  if (!group || screen.following) { return }
  const detail = {from: screen, group, center: map.getCenter(), zoom: map.getZoom()}
  window.dispatchEvent(new CustomEvent("guatu:move", {detail}))
}

function follow(screen, {from, group, center, zoom}) {
  if (!screen.ready || from === screen || group !== screen.model.group) { return }
  screen.following = true
  screen.map.jumpTo({center, zoom})
  screen.following = false
}

// Move with the other maps of the group; returns what ends it.
export function goTogether(screen) {
  const listen = {"guatu:move": (event) => follow(screen, event.detail), "guatu:fit": (event) => take(screen, event.detail)}
  for (const [name, call] of Object.entries(listen)) { window.addEventListener(name, call) }
  return () => { for (const [name, call] of Object.entries(listen)) { window.removeEventListener(name, call) } }
}
