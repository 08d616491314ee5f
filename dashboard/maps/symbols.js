// Symbols of points: the shape says what it is, colour and sign say its state.

const STATE_COLOURS = {high: "#b3261e", medium: "#e08a00", low: "#8f8a3a", fine: "#1b6e8f", unknown: "#6b7680"}
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

function symbolCanvas(shape, state, size = 44) {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = size
  const pen = canvas.getContext("2d", {willReadFrequently: true})
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

