// Figures that add up, as circles: the area of a circle is its figure.

import {make, penOf} from "../../web/dom.js"
import {OUTSIDE} from "./sketch.js"

// The radius of the largest circle, by the size of the map.
export function reachOf({canvas}) {
  return Math.max(14, Math.min(46, Math.min(canvas.clientWidth, canvas.clientHeight) / 22))
}

export const radiusOf = (value, largest, reach) => Math.max(3, reach * Math.sqrt(value / largest))

// Position, point, radius and class of every circle, the largest first so that it lies lowest.
export function circlesOf(screen, picture) {
  if (picture.form !== "circles") { return [] }
  const reach = reachOf(screen), known = screen.places[picture.level]
  return Array.from(picture.values, (value, id) => ({id, value, own: picture.classes[id]}))
    .filter(({id, value, own}) => value > 0 && own < OUTSIDE && known[id]?.[1] != null)
    .map(({id, value, own}) => ({id, own, point: known[id].slice(1, 3), radius: radiusOf(value, picture.largest, reach)}))
    .sort((one, other) => other.radius - one.radius)
}

export function circleFeatures(screen, picture) {
  const features = circlesOf(screen, picture).map(({id, own, point, radius}) => ({type: "Feature", id,
    properties: {i: id, radius, order: -radius, colour: picture.colours[screen.theme][own]},
    geometry: {type: "Point", coordinates: point}}))
  return {type: "FeatureCollection", features}
}

// Circles of round figures, one standing in the other, with their figures beside them.
export function nestedCircles(screen, {circles, largest}, ink) {
  const reach = reachOf(screen), radii = circles.map(([value]) => radiusOf(value, largest, reach))
  const most = Math.max(...radii), wide = 2 * most + 90, high = 2 * most + 12
  const canvas = make("canvas", "nested"), ratio = window.devicePixelRatio || 1
  canvas.width = wide * ratio
  canvas.height = high * ratio
  canvas.style.width = wide + "px"
  canvas.style.height = high + "px"
  const pen = penOf(canvas)
  pen.scale(ratio, ratio)
  pen.strokeStyle = pen.fillStyle = ink
  pen.font = "14px sans-serif"
  pen.textBaseline = "middle"
  circles.forEach(([, words], n) => {
    const top = high - 4 - 2 * radii[n], text = 10 + n * (high - 20) / Math.max(circles.length - 1, 1)
    pen.beginPath()
    pen.arc(most + 2, high - 4 - radii[n], radii[n], 0, 7)
    pen.moveTo(most + 2, top)
    pen.lineTo(2 * most + 8, text)
    pen.stroke()
    pen.fillText(words, 2 * most + 12, text)
  })
  return canvas
}
