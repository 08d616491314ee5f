// Amounts by period, stacked by part; what is below zero hangs down. The drawing stands on paper as it is.

const EDGE = {top: 30, right: 8, bottom: 26}

function names(parts, left) {
  const row = shape("g", {"font-size": 14})
  let at = left
  for (const {name, colour} of parts) {
    row.append(shape("rect", {x: at, y: 6, width: 14, height: 14, fill: colour}))
    row.append(shape("text", {x: at + 20, y: 18}, name))
    at += 36 + width(name)
  }
  return row
}

function draw({labels, parts, title}, wide, high) {
  const svg = shape("svg", {viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": title, "font-family": "inherit"})
  const sums = (sign) => labels.map((_, at) =>
    parts.reduce((sum, {values}) => sum + Math.max(sign * (values[at] ?? 0), 0), 0))
  const top = Math.max(0, ...sums(1)) || 1, low = -Math.max(0, ...sums(-1))
  const ticks = steps(low, top * 1.04)
  const left = 12 + 8.5 * Math.max(...ticks.map(([, text]) => text.length))
  const each = (wide - left - EDGE.right) / labels.length
  const y = (value) => EDGE.top + (high - EDGE.top - EDGE.bottom) * (top * 1.04 - value) / (top * 1.04 - low)
  for (const [value, text] of ticks) {
    svg.append(shape("path", {stroke: "#8b96a1", "stroke-opacity": value ? 0.35 : 1, d: `M${left} ${y(value)}H${wide - EDGE.right}`}))
    svg.append(shape("text", {x: left - 6, y: y(value) + 5, "text-anchor": "end", "font-size": 14}, text))
  }
  labels.forEach((_, at) => {
    const ends = {true: 0, false: 0}
    for (const {values, colour} of parts) {
      const value = values[at]
      if (!value) { continue }
      const from = ends[value > 0], to = from + value
      ends[value > 0] = to
      const [upper, lower] = [y(Math.max(from, to)), y(Math.min(from, to))]
      svg.append(shape("rect", {x: left + each * (at + 0.1), y: upper, width: each * 0.8, height: lower - upper, fill: colour}))
    }
  })
  // Every so many from the last on, so that no two run into one another.
  const apart = Math.ceil(96 / each)
  for (let at = labels.length - 1; at >= 0; at -= apart) {
    svg.append(shape("text", {x: left + each * (at + 0.5), y: high - 8, "text-anchor": "middle", "font-size": 14}, labels[at]))
  }
  svg.append(names(parts, left))
  return svg
}

export function render({model}) {
  const space = make("div", model.dark ? "stacked dark" : "stacked")
  const watch = new ResizeObserver(() => {
    const {clientWidth: wide, clientHeight: high} = space
    space.replaceChildren(...(wide > 80 && high > 80 ? [draw(model.content, wide, high)] : []))
  })
  watch.observe(space)
  model.on("remove", () => watch.disconnect())
  return space
}
