// The months as small maps, one row of buttons. Outlines are traced once for all of them; a month that is
// chosen moves the frame alone.

import {make, makeButton, penOf, whenever} from "../../web/dom.js"
import {patterns} from "../../maps/screen/patterns.js"
import {MISSING, OUTSIDE, outlinesAt, planeOf, reasonsOf} from "../../maps/screen/sketch.js"

const PAUSE = 1600, NEAR = 0.6, EDGE = {top: 2, right: 2, bottom: 2, left: 2}
const STEPS = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1}

// A place as a path of pixels; points nearer to each other than a pixel shows are left out.
function traced({geometry: {type, coordinates}}, at) {
  const path = new Path2D()
  for (const ring of type === "Polygon" ? coordinates : coordinates.flat()) {
    let before = null
    for (const [x, y] of ring) {
      const spot = at(x, y)
      if (!before) { path.moveTo(...spot) }
      else if (Math.abs(spot[0] - before[0]) + Math.abs(spot[1] - before[1]) > NEAR) { path.lineTo(...spot) }
      else { continue }
      before = spot
    }
    path.closePath()
  }
  return path
}

export function render({model}) {
  const root = make("div", "reel folded")
  const words = model.texts
  const play = makeButton("play", undefined, () => toggle(!model.playing))
  const [earlier, later] = ["‹", "›"].map((sign, side) => makeButton("turn", sign, () => go(model.beyond[side])))
  earlier.title = earlier.ariaLabel = words.earlier
  later.title = later.ariaLabel = words.later
  const months = make("div", "months")
  months.setAttribute("role", "radiogroup")
  months.setAttribute("aria-label", words.film)
  const fold = makeButton("fold", words.film + " ▾", () => { root.classList.toggle("folded"); draw() })
  root.append(fold, play, earlier, months, later)
  let nodes = [], clock = 0, traces = null

  const go = (period) => { if (period) { model.send_msg({type: "month", period}) } }

  function toggle(on) {
    clearInterval(clock)
    model.send_msg({type: "play", on})
    if (on) { clock = setInterval(next, PAUSE) }
  }

  function next() {
    const here = model.months.findIndex(({period}) => period === model.at)
    go(model.months[(here + 1) % model.months.length].period)
  }

  function fill() {
    nodes = model.months.map(({period, title, figure, whole}) => {
      const node = makeButton(whole ? "month" : "month part", undefined, () => go(period))
      node.setAttribute("role", "radio")
      node.dataset.period = period
      node.title = title + " " + figure
      node.append(make("span", "title", title), make("canvas"), make("span", "figure", figure))
      return node
    })
    months.replaceChildren(...nodes)
    traces = null
    mark()
    draw()
  }

  function mark() {
    nodes.forEach((node) => {
      const here = node.dataset.period === model.at
      node.setAttribute("aria-checked", String(here))
      node.tabIndex = here ? 0 : -1
      if (here && root.clientWidth < 800) { months.scrollLeft = node.offsetLeft - months.offsetLeft - 100 }
    })
    earlier.hidden = !model.beyond[0]
    later.hidden = !model.beyond[1]
    play.replaceChildren(make("span", "sign", model.playing ? "■" : "▶"), make("span", "", model.playing ? words.stop : words.play))
  }

  async function draw() {
    const {outlines, around, bounds, place} = model.picture
    const canvas = nodes[0]?.querySelector("canvas")
    if (!outlines || !canvas?.clientWidth) { return }
    const [places, above] = await Promise.all([outlinesAt(outlines), outlinesAt(around)])
    const size = {width: canvas.clientWidth, height: canvas.clientHeight}
    if (!size.width || model.picture.outlines !== outlines || !canvas.isConnected) { return }
    const key = [outlines, bounds, size.width, size.height].join()
    if (traces?.key !== key) {
      const {at} = planeOf(bounds, size, EDGE)
      const edge = above.features.filter(({id}) => place < 0 || id === place)
      traces = {key, size, places: places.features.map((one) => [one.id, traced(one, at)]), edge: edge.map((one) => traced(one, at))}
    }
    nodes.forEach((node, at) => paint(node.querySelector("canvas"), model.months[at]))
    root.dataset.drawn = String(nodes.length)
  }

  function paint(canvas, {classes, states}) {
    const look = model.dark ? "dark" : "light", ratio = window.devicePixelRatio || 1
    canvas.width = traces.size.width * ratio
    canvas.height = traces.size.height * ratio
    const pen = penOf(canvas)
    pen.scale(ratio, ratio)
    const colours = model.picture.colours[look], reasons = reasonsOf(states)
    const grounds = Object.entries(patterns(model.picture.grounds[look]))
    const fills = Object.fromEntries(grounds.map(([state, drawn]) => [state, pen.createPattern(drawn, "repeat")]))
    for (const [id, path] of traces.places) {
      if (classes[id] === OUTSIDE) { continue }
      pen.fillStyle = classes[id] === MISSING ? fills[reasons.get(id) ?? "no_data"] : colours[classes[id]]
      pen.fill(path, "evenodd")
    }
    pen.strokeStyle = getComputedStyle(root).color
    pen.lineWidth = 1
    for (const path of traces.edge) { pen.stroke(path) }
  }

  months.addEventListener("keydown", (event) => {
    const here = nodes.findIndex((node) => node.dataset.period === model.at)
    const to = {Home: 0, End: nodes.length - 1}[event.key] ?? (event.key in STEPS ? here + STEPS[event.key] : -2)
    if (to === -2) { return }
    event.preventDefault()
    event.stopPropagation()
    const period = to < 0 ? model.beyond[0] : to >= nodes.length ? model.beyond[1] : nodes[to].dataset.period
    nodes[Math.min(Math.max(to, 0), nodes.length - 1)].focus()
    go(period)
  })
  const sizes = new ResizeObserver(draw)
  sizes.observe(months)
  // Both come with one answer, property by property.
  let waiting = false
  whenever(model, ["months", "picture"], () => {
    if (!waiting) { waiting = true; queueMicrotask(() => { waiting = false; fill() }) }
  })
  whenever(model, ["at", "beyond", "playing"], mark)
  whenever(model, ["dark"], draw)
  model.on("remove", () => { clearInterval(clock); sizes.disconnect() })
  fill()
  return root
}
