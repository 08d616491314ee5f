// Where rings and names stand on the map of sites, so that none lies on another.

import {make, penOf} from "../../web/dom.js"

const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]

// The middle of each ring: near its site, off the others and off the dots people came from.
export function ringPlaces(rings, dots, wide, tall, gap) {
  const placed = []
  const order = rings.map((_, at) => at).sort((one, two) => rings[two].r - rings[one].r)
  for (const at of order) {
    const {dot: [x, y], r} = rings[at]
    let best = null
    for (const away of [0, 1.3, 1.8, 2.4, 3.2, 4.2]) {
      for (let turn = 0; turn < (away ? 24 : 1); turn++) {
        const angle = turn / 24 * 2 * Math.PI, a = x + away * r * Math.sin(angle), b = y - away * r * Math.cos(angle)
        const edge = r + gap
        if (a < edge || b < edge || a > wide - edge || b > tall - edge * 2) { continue }
        const near = (px, py, other) => Math.max(0, r + other + gap - Math.hypot(px - a, py - b))
        let cost = away * r * 0.5
        for (const one of placed) { cost += 60 * near(one.x, one.y, one.r + gap * 2) }
        for (const [px, py] of dots) { cost += 8 * near(px, py, gap) }
        rings.forEach((one, other) => { if (other !== at) { cost += 8 * near(one.dot[0], one.dot[1], 4) } })
        if (best === null || cost < best.cost) { best = {x: a, y: b, r, cost} }
      }
    }
    best = best ?? {x, y, r, cost: 0}
    placed.push(best)
    rings[at].place = best
  }
  return rings.map((one) => one.place)
}

// The names that have room, in their order, each with its box (left, top, right, bottom); none lies
// on what is taken, and on a line only where there is no other room.
export function labelPlaces(names, taken, lines, wide, tall) {
  const boxes = [...taken], placed = []
  const pen = penOf(make("canvas"))
  for (const label of names) {
    pen.font = `600 ${label.size}px sans-serif`
    const w = Math.max(...label.words.map((words) => pen.measureText(words).width)) + 4
    const h = label.size * (0.3 + 1.2 * label.words.length)
    const {x, y, gap} = label
    const spots = label.free
      ? [[0, 0], [0, -1], [0, 1], [-0.4, 0], [0.4, 0], [0, -2], [0, 2], [-0.8, 0], [0.8, 0]].map(([a, b]) => [x - w / 2 + a * w, y - h / 2 + b * h])
      : [[x - w / 2, y - gap - h], [x + gap, y - h / 2], [x - gap - w, y - h / 2], [x - w / 2, y + gap], [x + gap * 0.7, y - gap * 0.7 - h], [x - gap * 0.7 - w, y - gap * 0.7 - h],
        [x + gap * 0.7, y + gap * 0.7], [x - gap * 0.7 - w, y + gap * 0.7]]
    const free = spots.map(([left, top]) => [left, top, left + w, top + h])
      .filter((box) => box[0] > 2 && box[1] > 2 && box[2] < wide - 2 && box[3] < tall - 2 && !boxes.some((one) => meets(one, box)))
    const crossings = free.map((box) => lines.filter((one) => meets(one, box)).length)
    const box = free[crossings.indexOf(Math.min(...crossings))]
    if (box) { boxes.push(box); placed.push({label, box}) }
  }
  return placed
}
