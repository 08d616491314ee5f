// The map of the app: MapLibre GL with colours by feature-state.
// Geometry comes once by address; a change of period or indicator is one typed array (`picture`).
// Every text from data enters the page as text (textContent or drawn glyphs), never as HTML.

import {make, makeButton, noteShown, whenever} from "../../web/dom.js"
import {hover, leave, lightWithOthers, placeAt, pointAt} from "./hover.js"
import {INK} from "./ink.js"
import {writeNames} from "./labels.js"
import {listClasses} from "./legend.js"
import {patterns} from "./patterns.js"
import {fit, goTogether, moved, paddingOf} from "./room.js"
import {followPointer, makeSketch, markPlaces, startDrawing} from "./select.js"
import {outlinesAt, sketchMap} from "./sketch.js"
import {colourPlaces, restyle, styleOf} from "./style.js"
import {placeSymbols} from "./symbols.js"

const ICONS = {
  up: "M12 20V5M5 12l7-7 7 7",
  whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  box: "M4 4h3M10 4h4M17 4h3v3M20 10v4M20 17v3h-3M14 20h-4M7 20H4v-3M4 14v-4M4 7V4",
  spot: "M12 3v3M12 18v3M3 12h3M18 12h3M12 8a4 4 0 1 0 0 8 4 4 0 1 0 0-8",
  lasso: "M12 4c5 0 9 2.500 9 6s-4 6-9 6-9-2.500-9-6 4-6 9-6M7 15c-2 2-1 4 1 4s2 2 1 3",
}
const SVG_NAMES = "http://www.w3.org/2000/svg"

let library = null
function load(address) {
  library ??= new Promise((done, failed) => {
    const script = make("script")
    script.src = address
    script.onload = () => done(window.maplibregl)
    script.onerror = () => failed(new Error("the map library is not served: " + address))
    document.head.append(script)
  })
  return library
}

// What the parts of the map share: the page's nodes, the map once it is there, and what is shown.
class Screen {
  constructor(model) {
    this.model = model
    this.hovered = null
    this.marked = []
    this.drawn = null
    this.mode = null
    this.places = {}
    this.build()
  }

  build() {
    this.root = make("div", "screen")
    this.root.setAttribute("role", "region")
    for (const name of ["canvas", "tip", "legend", "tools", "chip", "north"]) { this[name] = make("div", name) }
    this.first = make("canvas", "first")
    this.north.append(make("span", "arrow", "▲"), make("span", "letter", this.model.texts.north))
    this.sketch = makeSketch(this)
    this.wait = make("p", "wait", this.model.texts.wait)
    this.root.append(this.canvas, this.first, this.sketch, this.legend, this.tools, this.chip, this.north,
      this.tip, this.wait)
    const actions = {up: () => this.say("up"), whole: () => fit(this), box: () => startDrawing(this, "box"),
      spot: () => this.say("spotlight"), lasso: () => startDrawing(this, "lasso")}
    this.tools.append(...Object.entries(actions).map(([name, action]) => this.tool(name, action)))
  }

  tool(name, action) {
    const node = makeButton(name, undefined, action)
    const icon = document.createElementNS(SVG_NAMES, "svg")
    icon.setAttribute("viewBox", "0 0 24 24")
    const stroke = document.createElementNS(SVG_NAMES, "path")
    stroke.setAttribute("d", ICONS[name])
    icon.append(stroke)
    node.append(icon)
    node.title = this.model.texts[name]
    node.setAttribute("aria-label", node.title)
    return node
  }

  say(type, more = {}) { this.model.send_msg({type, ...more}) }

  get theme() { return this.model.dark ? "dark" : "light" }

