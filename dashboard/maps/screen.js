// The map of the app: MapLibre GL with colours by feature-state.
// Geometry comes once by address; a change of period or indicator is one typed array (`picture`).
// Every text from data enters the page as text (textContent or drawn glyphs), never as HTML.

const OUTSIDE = 254
const MISSING = 255
const SVG = "http://www.w3.org/2000/svg"
const BOLD = ["Guatu Bold,Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,sans-serif"]
const FONT = ["Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,sans-serif"]
// Where the name of a worst place may stand about its point: on it, beside it, and farther off.
// Right of it comes before left, where the legend stands.
const BESIDE = ["center", [0, 0], "left", [0.6, 0], "top", [0, 0.6], "bottom", [0, -0.6], "top-left", [0.6, 0.8],
  "bottom-left", [0.6, -0.8], "right", [-0.6, 0], "top-right", [-0.6, 0.8], "bottom-right", [-0.6, -0.8],
  "left", [2, 0], "top", [0, 1.7], "bottom", [0, -1.9], "top-left", [1.6, 1.8], "bottom-left", [1.6, -1.9],
  "right", [-2, 0], "top-right", [-1.6, 1.8], "bottom-right", [-1.6, -1.9]]
const INK = {
  light: {ground: "#f7f8fa", outside: "#eef0f3", line: "#ffffff", town: "#37474f", area: "#10171c",
          text: "#10171c", soft: "#37434d", halo: "#ffffff", mark: "#0b57d0", tick: "#0f6b35"},
  dark: {ground: "#12161b", outside: "#1b2127", line: "#12161b", town: "#b0bec5", area: "#ffffff",
         text: "#ffffff", soft: "#d5dde4", halo: "#0b0f13", mark: "#7cc4ff", tick: "#7be3a2"},
}

let library = null
function load(address) {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script")
    script.src = address
    script.onload = () => done(window.maplibregl)
    script.onerror = () => failed(new Error("the map library is not served: " + address))
    document.head.append(script)
  })
  return library
}

function make(tag, name, text) {
  const node = document.createElement(tag)
  if (name) { node.className = name }
  if (text !== undefined) { node.textContent = text }
  return node
}

// Dots on a ground of their own: a figure that is known and not shown.
function dots(ground, stroke) {
  const size = 12
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = size
  const pen = canvas.getContext("2d", {willReadFrequently: true})
  pen.fillStyle = ground
  pen.fillRect(0, 0, size, size)
  pen.fillStyle = stroke
  for (const [x, y] of [[3, 3], [9, 9]]) {
    pen.beginPath()
    pen.arc(x, y, 1.7, 0, 7)
    pen.fill()
  }
  return canvas
}

function hatch(ground, stroke) {
  const size = 12
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = size
  const pen = canvas.getContext("2d", {willReadFrequently: true})
  pen.fillStyle = ground
  pen.fillRect(0, 0, size, size)
  pen.strokeStyle = stroke
  pen.lineWidth = 2
  for (const shift of [-size, 0, size]) {
    pen.beginPath()
    pen.moveTo(shift, size)
    pen.lineTo(shift + size, 0)
    pen.stroke()
  }
  return canvas
}

// What the map library takes a drawn canvas as. Reading a canvas that lies in the graphics card
// waits until everything before it is drawn, so all of ours are kept in memory.
function pixels(canvas) {
  return canvas.getContext("2d", {willReadFrequently: true}).getImageData(0, 0, canvas.width, canvas.height)
}


class Screen {
  constructor(model) {
    this.model = model
    this.hovered = null
    this.marked = []
    this.drawn = null
    this.mode = null
    this.points = {}
    this.build()
  }

