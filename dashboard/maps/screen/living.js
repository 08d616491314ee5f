// The map of the app: MapLibre GL with colours by feature-state.
// Geometry comes once by address; a change of period or indicator is one typed array (`picture`).

import {make, makeButton, makeShape, noteShown} from "../../web/dom.js"
import {bringShapes} from "./exchange.js"
import {layGround} from "./ground.js"
import {hover, leave, placeAt, pointAt} from "./hover.js"
import {writeNames} from "./labels.js"
import {listClasses} from "./legend.js"
import {arrange, followMap, loadAbove, makeCards, makeOverlay, namesAbove, worstApart} from "./overlay.js"
import {drawPlain, plainPlaceAt} from "./plain.js"
import {fit, moved} from "./room.js"
import {followPointer, makeSketch, markPlaces, startDrawing} from "./select.js"
import {outlinesAt} from "./sketch.js"
import {standPlain} from "./standing.js"
import {colourPlaces, restyle, styleOf} from "./style.js"
import {placeSymbols} from "./symbols.js"
import {placesOf} from "./tiles.js"

const ICONS = {
  up: "M12 20V5M5 12l7-7 7 7",
  whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  box: "M4 4h3M10 4h4M17 4h3v3M20 10v4M20 17v3h-3M14 20h-4M7 20H4v-3M4 14v-4M4 7V4",
  spot: "M12 3v3M12 18v3M3 12h3M18 12h3M12 8a4 4 0 1 0 0 8 4 4 0 1 0 0-8",
  lasso: "M12 4c5 0 9 2.500 9 6s-4 6-9 6-9-2.500-9-6 4-6 9-6M7 15c-2 2-1 4 1 4s2 2 1 3",
}

// Milliseconds until a map that could not be made is tried again.
const AGAIN = 2000

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
export class Screen {
  constructor(model) {
    this.model = model
    this.hovered = null
    this.marked = []
    this.drawn = null
    this.mode = null
    this.places = {}
    this.cards = []
    this.only = null
    this.build()
  }

  build() {
    this.root = make("div", "screen")
    this.root.setAttribute("role", "region")
    for (const name of ["canvas", "tip", "legend", "tools", "chip", "north"]) { this[name] = make("div", name) }
    this.first = make("canvas", "first")
    this.north.append(make("span", "arrow", "▲"), make("span", "letter", this.model.texts.north))
    this.sketch = makeSketch(this)
    this.overlay = makeOverlay()
    this.wait = make("p", "wait", this.model.texts.wait)
    this.root.append(this.canvas, this.first, this.overlay, this.sketch, this.legend, this.tools, this.chip, this.north,
      this.tip, this.wait)
    const actions = {up: () => this.say("up"), whole: () => fit(this), box: () => startDrawing(this, "box"),
      spot: () => this.say("spotlight"), lasso: () => startDrawing(this, "lasso")}
    this.tools.append(...Object.entries(actions).map(([name, action]) => this.tool(name, action)))
  }

  tool(name, action) {
    const node = makeButton(name, undefined, action)
    const icon = makeShape("svg", {viewBox: "0 0 24 24"})
    icon.append(makeShape("path", {d: ICONS[name]}))
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
    this.canvas.addEventListener("click", (event) => this.clickSketch(event))
    await this.sketchFirst()
    try {
      const gl = await loading
      if (this.removed) { return }
      this.makeMap(gl)
    } catch (error) {
      console.warn("the map is drawn without its library: " + error)
      standPlain(this)
    }
    this.sizes = new ResizeObserver(() => this.resize())
    this.sizes.observe(this.canvas)
    followPointer(this)
  }

  // With another size words may be larger or smaller as well.
  resize() {
    if (!this.canvas.clientWidth) { return }
    this.map?.resize()
    if (this.ready) { this.write(this.model.picture) }
    fit(this, 0)
  }

  write(picture) {
    writeNames(this, picture, {cards: worstApart(this), apart: namesAbove(this)})
    listClasses(this, picture)
    makeCards(this)
  }

