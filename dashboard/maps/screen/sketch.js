// Outlines on a plain canvas: the first picture of a map before its library has drawn, and the
// small maps of the overview. Geometry is fetched once for all of them.

import {penOf} from "../../web/dom.js"

// Classes of places that lie outside the shown one, and of those without a figure.
export const OUTSIDE = 254
export const MISSING = 255

export function outlinesAt(address) {
  const kept = (window.guatuOutlines ??= new Map())
  if (!kept.has(address)) {
    kept.set(address, fetch(address).then((answer) => {
      if (!answer.ok) { throw new Error("the outlines are not served: " + address) }
      return answer.json()
    }))
  }
  return kept.get(address)
}

export const ringsOf = ({type, coordinates}) => type === "Polygon" ? coordinates : coordinates.flat()

export const eastward = (longitude) => longitude / 360
export const southward = (latitude) => -Math.asinh(Math.tan(latitude * Math.PI / 180)) / (2 * Math.PI)

// How bounds in degrees lie within a box of pixels with `pad` ({top, right, bottom, left}): the
// scale, and what gives the pixel of a point in degrees (`at`) or in sides of the world (`of`).
export function planeOf(bounds, {width, height}, pad) {
  const [west, south, east, north] = bounds
  const left = eastward(west), top = southward(north)
  const across = Math.max(eastward(east) - left, 1e-12), down = Math.max(southward(south) - top, 1e-12)
  const room = [width - pad.left - pad.right, height - pad.top - pad.bottom]
  const scale = Math.min(room[0] / across, room[1] / down)
  const dx = pad.left + (room[0] - across * scale) / 2, dy = pad.top + (room[1] - down * scale) / 2
  const of = (east, down) => [dx + (east - left) * scale, dy + (down - top) * scale]
  return {scale, of, at: (x, y) => of(eastward(x), southward(y))}
}

// Whether a point lies within rings, of which those inside others are holes.
export function insideRings([x, y], rings) {
  let inside = false
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [a, b] = ring[i], [c, d] = ring[j]
      if ((b > y) !== (d > y) && x < (c - a) * (y - b) / (d - b) + a) { inside = !inside }
    }
  }
  return inside
}

// By position the reason why a place has no class.
export function reasonsOf(states) {
  return new Map(Object.entries(states).flatMap(([state, ids]) => ids.map((id) => [id, state])))
}

// Draw the places of one level. `pad` is in pixels of the page; `grounds` are canvases that are
// repeated over the places without a class, by the reason, which `states` tells; `circles` have point,
// radius and class, and then the places themselves are `quiet`; `borders` are rings with a colour and
// a width. Returns how the map lies.
export function sketchMap(canvas, outlines, {classes, colours, grounds, states, outside, line, bounds, pad, borders = [], circles = [], quiet}) {
  const ratio = window.devicePixelRatio || 1
  const {clientWidth: width, clientHeight: height} = canvas
  if (!width || !height) { return null }
  canvas.width = width * ratio
  canvas.height = height * ratio
  const pen = penOf(canvas)
  pen.scale(ratio, ratio)
  const plane = planeOf(bounds, {width, height}, pad)
  const trace = (ring) => ring.forEach(([x, y], at) => at
    ? pen.lineTo(...plane.at(x, y)) : pen.moveTo(...plane.at(x, y)))
  pen.lineWidth = 0.8
  pen.strokeStyle = line
  const reasons = reasonsOf(states)
  const fills = Object.fromEntries(Object.entries(grounds).map(([state, drawn]) => [state, pen.createPattern(drawn, "repeat")]))
  for (const {id, geometry} of outlines.features) {
    const of = classes[id]
    pen.fillStyle = of === OUTSIDE ? outside : of === MISSING ? fills[reasons.get(id) ?? "no_data"] : quiet ?? colours[of]
    pen.beginPath()
    ringsOf(geometry).forEach(trace)
    pen.fill("evenodd")
    pen.stroke()
  }
  pen.lineJoin = "round"
  for (const {rings, colour, width: thick} of borders) {
    pen.strokeStyle = colour
    pen.lineWidth = thick
    pen.beginPath()
    rings.forEach(trace)
    pen.stroke()
  }
  pen.strokeStyle = line
  pen.lineWidth = 1.4
  for (const {point, radius, own} of circles) {
    pen.fillStyle = colours[own]
    pen.beginPath()
    pen.arc(...plane.at(...point), radius, 0, 7)
    pen.fill()
    pen.stroke()
  }
  return plane
}
