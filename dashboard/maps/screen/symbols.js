// Symbols of points: the shape says what it is, colour and sign say its state.

import {make, penOf} from "../../web/dom.js"
import {pixels} from "./patterns.js"

const STATE_COLOURS = {high: "#b3261e", medium: "#e08a00", low: "#8f8a3a", fine: "#1b6e8f", unknown: "#6b7680"}
// The size of an image, by how much it is drawn smaller, how far several at a point stand apart, and above it.
const ICON = 44, SHRUNK = 0.7, CHOSEN = 1.05, APART = 46, RAISED = 12
export const SYMBOL_SIZE = ["case", ["get", "chosen"], CHOSEN, SHRUNK]
const STATE_SIGNS = {high: "!", medium: "!", low: "·", fine: "✓", unknown: "?"}

function symbolPath(pen, shape, size) {
  const middle = size / 2, reach = size / 2 - 3
  pen.beginPath()
  if (shape === "circle") { pen.arc(middle, middle, reach, 0, 2 * Math.PI); return }
  const corners = {square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
    triangle: [[0, -1], [1, 0.85], [-1, 0.85]], diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]]}[shape]
  corners.forEach(([x, y], at) => at
    ? pen.lineTo(middle + x * reach, middle + y * reach) : pen.moveTo(middle + x * reach, middle + y * reach))
  pen.closePath()
}

export function symbolCanvas(shape, state, size = ICON) {
  const canvas = make("canvas")
  canvas.width = canvas.height = size
  const pen = penOf(canvas)
  symbolPath(pen, shape, size)
  pen.fillStyle = STATE_COLOURS[state]
  pen.fill()
  pen.lineWidth = 3
  pen.strokeStyle = "#ffffff"
  pen.stroke()
  pen.fillStyle = "#ffffff"
  pen.font = "bold " + size * 0.55 + "px sans-serif"
  pen.textAlign = "center"
  pen.textBaseline = "middle"
  pen.fillText(STATE_SIGNS[state], size / 2, size * (shape === "triangle" ? 0.62 : 0.54))
  return canvas
}

// The middle and the size of a symbol whose point is at a pixel.
export function symbolAt({shift, chosen}, [x, y]) {
  const scale = chosen ? CHOSEN : SHRUNK
  return {x: x + shift * APART * scale, y: y - (RAISED + ICON / 2) * scale, size: ICON * scale}
}

// Put the points of sites and works on the map, and ticks and arrows of places.
export function placeSymbols(screen) {
  const {map, model: {picture, symbols: {points}}} = screen
  for (const {shape, state} of points) {
    const name = shape + "-" + state
    if (!map.hasImage(name)) { map.addImage(name, pixels(symbolCanvas(shape, state))) }
  }
  const spots = points.map(({shape, state, chosen, order, shift, x, y}, at) => ({type: "Feature", id: at,
    properties: {icon: shape + "-" + state, at, chosen, offset: [shift * APART, -RAISED], order: chosen ? 99 : order},
    geometry: {type: "Point", coordinates: [x, y]}}))
  map.getSource("points").setData({type: "FeatureCollection", features: spots})
  screen.root.dataset.points = String(spots.length)
  const known = screen.places[picture.level]
  const ticks = picture.signs.filter(([id]) => known[id]?.[1] != null).map(([id, t]) => ({
    type: "Feature", properties: {t}, geometry: {type: "Point", coordinates: known[id].slice(1, 3)}}))
  map.getSource("ticks").setData({type: "FeatureCollection", features: ticks})
}