  async start() {
    const loading = load(this.model.script)
    await Promise.all(this.model.sources.map(async ({level, labels}) => {
      this.places[level] = await (await fetch(labels)).json()
    }))
    await this.sketchFirst()
    const gl = await loading
    if (this.removed) { return }
    this.map = new gl.Map({
      container: this.canvas, style: styleOf(this), attributionControl: false, dragRotate: false,
      pitchWithRotate: false, touchPitch: false, fadeDuration: 0, renderWorldCopies: false,
      bounds: this.model.picture.bounds, fitBoundsOptions: {padding: 24},
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.addControl(new gl.ScaleControl({maxWidth: 140, unit: "metric"}), "bottom-right")
    this.map.once("style.load", () => {
      this.ready = true
      this.paint()
    })
    this.map.on("mousemove", (event) => hover(this, event))
    this.map.on("mouseout", () => leave(this))
    this.map.on("click", (event) => this.click(event))
    this.map.on("move", () => moved(this))
    this.map.on("error", (event) => console.error(String(event.error?.message ?? event.error)))
    this.sizes = new ResizeObserver(() => { this.map.resize(); fit(this, 0) })
    this.sizes.observe(this.canvas)
    followPointer(this)
  }

  // A first picture on a plain canvas: the library takes seconds, the outlines are there at once.
  async sketchFirst() {
    listClasses(this, this.model.picture)
    const {level} = this.model.picture
    const {outlines: address} = this.model.sources.find((source) => source.level === level)
    const outlines = await outlinesAt(address)
    // The page gives the box its size only after it has been put in.
    await new Promise((done) => requestAnimationFrame(done))
    const {picture} = this.model
    if (this.removed || picture.level !== level) { return }
    const ink = INK[this.theme]
    sketchMap(this.first, outlines, {classes: picture.classes, colours: picture.colours[this.theme],
      grounds: patterns(picture.grounds[this.theme]), states: picture.states, outside: ink.outside, line: ink.line,
      bounds: picture.bounds, pad: paddingOf(this)})
    // Nothing of the half-made map beneath is to be seen through the sketch.
    this.first.style.background = ink.ground
    this.root.classList.toggle("dark", this.model.dark)
    this.wait.remove()
    noteShown("guatu-sketched", () => { this.root.dataset.sketched = "1" })
  }

  // One change: colours, legend, names and place, all from the same picture.
  paint() {
    if (!this.ready) { return }
    const {picture, symbols} = this.model
    if (this.level && this.level !== picture.level) { this.map.removeFeatureState({source: this.level}) }
    this.level = picture.level
    colourPlaces(this, picture)
    restyle(this, picture)
    writeNames(this, picture)
    listClasses(this, picture)
    markPlaces(this)
    placeSymbols(this)
    const target = picture.bounds.join() + picture.legend.length + symbols.kinds.length
    if (this.drawn !== target) { fit(this, this.drawn === null ? 0 : 500) }
    this.drawn = target
    this.tip.style.display = "none"
    this.map.once("idle", () => {
      this.wait.remove()
      this.first.remove()
      noteShown("guatu-painted", () => {
        this.root.dataset.painted = String(Number(this.root.dataset.painted ?? 0) + 1)
      })
    })
    this.map.triggerRepaint()
  }

  // What one answer changes comes property by property; it is drawn once, when all of it is there.
  paintSoon() {
    if (this.waiting) { return }
    this.waiting = true
    queueMicrotask(() => { this.waiting = false; this.paint() })
  }

  click(event) {
    const point = pointAt(this, event.point)
    if (point !== null) { this.say("point", {at: point}); return }
    const id = placeAt(this, event.point)
    if (id !== null) { this.say("click", {id}) }
  }

  remove() {
    this.removed = true
    this.sizes?.disconnect()
    this.map?.remove()
  }
}

export function render({model}) {
  const screen = new Screen(model)
  const endings = [goTogether(screen), lightWithOthers(screen)]
  whenever(model, ["picture", "symbols", "dark", "spotlight"], () => screen.paintSoon())
  whenever(model, ["marked"], () => model.spotlight ? screen.paintSoon() : markPlaces(screen))
  whenever(model, ["chosen"], () => markPlaces(screen))
  model.on("remove", () => {
    endings.forEach((end) => end())
    screen.remove()
  })
  screen.start().catch((error) => {
    screen.root.append(make("p", "failed", model.texts.failed))
    console.error(error)
  })
  return screen.root
}
