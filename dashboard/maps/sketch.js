// Outlines on a plain canvas: the first picture of a map before its library has drawn, and the
// small maps of the overview. Geometry is fetched once for all of them.

const NOWHERE = 254
const UNKNOWN = 255

function outlinesAt(address) {
  const kept = (window.guatuOutlines ??= new Map())
  if (!kept.has(address)) {
    kept.set(address, fetch(address).then((answer) => {
      if (!answer.ok) { throw new Error("the outlines are not served: " + address) }
      return answer.json()
    }))
  }
  return kept.get(address)
}

// Note that something can be seen: what was drawn is on the screen with the frame after the next.
function noteShown(name, then) {
  requestAnimationFrame(() => requestAnimationFrame(() => { performance.mark(name); then() }))
}

const eastward = (longitude) => longitude / 360
const southward = (latitude) => -Math.asinh(Math.tan(latitude * Math.PI / 180)) / (2 * Math.PI)

// Draw the places of one level. `pad` is {top, right, bottom, left} in pixels of the page; `missing`
// and `veil` are colours, or canvases that are repeated over a place.
function sketchMap(canvas, outlines, {classes, colours, missing, veil = missing, hidden = [],
  outside, line, bounds, pad}) {
  const ratio = window.devicePixelRatio || 1
  const {clientWidth: width, clientHeight: height} = canvas
  if (!width || !height) { return }
  canvas.width = width * ratio
  canvas.height = height * ratio
  const pen = canvas.getContext("2d", {willReadFrequently: true})
  pen.scale(ratio, ratio)
  const [west, south, east, north] = bounds
  const left = eastward(west), top = southward(north)
  const across = Math.max(eastward(east) - left, 1e-12), down = Math.max(southward(south) - top, 1e-12)
  const room = [width - pad.left - pad.right, height - pad.top - pad.bottom]
  const scale = Math.min(room[0] / across, room[1] / down)
  const dx = pad.left + (room[0] - across * scale) / 2, dy = pad.top + (room[1] - down * scale) / 2
  const trace = (ring) => ring.forEach(([x, y], at) => {
    const px = dx + (eastward(x) - left) * scale, py = dy + (southward(y) - top) * scale
    at ? pen.lineTo(px, py) : pen.moveTo(px, py)
  })
  pen.lineWidth = 0.8
  pen.strokeStyle = line
  const ground = (fill) => typeof fill === "string" ? fill : pen.createPattern(fill, "repeat")
  const unknown = ground(missing), covered = ground(veil), veiled = new Set(hidden)
  for (const {id, geometry} of outlines.features) {
    const found = classes[id]
    pen.fillStyle = found === NOWHERE ? outside : veiled.has(id) ? covered : found === UNKNOWN ? unknown : colours[found]
    pen.beginPath()
    for (const part of geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates) {
      part.forEach(trace)
    }
    pen.fill("evenodd")
    pen.stroke()
  }
}

