// The course of a place (thick) against the one above it (dashed). Texts come from data: set as text only.

const SPACE = {top: 34, right: 36, bottom: 30}

function line(values, x, y) {
  let path = "", pen = "M"
  values.forEach((value, at) => {
    if (value === null) { pen = "M"; return }
    path += `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`
    pen = "L"
  })
  return path
}

// Names of the two lines above them; a name that has no room is cut by the end of the chart.
function legend(names, left) {
  const row = shape("g", {class: "names"})
  let at = left + 8
  names.forEach((name, order) => {
    row.append(shape("path", {class: order ? "above" : "own", d: `M${at} 16H${at + 28}`}))
    row.append(shape("text", {x: at + 34, y: 21}, name))
    at += 52 + width(name)
  })
  return row
}

function draw(content, wide, high) {
  const {labels, own, above, whole, names, now} = content
  const svg = shape("svg", {width: wide, height: high, role: "img", "aria-label": content.title})
  const values = [...own, ...(above ?? [])].filter((value) => value !== null)
  const least = Math.min(...values), most = Math.max(...values)
  const room = values.length ? 0.15 * (most - least) || Math.abs(most) || 1 : 1
  const [low, top] = values.length ? [least - room, most + room] : [0, 1]
  const ticks = steps(low, top)
  const left = 14 + 8.5 * Math.max(...ticks.map(([, text]) => text.length))
  const last = Math.max(labels.length - 1, 1), inner = wide - left - SPACE.right
  const x = (at) => left + inner * (0.04 + 0.92 * at / last)
  const y = (value) => SPACE.top + (high - SPACE.top - SPACE.bottom) * (top - value) / (top - low)
  for (const [value, text] of ticks) {
    svg.append(shape("path", {class: "grid", d: `M${left} ${y(value)}H${wide - SPACE.right}`}))
    svg.append(shape("text", {x: left - 6, y: y(value) + 5, "text-anchor": "end"}, text))
  }
  svg.append(shape("path", {class: "axis", d: `M${left} ${SPACE.top}V${high - SPACE.bottom}H${wide - SPACE.right}`}))
  for (const at of evenly(labels, Math.max(...labels.map(width)) > 60 ? 4 : 8)) {
    svg.append(shape("text", {x: x(at), y: high - 9, "text-anchor": "middle"}, labels[at]))
  }
  if (above) { svg.append(shape("path", {class: "above", d: line(above, x, y)})) }
  svg.append(shape("path", {class: "own", d: line(own, x, y)}))
  own.forEach((value, at) => {
    if (value === null) { return }
    const name = at === now ? "now" : whole[at] ? "dot" : "dot partly"
    svg.append(shape("circle", {class: name, cx: x(at), cy: y(value), r: at === now ? 9 : 4.5}))
  })
  if (above) { svg.append(legend(names, left)) }
  return svg
}

export function render({model}) {
  const root = make("div", "course")
  const head = make("h2"), space = make("div", "space")
  root.append(head, space)

  function fill() {
    const {title, note} = model.content
    root.classList.toggle("dark", model.dark)
    head.replaceChildren(title, " ", make("small", "", note))
    const {clientWidth: wide, clientHeight: high} = space
    space.replaceChildren(...(wide > 80 && high > 80 ? [draw(model.content, wide, high)] : []))
  }
  const watch = new ResizeObserver(fill)
  watch.observe(space)
  model.on("content", fill)
  model.on("dark", fill)
  model.on("remove", () => watch.disconnect())
  return root
}