  build() {
    this.root = make("div", "screen")
    this.root.setAttribute("role", "region")
    this.canvas = make("div", "canvas")
    this.first = make("canvas", "first")
    this.tip = make("div", "tip")
    this.legend = make("div", "legend")
    this.tools = make("div", "tools")
    this.chip = make("div", "chip")
    this.north = make("div", "north")
    this.north.append(make("span", "arrow", "▲"), make("span", "letter", this.model.texts.north))
    this.sketch = document.createElementNS(SVG, "svg")
    this.sketch.setAttribute("class", "sketch")
    this.outline = document.createElementNS(SVG, "polygon")
    this.sketch.append(this.outline)
    this.root.append(this.canvas, this.first, this.sketch, this.legend, this.tools, this.chip, this.north, this.tip)
    this.wait = make("p", "wait", this.model.texts.wait)
    this.root.append(this.wait)
    this.button("up", "M12 20V5M5 12l7-7 7 7", () => this.say("up"))
    this.button("whole", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5", () => this.fit())
    this.button("box", "M4 4h3M10 4h4M17 4h3v3M20 10v4M20 17v3h-3M14 20h-4M7 20H4v-3M4 14v-4M4 7V4",
      () => this.draw("box"))
    this.button("spot", "M12 3v3M12 18v3M3 12h3M18 12h3M12 8a4 4 0 1 0 0 8 4 4 0 1 0 0-8", () => this.say("spotlight"))
    this.button("lasso", "M12 4c5 0 9 2.500 9 6s-4 6-9 6-9-2.500-9-6 4-6 9-6M7 15c-2 2-1 4 1 4s2 2 1 3",
      () => this.draw("lasso"))
  }

  button(name, path, action) {
    const node = make("button", name)
    node.type = "button"
    const icon = document.createElementNS(SVG, "svg")
    icon.setAttribute("viewBox", "0 0 24 24")
    const stroke = document.createElementNS(SVG, "path")
    stroke.setAttribute("d", path)
    icon.append(stroke)
    node.append(icon)
    node.title = this.model.texts[name]
    node.setAttribute("aria-label", node.title)
    node.addEventListener("click", action)
    this.tools.append(node)
  }

  say(type, more = {}) { this.model.send_msg({type, ...more}) }

  get theme() { return this.model.dark ? "dark" : "light" }

  async start() {
    const loading = load(this.model.script)
    const places = await Promise.all(this.model.sources.map(async (source) => {
      const answer = await fetch(source.labels)
      return [source.level, await answer.json()]
    }))
    for (const [level, rows] of places) { this.points[level] = rows }
    await this.outlineFirst()
    const gl = await loading
    if (this.removed) { return }
    this.map = new gl.Map({
      container: this.canvas, style: this.style(), attributionControl: false, dragRotate: false,
      pitchWithRotate: false, touchPitch: false, fadeDuration: 0, renderWorldCopies: false,
      bounds: this.model.picture.bounds, fitBoundsOptions: {padding: 24},
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.addControl(new gl.ScaleControl({maxWidth: 140, unit: "metric"}), "bottom-right")
    this.map.once("style.load", () => {
      this.ready = true
      this.paint()
    })
    this.map.on("mousemove", (event) => this.hover(event))
    this.map.on("mouseout", () => this.leave())
    this.map.on("click", (event) => this.click(event))
    this.map.on("move", () => this.moved())
    this.map.on("error", (event) => console.error(String(event.error?.message ?? event.error)))
    this.sizes = new ResizeObserver(() => { this.map.resize(); this.fit(0) })
    this.sizes.observe(this.canvas)
    this.sketching()
  }

  // A first picture on a plain canvas: the library takes seconds, the outlines are there at once.
  async outlineFirst() {
    this.list(this.model.picture)
    const {level} = this.model.picture
    const source = this.model.sources.find((found) => found.level === level)
    const outlines = await outlinesAt(source.outlines)
    // The page gives the box its size only after it has been put in.
    await new Promise((done) => requestAnimationFrame(done))
    const picture = this.model.picture
    if (this.removed || picture.level !== level) { return }
    const ink = INK[this.theme]
    sketchMap(this.first, outlines, {classes: picture.classes, colours: picture.colours[this.theme],
      missing: hatch(...picture.missing[this.theme]), veil: dots(...picture.veil[this.theme]),
      hidden: picture.hidden, outside: ink.outside, line: ink.line,
      bounds: picture.bounds, pad: this.padding()})
    // Nothing of the half-made map beneath is to be seen through the sketch.
    this.first.style.background = ink.ground
    this.root.classList.toggle("dark", this.model.dark)
    this.wait.remove()
    noteShown("guatu-sketched", () => { this.root.dataset.sketched = "1" })
  }

  // The smallest padding on the left or below with which no place lies under the legend.
  padding() {
    const narrow = this.canvas.clientWidth < 500
    const around = narrow ? {top: 60, bottom: 14, right: 34, left: 20} : {top: 28, bottom: 34, right: 40, left: 20}
    const {offsetWidth: wide, offsetHeight: high} = this.legend
    const found = [around]
    for (let share = 0; share <= 1; share += 0.1) {
      found.push({...around, left: around.left + share * wide}, {...around, bottom: around.bottom + share * high})
    }
    const free = found.map((pad) => this.layout(pad)).filter((layout) => layout.hidden === 0)
    free.sort((a, b) => b.scale - a.scale)
    return free[0]?.pad ?? {...around, bottom: around.bottom + high}
  }

  // How large the place is drawn with a padding, and how many of its places the legend hides.
  layout(pad) {
    const picture = this.model.picture
    const {clientWidth: width, clientHeight: height} = this.canvas
    const [west, south, east, north] = picture.bounds
    const left = eastward(west), top = southward(north)
    const across = Math.max(eastward(east) - left, 1e-12), down = Math.max(southward(south) - top, 1e-12)
    const room = [width - pad.left - pad.right, height - pad.top - pad.bottom]
    const scale = Math.min(room[0] / across, room[1] / down)
    const shift = [pad.left + (room[0] - across * scale) / 2, pad.top + (room[1] - down * scale) / 2]
    const right = 12 + this.legend.offsetWidth + 12, roof = height - 12 - this.legend.offsetHeight - 12
    // The name of a worst place is centred on it, or stands beside it where there are symbols.
    const letter = this.letters(1.25) * (this.model.symbols.points.length ? 0.7 : 0.35)
    const names = new Map(picture.worst.map(([id, text]) => [id, text.length * letter]))
    let hidden = 0
    this.points[picture.level].forEach(([, x, y, , size], id) => {
      if (x === null || picture.classes[id] === OUTSIDE) { return }
      const reach = Math.sqrt(size) * 1e-4 / 360 * scale / 2
      const px = shift[0] + (eastward(x) - left) * scale, py = shift[1] + (southward(y) - top) * scale
      const wide = Math.max(reach, names.get(id) ?? 0)
      if (px - wide < right && py + reach > roof) { hidden += 1 }
    })
    return {pad, scale, hidden}
  }

  style() {
    const ink = INK[this.theme]
    const nothing = {type: "FeatureCollection", features: []}
    const sources = Object.fromEntries(["worst", "ticks", "points"].map((name) => [name, {type: "geojson", data: nothing}]))
    const fills = [], lines = [], marks = [], texts = []
    this.model.sources.forEach((source, depth) => {
      const level = source.level
      sources[level] = {type: "geojson", data: new URL(source.outlines, document.baseURI).href,
                        tolerance: 0.2, buffer: 16}
      sources["labels-" + level] = {type: "geojson", data: this.features(level)}
      fills.push({id: "fill-" + level, type: "fill", source: level, layout: {visibility: "none"},
        paint: {"fill-antialias": false,
          "fill-color": ["to-color", ["coalesce", ["feature-state", "colour"], ink.outside]]}})
      fills.push({id: "hatch-" + level, type: "fill", source: level, layout: {visibility: "none"},
        paint: {"fill-pattern": "hatch", "fill-antialias": false,
          "fill-opacity": ["case", ["boolean", ["feature-state", "missing"], false], 1, 0]}})
      fills.push({id: "veil-" + level, type: "fill", source: level, layout: {visibility: "none"},
        paint: {"fill-pattern": "veil", "fill-antialias": false,
          "fill-opacity": ["case", ["boolean", ["feature-state", "veiled"], false], 1, 0]}})
      const rank = this.model.sources.length - depth
      lines.push({id: "line-" + level, type: "line", source: level, layout: {visibility: "none"},
        paint: {"line-color": ink.line, "line-width": [0.8, 1.6, 2.6][rank - 1] ?? 2.6}})
      marks.push({id: "mark-" + level, type: "line", source: level,
        layout: {"line-join": "round"},
        paint: {"line-color": ink.mark, "line-width": 4, "line-opacity":
          ["case", ["boolean", ["feature-state", "hover"], false], 1,
            ["boolean", ["feature-state", "marked"], false], 1, 0]}})
      texts.push(this.label("label-" + level, "labels-" + level, depth))
    })
    // Outlines of the villages lie under those of the townships, and those under the county's.
    lines.reverse()
    const symbols = {id: "points", type: "symbol", source: "points", layout: {"icon-image": ["get", "icon"],
      "icon-size": ["case", ["get", "chosen"], 1.05, 0.7], "icon-allow-overlap": true,
      "icon-anchor": "bottom", "icon-offset": ["get", "offset"],
      "icon-ignore-placement": true, "symbol-sort-key": ["get", "order"]}}
    texts.push(symbols)
    const worst = this.label("worst", "worst", 1)
    texts.push({...worst, paint: {...worst.paint, "text-halo-width": 3}, layout: {
      "text-field": ["get", "t"], "text-font": BOLD, "text-size": this.letters(1.25), "text-max-width": 30,
      "text-variable-anchor-offset": BESIDE, "text-justify": "auto", "symbol-sort-key": ["get", "r"],
      "text-padding": 2}})
    texts.push({id: "ticks", type: "symbol", source: "ticks", layout: {"text-field": "✓", "text-font": BOLD,
      "text-size": this.letters(1.3), "text-offset": [0, -0.85], "text-allow-overlap": true, "text-ignore-placement": true},
    paint: {"text-color": ink.tick, "text-halo-color": ink.halo, "text-halo-width": 1.5}})
    // Names avoid the symbols, which are placed first by standing on top unseen; where there is no
    // room for the name of a worst place, it stands over the symbol.
    texts.push({...symbols, id: "room", paint: {"icon-opacity": 0},
      layout: {...symbols.layout, "icon-ignore-placement": false, "icon-padding": 0}})
    const ground = {id: "ground", type: "background", paint: {"background-color": ink.ground}}
    return {version: 8, sources, layers: [ground, ...fills, ...lines, ...marks, ...texts]}
  }

  label(id, source, depth) {
    const ink = INK[this.theme]
    return {id, type: "symbol", source,
      layout: {visibility: "none", "text-field": ["get", "n"], "text-font": FONT, "text-max-width": 8,
        "text-size": this.letters(depth === this.model.sources.length - 1 ? 0.95 : 1.05), "text-padding": 4,
        "symbol-sort-key": ["get", "s"]},
      paint: {"text-color": ink.text, "text-halo-color": ink.halo, "text-halo-width": 2.5}}
  }

  // Letters grow with the map, so that they can be read on a projector.
  letters(share) { return Math.round(Math.max(13, Math.min(20, this.canvas.clientWidth / 62)) * share) }

  features(level) {
    // Large places first: theirs is the label kept when two collide.
    const features = this.points[level].map(([name, x, y, parent, size], id) => ({
      type: "Feature", id, properties: {n: shorten(name), p: parent, s: -size, i: id},
      geometry: {type: "Point", coordinates: [x, y]}})).filter((f) => f.geometry.coordinates[0] !== null)
    return {type: "FeatureCollection", features}
  }

  // One change: colours, legend, labels and place, all from the same picture.
  paint() {
    if (!this.ready) { return }
    const picture = this.model.picture
    if (this.level && this.level !== picture.level) { this.map.removeFeatureState({source: this.level}) }
    this.level = picture.level
    this.colour(picture)
    this.restyle(picture)
    this.name(picture)
    this.list(picture)
    this.markAll()
    this.place()
    const target = picture.bounds.join() + picture.legend.length + this.model.symbols.kinds.length
    if (this.drawn !== target) { this.fit(this.drawn === null ? 0 : 500) }
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

  colour(picture) {
    const colours = picture.colours[this.theme]
    const outside = INK[this.theme].outside
    const classes = picture.classes
    const lit = this.model.spotlight && this.model.marked.length ? new Set(this.model.marked) : null
    const veiled = new Set(picture.hidden)
    const shades = colours.map((colour) => mixed(colour, INK[this.theme].ground, 0.8))
    for (let id = 0; id < classes.length; id++) {
      const found = classes[id], dim = lit !== null && !lit.has(id)
      this.map.setFeatureState({source: picture.level, id}, {
        colour: found < OUTSIDE ? (dim ? shades : colours)[found] : outside,
        missing: found === MISSING && !dim && !veiled.has(id), veiled: veiled.has(id) && !dim})
    }
  }

  // Points of sites and works, and the ticks of the wall map.
  place() {
    const {picture, symbols: {points}} = this.model
    for (const {shape, state} of points) {
      if (this.map.hasImage(shape + "-" + state)) { continue }
      this.map.addImage(shape + "-" + state, pixels(symbolCanvas(shape, state)))
    }
    const spots = points.map(({shape, state, chosen, order, shift, x, y}, at) => ({type: "Feature", id: at,
      properties: {icon: shape + "-" + state, at, chosen, offset: [shift * 46, -12], order: chosen ? 99 : order},
      geometry: {type: "Point", coordinates: [x, y]}}))
    this.map.getSource("points").setData({type: "FeatureCollection", features: spots})
    this.root.dataset.points = String(spots.length)
    // Among many symbols there may be no room; a name over a symbol is better than none.
    this.map.setLayoutProperty("worst", "text-overlap", spots.length ? "always" : "never")
    const known = this.points[picture.level]
    const ticks = Array.from(picture.ticked).filter((id) => known[id]?.[1] != null).map((id) => ({
      type: "Feature", properties: {}, geometry: {type: "Point", coordinates: known[id].slice(1, 3)}}))
    this.map.getSource("ticks").setData({type: "FeatureCollection", features: ticks})
  }

  // Two maps side by side show the same piece of the county.
  moved() {
    if (!this.model.group || this.following) { return }
    const detail = {from: this, group: this.model.group, center: this.map.getCenter(), zoom: this.map.getZoom()}
    window.dispatchEvent(new CustomEvent("guatu:move", {detail}))
  }

  follow({from, group, center, zoom}) {
    if (!this.ready || from === this || group !== this.model.group) { return }
    this.following = true
    this.map.jumpTo({center, zoom})
    this.following = false
  }

  restyle(picture) {
    const ink = INK[this.theme]
    for (const [name, image] of [["hatch", pixels(hatch(...picture.missing[this.theme]))],
      ["veil", pixels(dots(...picture.veil[this.theme]))]]) {
      this.map.hasImage(name) ? this.map.updateImage(name, image) : this.map.addImage(name, image, {pixelRatio: 1.5})
    }
    const levels = this.model.sources.map((source) => source.level)
    const shown = levels.indexOf(picture.level)
    this.map.setPaintProperty("ground", "background-color", ink.ground)
    levels.forEach((level, depth) => {
      const on = (visible) => visible ? "visible" : "none"
      for (const kind of ["fill-", "hatch-", "veil-", "mark-"]) {
        this.map.setLayoutProperty(kind + level, "visibility", on(depth === shown))
      }
      this.map.setLayoutProperty("line-" + level, "visibility", on(depth <= shown))
      const colour = depth === shown ? ink.line : depth === shown - 1 ? ink.town : ink.area
      this.map.setPaintProperty("line-" + level, "line-color", colour)
      this.map.setPaintProperty("mark-" + level, "line-color", ink.mark)
      this.map.setPaintProperty("label-" + level, "text-color", ink.soft)
      this.map.setPaintProperty("label-" + level, "text-halo-color", ink.halo)
    })
    for (const [name, value] of [["text-color", ink.text], ["text-halo-color", ink.halo]]) {
      this.map.setPaintProperty("worst", name, value)
    }
    this.root.classList.toggle("dark", this.model.dark)
  }

  // Which names are written: the worst places always; the level shown when the place is small
  // enough to read them; otherwise the level above it.
  name(picture) {
    const levels = this.model.sources.map((source) => source.level)
    const worst = new Set(picture.worst.map((row) => row[0]))
    for (const level of levels) {
      const visible = level === picture.named
      this.map.setLayoutProperty("label-" + level, "visibility", visible ? "visible" : "none")
      if (!visible) { continue }
      const ids = picture.named_ids.filter((id) => level !== picture.level || !worst.has(id))
      this.map.setFilter("label-" + level, ["in", ["get", "i"], ["literal", Array.from(ids)]])
    }
    const points = this.points[picture.level]
    const features = picture.worst.filter(([id]) => points[id]?.[1] !== null).map(([id, text], r) => ({
      type: "Feature", properties: {t: text, r},
      geometry: {type: "Point", coordinates: [points[id][1], points[id][2]]}}))
    this.map.getSource("worst").setData({type: "FeatureCollection", features})
  }

  list(picture) {
    this.legend.replaceChildren(make("div", "title", picture.title))
    for (const row of picture.legend) {
      const line = make("div", "row")
      const swatch = make("span", row.hidden ? "swatch hidden" : row.missing ? "swatch missing" : "swatch")
      swatch.style.backgroundColor = row.colour[this.theme]
      line.append(swatch, make("span", "interval", row.label), make("span", "count", row.count))
      this.legend.append(line)
    }
    this.legend.append(make("div", "rule", picture.rule))
    for (const kind of this.model.symbols.kinds) {
      this.legend.append(make("div", "title points", kind.title))
      for (const row of kind.rows) {
        const line = make("div", "row")
        const symbol = symbolCanvas(kind.shape, row.state)
        symbol.className = "symbol"
        line.append(symbol, make("span", "interval", row.label), make("span", "count", row.count))
        this.legend.append(line)
      }
    }
    this.root.setAttribute("aria-label", picture.title + this.model.texts.described)
    this.tools.querySelector(".spot").classList.toggle("on", this.model.spotlight)
    this.tools.querySelector(".up").style.display = picture.top ? "none" : ""
  }

  fit(duration = 500) {
    if (!this.map) { return }
    // Of two maps side by side the one with the taller legend chooses what both show.
    const asked = {from: this, group: this.model.group, high: this.legend.offsetHeight, taken: false}
    if (asked.group) { window.dispatchEvent(new CustomEvent("guatu:fit", {detail: asked})) }
    if (asked.taken) { return }
    const bounds = this.model.picture.bounds
    this.map.fitBounds(bounds, {padding: this.padding(), duration, maxZoom: 16})
  }

  take(asked) {
    const own = asked.group === this.model.group && asked.from !== this
    if (!this.ready || !own || this.legend.offsetHeight <= asked.high) { return }
    asked.taken = true
    this.fit(0)
  }

  at(point) {
    if (!this.ready || this.mode) { return null }
    const found = this.map.queryRenderedFeatures(point, {layers: ["fill-" + this.level]})
    return found.length ? found[0].id : null
  }

  pointAt(spot) {
    if (!this.ready || this.mode) { return null }
    const found = this.map.queryRenderedFeatures(spot, {layers: ["points"]})
    return found.length ? found[0].properties.at : null
  }

  hover(event) {
    const id = this.at(event.point)
    this.light(id)
    this.map.getCanvas().style.cursor = id === null ? "" : "pointer"
    if (id === null) { this.tip.style.display = "none"; return }
    this.describe(id)
    const point = this.model.symbols.points[this.pointAt(event.point)]
    if (point) {
      this.tip.replaceChildren(make("div", "name", shorten(point.name, 40)),
        make("div", "above", point.kind), make("div", "figure small", point.words))
    }
    const wide = this.root.clientWidth
    const left = Math.min(event.point.x + 18, wide - this.tip.offsetWidth - 8)
    const low = event.point.y + 18 + this.tip.offsetHeight > this.root.clientHeight
    this.tip.style.left = Math.max(left, 8) + "px"
    this.tip.style.top = (low ? event.point.y - this.tip.offsetHeight - 12 : event.point.y + 18) + "px"
    window.dispatchEvent(new CustomEvent("guatu:hover", {detail: {id, from: this}}))
  }

  describe(id) {
    const picture = this.model.picture
    const [name, , , parent] = this.points[picture.level][id]
    const depth = this.model.sources.findIndex((source) => source.level === picture.level)
    const above = depth > 0 && parent >= 0 ? this.points[this.model.sources[depth - 1].level][parent][0] : ""
    const value = picture.values[id]
    const figure = Number.isFinite(value)
      ? value.toLocaleString("en-US", {minimumFractionDigits: picture.decimals,
        maximumFractionDigits: picture.decimals, signDisplay: picture.signed ? "exceptZero" : "auto"}) + picture.unit
      : picture.hidden.includes(id) ? this.model.texts.hidden : this.model.texts.missing
    this.tip.replaceChildren(make("div", "name", shorten(name, 40)),
      make("div", "above", shorten(above, 40)), make("div", "figure", figure))
    if (picture.words.length) this.tip.append(make("div", "above", picture.words[id]))
    this.tip.style.display = "block"
  }

  leave() {
    this.light(null)
    this.tip.style.display = "none"
    window.dispatchEvent(new CustomEvent("guatu:hover", {detail: {id: null, from: this}}))
  }

  light(id) {
    if (!this.ready || this.hovered === id) { return }
    if (this.hovered !== null) {
      this.map.setFeatureState({source: this.level, id: this.hovered}, {hover: false})
    }
    if (id !== null) { this.map.setFeatureState({source: this.level, id}, {hover: true}) }
    this.hovered = id
  }

  click(event) {
    const point = this.pointAt(event.point)
    if (point !== null) { this.say("point", {at: point}); return }
    const id = this.at(event.point)
    if (id !== null) { this.say("click", {id}) }
  }

  markAll() {
    if (!this.ready) { return }
    for (const [source, id] of this.marked) { this.map.setFeatureState({source, id}, {marked: false}) }
    this.marked = Array.from(this.model.marked, (id) => [this.level, id])
    for (const [source, id] of this.marked) { this.map.setFeatureState({source, id}, {marked: true}) }
    this.map.setPaintProperty("mark-" + this.level, "line-width", this.marked.length > 1 ? 2.5 : 4)
    this.chip.style.display = this.model.chosen ? "flex" : "none"
    const clear = make("button", "", this.model.texts.clear)
    clear.type = "button"
    clear.addEventListener("click", () => this.say("select", {ids: []}))
    this.chip.replaceChildren(make("span", "said", this.model.chosen), clear)
  }

  draw(mode) {
    this.mode = this.mode === mode ? null : mode
    for (const name of ["box", "lasso"]) {
      this.tools.querySelector("." + name).classList.toggle("on", this.mode === name)
    }
    this.sketch.style.pointerEvents = this.mode ? "all" : "none"
    this.leave()
  }

  sketching() {
    let trail = null
    const spot = (event) => {
      const frame = this.root.getBoundingClientRect()
      return [event.clientX - frame.left, event.clientY - frame.top]
    }
    const ring = () => {
      if (this.mode === "lasso") { return trail }
      const [[a, b], [c, d]] = [trail[0], trail[trail.length - 1]]
      return [[a, b], [c, b], [c, d], [a, d]]
    }
    this.sketch.addEventListener("pointerdown", (event) => {
      trail = [spot(event)]
      this.sketch.setPointerCapture(event.pointerId)
    })
    this.sketch.addEventListener("pointermove", (event) => {
      if (!trail) { return }
      trail.push(spot(event))
      this.outline.setAttribute("points", ring().map((point) => point.join()).join(" "))
    })
    this.sketch.addEventListener("pointerup", () => {
      const ids = trail && trail.length > 1 ? this.caught(ring()) : []
      trail = null
      this.outline.setAttribute("points", "")
      this.draw(null)
      this.say("select", {ids})
    })
  }

  // The places of the shown area whose label point lies in the ring.
  caught(ring) {
    const picture = this.model.picture
    return this.points[picture.level].flatMap(([, x, y], id) => {
      if (x === null || picture.classes[id] === OUTSIDE) { return [] }
      const {x: left, y: top} = this.map.project([x, y])
      return within(left, top, ring) ? [id] : []
    })
  }

  remove() {
    this.removed = true
    this.sizes?.disconnect()
    this.map?.remove()
  }
}

function mixed(colour, ground, share) {
  const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16))
  const [own, other] = [parts(colour), parts(ground)]
  return "#" + own.map((part, at) => Math.round(part * (1 - share) + other[at] * share)
    .toString(16).padStart(2, "0")).join("")
}

function within(x, y, ring) {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [a, b] = ring[i], [c, d] = ring[j]
    if ((b > y) !== (d > y) && x < (c - a) * (y - b) / (d - b) + a) { inside = !inside }
  }
  return inside
}

function shorten(name, limit = 14) {
  const signs = Array.from(name)
  return signs.length > limit ? signs.slice(0, limit - 1).join("") + "…" : name
}

export function render({model}) {
  const screen = new Screen(model)
  const listen = (event) => { if (event.detail.from !== screen) { screen.light(event.detail.id) } }
  const follow = (event) => screen.follow(event.detail)
  window.addEventListener("guatu:move", follow)
  const take = (event) => screen.take(event.detail)
  window.addEventListener("guatu:fit", take)
  window.addEventListener("guatu:hover", listen)
  // What one answer changes comes property by property; it is drawn once, when all of it is there.
  let waiting = false
  const paint = () => {
    if (waiting) { return }
    waiting = true
    queueMicrotask(() => { waiting = false; screen.paint() })
  }
  for (const name of ["picture", "symbols", "dark", "spotlight"]) { model.on(name, paint) }
  model.on("marked", () => model.spotlight ? paint() : screen.markAll())
  model.on("chosen", () => screen.markAll())
  model.on("remove", () => {
    window.removeEventListener("guatu:hover", listen)
    window.removeEventListener("guatu:move", follow)
    window.removeEventListener("guatu:fit", take)
    screen.remove()
  })
  screen.start().catch((error) => {
    screen.root.append(make("p", "failed", model.texts.failed))
    console.error(error)
  })
  return screen.root
}