  makeMap(gl) {
    this.hasGround = Boolean(this.model.sources[0].ground)
    this.styled = this.theme
    this.map = new gl.Map({
      container: this.canvas, style: styleOf(this), attributionControl: false, dragRotate: false,
      pitchWithRotate: false, touchPitch: false, fadeDuration: 0, renderWorldCopies: false,
      bounds: this.model.picture.bounds, fitBoundsOptions: {padding: 24},
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.addControl(new gl.ScaleControl({maxWidth: 140, unit: "metric"}), "bottom-right")
    this.map.once("style.load", () => {
      this.ready = true
      this.exchanged = {}
      this.paint()
      layGround(this)
    })
    this.map.on("mousemove", (event) => hover(this, event))
    this.map.on("mouseout", () => leave(this))
    this.map.on("click", (event) => this.click(event))
    this.map.on("move", () => { moved(this); if (this.ready) { followMap(this) } })
    this.map.on("moveend", () => { if (this.ready) { this.arrange() } })
    this.map.on("error", (event) => console.error(String(event.error?.message ?? event.error)))
    this.map.on("webglcontextlost", () => setTimeout(() => this.makeAgain(gl)))
  }

  // The graphics driver took the map away. The library brings back its lines without the colours, and only where the
  // driver gives notice: the map is made anew, and the sketch stands for it until then.
  async makeAgain(gl) {
    if (this.removed) { return }
    this.map?.remove()
    Object.assign(this, {map: null, ready: false, exchanged: null, told: null, grounds: null, level: null, drawn: null, hovered: null, marked: []})
    this.canvas.replaceChildren()
    this.overlay.before(this.first)
    await this.sketchFirst()
    if (this.removed) { return }
    try {
      this.makeMap(gl)
    } catch (error) {
      console.warn("there is no map again yet: " + error)
      setTimeout(() => this.makeAgain(gl), AGAIN)
    }
  }

  arrange() {
    arrange(this, (x, y) => { const spot = this.map.project([x, y]); return [spot.x, spot.y] })
  }

  // A first picture on a plain canvas: the library takes seconds, the outlines are there at once.
  async sketchFirst() {
    listClasses(this, this.model.picture)
    const {level} = this.model.picture
    const {outlines: address} = this.model.sources.find((source) => source.level === level)
    const [outlines] = await Promise.all([outlinesAt(address), loadAbove(this)])
    // The page gives the box its size only after it has been put in.
    await new Promise((done) => requestAnimationFrame(done))
    if (this.removed || this.ready || this.model.picture.level !== level) { return }
    drawPlain(this, outlines)
    this.wait.remove()
    noteShown("guatu-sketched", () => { this.root.dataset.sketched = "1" })
  }

  // One change: what takes a while is brought first; what is seen stays as it was until then.
  async paint() {
    if (this.ready) {
      if (await bringShapes(this, this.model.picture) && !this.removed) { this.exchange() }
    } else if (this.sketched) {
      await this.sketchFirst()
      if (this.plain) { this.standAgain() }
    }
  }

  standAgain() {
    const {level} = this.model.picture
    if (this.level !== level) { this.hovered = null }
    this.level = level
    this.tip.style.display = "none"
    markPlaces(this)
    this.notePainted()
  }

  notePainted() {
    noteShown("guatu-painted", () => {
      this.root.dataset.painted = String(Number(this.root.dataset.painted ?? 0) + 1)
    })
  }

  // Colours, outlines, legend, names and place, all from the same picture.
  exchange() {
    const {picture, symbols} = this.model
    if (this.level && this.level !== picture.level) {
      this.map.removeFeatureState(placesOf(this, this.level))
      this.told = null
    }
    this.level = picture.level
    colourPlaces(this, picture)
    restyle(this, picture)
    this.write(picture)
    markPlaces(this)
    placeSymbols(this)
    const target = picture.bounds.join() + picture.legend.length + symbols.kinds.length
    this.arrange()
    if (this.drawn !== target || this.cards.some(({slot}) => !slot)) { fit(this, this.drawn === null ? 0 : 500) }
    this.drawn = target
    this.tip.style.display = "none"
    this.map.once("idle", () => {
      this.wait.remove()
      this.first.remove()
      this.notePainted()
    })
    this.map.triggerRepaint()
  }

  // What one answer changes comes property by property; it is drawn once, when all of it is there.
  paintSoon() {
    if (this.waiting) { return }
    this.waiting = true
    queueMicrotask(() => { this.waiting = false; this.paint() })
  }

  // Until the map has drawn, what is seen is the sketch, and it answers.
  clickSketch({clientX, clientY}) {
    if (!this.sketched?.plane || !this.first.isConnected) { return }
    const {left, top} = this.canvas.getBoundingClientRect(), spot = {x: clientX - left, y: clientY - top}
    const point = this.plain ? pointAt(this, spot) : null
    if (point !== null) { this.say("point", {at: point}); return }
    const id = plainPlaceAt(this, spot)
    if (id !== null) { this.say("click", {id}) }
  }

  click(event) {
    if (this.first.isConnected) { return }
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
