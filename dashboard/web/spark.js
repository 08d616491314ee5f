// A small course of a figure: a line over its periods, dotted over those without one, the shown one marked.

const SPARK_NAMES = "http://www.w3.org/2000/svg"
const [WIDE, HIGH, EDGE] = [120, 36, 5]

function shape(name, attributes) {
  const node = document.createElementNS(SPARK_NAMES, name)
  for (const [key, value] of Object.entries(attributes)) { node.setAttribute(key, value) }
  return node
}

// `values` hold null where there is no figure; `now` is the position of the shown period.
export function sparkline(values, now, limit = null) {
  const svg = shape("svg", {viewBox: `0 0 ${WIDE} ${HIGH}`, class: "spark", "aria-hidden": "true"})
  const known = values.filter((value) => value !== null)
  if (known.length < 2) { return svg }
  const ends = limit === null ? known : [...known, limit]
  const low = Math.min(...ends), spread = Math.max(...ends) - low
  const x = (at) => EDGE + at * (WIDE - 2 * EDGE) / (values.length - 1)
  const y = (value) => spread ? HIGH - EDGE - (value - low) / spread * (HIGH - 2 * EDGE) : HIGH / 2
  if (limit !== null) { svg.append(shape("line", {class: "limit", x1: EDGE, x2: WIDE - EDGE, y1: y(limit), y2: y(limit)})) }
  const lines = {line: "", gap: ""}
  let before = -1
  values.forEach((value, at) => {
    if (value === null) { return }
    if (before >= 0) {
      const step = `M${x(before)} ${y(values[before])}L${x(at)} ${y(value)}`
      lines[before === at - 1 ? "line" : "gap"] += step
    }
    before = at
  })
  for (const [name, path] of Object.entries(lines)) { if (path) { svg.append(shape("path", {class: name, d: path})) } }
  if (values[now] !== null && values[now] !== undefined) {
    svg.append(shape("circle", {class: "now", cx: x(now), cy: y(values[now]), r: 4}))
  }
  return svg
}
