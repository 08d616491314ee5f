// Cards at the sides of a map that tell of its worst places, each with a line to its place: what
// geodata/cartography/callouts.py does for drawn maps, where the reasons stand; a test compares both.

const STEP = 12, GAP = 14, MARGIN = 16, LEVEL = 26, ARRIVAL = 27
const OVER_LAND = 1.6, SAMPLES = 24

const sideOf = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
const cross = (a, b, c, d) => sideOf(a, b, c) * sideOf(a, b, d) < 0 && sideOf(c, d, a) * sideOf(c, d, b) < 0
const pairs = (line) => line.slice(1).map((end, at) => [line[at], end])

export function boxesMeet(one, other, gap = 0) {
  return one[0] < other[2] + gap && other[0] < one[2] + gap && one[1] < other[3] + gap && other[1] < one[3] + gap
}

export function runsThrough(line, [left, top, right, bottom]) {
  if (line.some(([x, y]) => left < x && x < right && top < y && y < bottom)) { return true }
  const ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
  return pairs(line).some(([a, b]) => pairs(ring).some(([c, d]) => cross(a, b, c, d)))
}

function areApart(one, other) {
  return !(boxesMeet(one.box, other.box, GAP) || runsThrough(one.line, other.box) || runsThrough(other.line, one.box)
    || pairs(one.line).some(([a, b]) => pairs(other.line).some(([c, d]) => cross(a, b, c, d))))
}

function overLand(land, [ax, ay], [bx, by]) {
  let over = 0
  for (let at = 0; at < SAMPLES; at++) {
    const share = (at + 0.5) / SAMPLES
    const x = ax + (bx - ax) * share, ends = land[Math.floor((ay + (by - ay) * share) / STEP)]
    if (ends && ends[0] <= x && x <= ends[1]) { over += 1 }
  }
  return over / SAMPLES
}

function isFree(box, side, {taken, land}) {
  if (taken.some((other) => boxesMeet(box, other, GAP))) { return false }
  const ends = land.slice(Math.max(Math.floor(box[1] / STEP), 0), Math.floor(box[3] / STEP) + 1).filter((end) => end)
  return ends.every(([left, right]) => side > 0 ? box[0] - GAP >= right : box[2] + GAP <= left)
}

function slotsOf(anchor, room) {
  const slots = []
  for (const [x, side] of [[room.width - MARGIN - anchor.width, 1], [MARGIN, -1]]) {
    const last = Math.floor((room.height - 2 * MARGIN - anchor.height) / STEP)
    for (let at = 0; at <= last; at++) {
      const y = MARGIN + at * STEP, box = [x, y, x + anchor.width, y + anchor.height]
      const edge = side > 0 ? x : x + anchor.width, elbow = [edge - side * LEVEL, y + ARRIVAL]
      if ((elbow[0] - anchor.x) * side < 0 || !isFree(box, side, room)) { continue }
      const line = [[anchor.x, anchor.y], elbow, [edge, y + ARRIVAL]]
      if (room.taken.some((other) => runsThrough(line, other))) { continue }
      const length = Math.hypot(elbow[0] - anchor.x, elbow[1] - anchor.y)
      slots.push({box, line, cost: length + LEVEL + OVER_LAND * length * overLand(room.land, line[0], elbow)})
    }
  }
  return slots.sort((one, other) => one.cost - other.cost)
}

function ordersOf(items) {
  return items.length < 2 ? [items]
    : items.flatMap((first) => ordersOf(items.filter((one) => one !== first)).map((rest) => [first, ...rest]))
}

// Returns for each anchor ({x, y, width, height}) the box and line of its card, or null. `taken` are
// boxes [left, top, right, bottom]; `land` the left and right end of the shown place in every 12 pixels.
export function placeCallouts(anchors, room) {
  const slots = anchors.map((anchor) => slotsOf(anchor, room))
  let best = anchors.map(() => null), most = "", least = 0
  for (const order of ordersOf(anchors.map((_, at) => at))) {
    const placed = anchors.map(() => null)
    for (const at of order) {
      placed[at] = slots[at].find((slot) => placed.every((other) => !other || areApart(slot, other))) ?? null
    }
    const cost = placed.reduce((sum, slot) => sum + (slot?.cost ?? 0), 0)
    // The worst comes first, as a sign that has a card: "101" is before "011".
    const has = placed.map((slot) => slot ? "1" : "0").join("")
    if (placed[0] && (has > most || (has === most && cost < least))) {
      [best, most, least] = [placed, has, cost]
    }
  }
  return best
}

// The left and right end of a shape in every 12 pixels from the top: `rings` are its rings in pixels.
export function landRows(rings, height) {
  const rows = Array.from({length: Math.ceil(height / STEP) + 1}, () => null)
  const widen = (row, x) => {
    if (row < 0 || row >= rows.length) { return }
    rows[row] = rows[row] ? [Math.min(rows[row][0], x), Math.max(rows[row][1], x)] : [x, x]
  }
  for (const ring of rings) {
    for (const [[ax, ay], [bx, by]] of pairs(ring)) {
      const steps = Math.max(1, Math.ceil(Math.abs(by - ay) / (STEP / 2)))
      for (let at = 0; at <= steps; at++) {
        widen(Math.floor((ay + (by - ay) * at / steps) / STEP), ax + (bx - ax) * at / steps)
      }
    }
  }
  return rows
}
