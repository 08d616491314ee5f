// Where places lie on a small map: rings around the tiny ones, and their names beside it with leader lines.

import {makeShape, penOf} from "../../web/dom.js"

const TINY = 9, RING = 8, MOST = 8, AWAY = 12

// By id the box in pixels of a place's largest part, and the point in degrees at its middle.
export function boxesOf(outlines, ids, plane) {
  const boxes = new Map()
  for (const {id, geometry: {type, coordinates}} of outlines.features) {
    if (!ids.has(id)) { continue }
    let best = null
    for (const [ring] of type === "Polygon" ? [coordinates] : coordinates) {
      const xs = ring.map(([x]) => x), ys = ring.map(([, y]) => y)
      const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
      const area = (box[2] - box[0]) * (box[3] - box[1])
      if (!best || area > best.area) { best = {box, area} }
    }
    if (!best) { continue }
    const [west, south, east, north] = best.box
    const [left, bottom] = plane.at(west, south), [right, top] = plane.at(east, north)
    boxes.set(id, {point: [(west + east) / 2, (south + north) / 2], x: (left + right) / 2, y: (top + bottom) / 2,
      size: Math.max(right - left, bottom - top)})
  }
  return boxes
}

export function ringsAround(canvas, boxes, colour) {
  const pen = penOf(canvas)
  pen.strokeStyle = colour
  pen.lineWidth = 1.6
  for (const {x, y, size} of boxes.values()) {
    if (size >= TINY) { continue }
    pen.beginPath()
    pen.arc(x, y, RING, 0, 7)
    pen.stroke()
  }
}

// Write names at both edges, from top to bottom as the places lie, each with a line to its place.
export function callouts(svg, canvas, boxes, words, places) {
  const {clientWidth: width, clientHeight: height} = canvas
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
  svg.replaceChildren()
  const size = Math.max(13, Math.min(22, width / 34)), step = size * 1.55
  const shown = places.map(([id]) => id).filter((id) => boxes.has(id))
    .slice(0, Math.min(MOST, 2 * Math.floor((height - step) / step)))
  const sides = {left: [], right: []}
  for (const id of shown) { sides[boxes.get(id).x < width / 2 ? "left" : "right"].push(id) }
  const most = Math.max(1, Math.floor((height - step / 2) / step))
  for (const [side, other] of [["left", "right"], ["right", "left"]]) {
    sides[side].sort((a, b) => boxes.get(a).y - boxes.get(b).y)
    while (sides[side].length > most) { sides[other].push(sides[side].pop()) }
  }
  for (const [side, ids] of Object.entries(sides)) {
    ids.sort((a, b) => boxes.get(a).y - boxes.get(b).y)
    const rows = ids.map((id) => boxes.get(id).y)
    rows.forEach((y, at) => { rows[at] = Math.max(y, step, at ? rows[at - 1] + step : 0) })
    const over = Math.max(0, rows[rows.length - 1] - (height - step / 2))
    if (over) {
      rows[rows.length - 1] -= over
      for (let at = rows.length - 2; at >= 0; at--) { rows[at] = Math.min(rows[at], rows[at + 1] - step) }
    }
    ids.forEach((id, at) => {
      const {x, y} = boxes.get(id), left = side === "left"
      const label = makeShape("text", {x: left ? AWAY : width - AWAY, y: rows[at], "text-anchor": left ? "start" : "end",
        "dominant-baseline": "central", "font-size": size})
      label.textContent = words.get(id)
      svg.append(label)
      const long = label.getComputedTextLength?.() || size * words.get(id).length
      const from = left ? AWAY + long + 5 : width - AWAY - long - 5
      const bend = left ? from + 16 : from - 16
      const points = `${from},${rows[at]} ${bend},${rows[at]} ${x},${y}`
      svg.prepend(makeShape("polyline", {class: "halo", points}), makeShape("polyline", {points}))
      svg.append(makeShape("circle", {cx: x, cy: y, r: 3.5}))
    })
  }
}
