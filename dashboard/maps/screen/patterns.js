// Grounds that are no plain colour, and colours between two.

import {make, penOf} from "../../web/dom.js"

const SIZE = 12

function groundOf(colour) {
  const canvas = make("canvas")
  canvas.width = canvas.height = SIZE
  const pen = penOf(canvas)
  pen.fillStyle = colour
  pen.fillRect(0, 0, SIZE, SIZE)
  return [canvas, pen]
}

// Dots on a ground of their own: a figure that is known and not shown.
function dots(ground, stroke) {
  const [canvas, pen] = groundOf(ground)
  pen.fillStyle = stroke
  for (const [x, y] of [[3, 3], [9, 9]]) {
    pen.beginPath()
    pen.arc(x, y, 1.7, 0, 7)
    pen.fill()
  }
  return canvas
}

function hatch(ground, stroke) {
  const [canvas, pen] = groundOf(ground)
  pen.strokeStyle = stroke
  pen.lineWidth = 2
  for (const shift of [-SIZE, 0, SIZE]) {
    pen.beginPath()
    pen.moveTo(shift, SIZE)
    pen.lineTo(shift + SIZE, 0)
    pen.stroke()
  }
  return canvas
}

// Strokes the other way: a figure that is there, of which it is not known what to think.
export function slanted(ground, stroke) {
  const [canvas, pen] = groundOf(ground)
  pen.strokeStyle = stroke
  pen.lineWidth = 1.5
  for (const shift of [-SIZE, 0, SIZE]) {
    pen.beginPath()
    pen.moveTo(shift, 0)
    pen.lineTo(shift + SIZE, SIZE)
    pen.stroke()
  }
  return canvas
}

// Short strokes: nobody there is in question.
function dashes(ground, stroke) {
  const [canvas, pen] = groundOf(ground)
  pen.fillStyle = stroke
  pen.fillRect(2, 5, 6, 2)
  return canvas
}

const DRAWN = {no_data: hatch, not_applicable: dashes, hidden: dots, outside: (ground) => groundOf(ground)[0]}

// The grounds of places without a class by the reason for it, each a canvas that is repeated.
export function patterns(grounds) {
  return Object.fromEntries(Object.entries(grounds).map(([state, [ground, stroke]]) => [state, DRAWN[state](ground, stroke)]))
}

// What the map library takes a drawn canvas as.
export function pixels(canvas) { return penOf(canvas).getImageData(0, 0, canvas.width, canvas.height) }

export function mixed(colour, ground, share) {
  const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16))
  const [own, other] = [parts(colour), parts(ground)]
  return "#" + own.map((part, at) => Math.round(part * (1 - share) + other[at] * share)
    .toString(16).padStart(2, "0")).join("")
}
