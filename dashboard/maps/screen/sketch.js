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

const eastward = (longitude) => longitude / 360
const southward = (latitude) => -Math.asinh(Math.tan(latitude * Math.PI / 180)) / (2 * Math.PI)

// How bounds in degrees lie within a box of pixels with `pad` ({top, right, bottom, left}): the
// scale, and what gives the pixel of a point.
export function planeOf(bounds, {width, height}, pad) {
  const [west, south, east, north] = bounds
  const left = eastward(west), top = southward(north)
  const across = Math.max(eastward(east) - left, 1e-12), down = Math.max(southward(south) - top, 1e-12)
  const room = [width - pad.left - pad.right, height - pad.top - pad.bottom]
  const scale = Math.min(room[0] / across, room[1] / down)
  const dx = pad.left + (room[0] - across * scale) / 2, dy = pad.top + (room[1] - down * scale) / 2
  return {scale, at: (x, y) => [dx + (eastward(x) - left) * scale, dy + (southward(y) - top) * scale]}
}

// By position the reason why a place has no class.
export function reasonsOf(states) {
  return new Map(Object.entries(states).flatMap(([state, ids]) => ids.map((id) => [id, state])))
}

// Draw the places of one level. `pad` is in pixels of the page; `grounds` are canvases that are
// repeated over the places without a class, by the reason, which `states` tells.
export function sketchMap(canvas, outlines, {classes, colours, grounds, states, outside, line, bounds, pad}) {
  const ratio = window.devicePixelRatio || 1
  const {clientWidth: width, clientHeight: height} = canvas
  if (!width || !height) { return }
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
    pen.fillStyle = of === OUTSIDE ? outside : of === MISSING ? fills[reasons.get(id) ?? "no_data"] : colours[of]
    pen.beginPath()
    for (const part of geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) {
      part.forEach(trace)
    }
    pen.fill("evenodd")
    pen.stroke()
  }
}
