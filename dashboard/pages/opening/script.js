// What a page opens with: its own parts, drawn by their own scripts of what came with the page, before the libraries
// that bring the page to life. It stands over the page until the same can be seen there, and then goes.

import {make, noteShown} from "../../web/dom.js"

const READY = ".screen[data-sketched], .screen[data-painted], .screen .failed, .matters[data-sketched]"
const LOOK = 60, LONGEST = 60000

function modelOf(values, calls) {
  const model = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, whole(value)]))
  model.on = (name, call) => { (calls[name] ??= []).push(call) }
  model.send_msg = () => {}
  return model
}

// Typed arrays come as text.
function whole(value) {
  if (Array.isArray(value)) { return value.map(whole) }
  if (value === null || typeof value !== "object") { return value }
  if (value.bytes !== undefined) {
    const bytes = Uint8Array.from(atob(value.bytes), (sign) => sign.charCodeAt(0))
    return new {uint8: Uint8Array, float32: Float32Array, float64: Float64Array}[value.kind](bytes.buffer)
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, whole(inner)]))
}

// The outlines of a level from the steps of their rings. Holes and parts are told apart by lying over each other.
function outlinesFrom(places, {corner: [west, south], unit}) {
  return {features: places.map(([id, rings]) => ({id, geometry: {type: "Polygon", coordinates: rings.map((steps) => {
    const ring = []
    let x = 0, y = 0
    for (let at = 0; at < steps.length; at += 2) {
      x += steps[at]
      y += steps[at + 1]
      ring.push([west + x * unit, south + y * unit])
    }
    return ring
  })}}))}
}

function found(selector, root = document) {
  const own = root.querySelector(selector)
  if (own) { return own }
  for (const node of root.querySelectorAll("*")) {
    const inner = node.shadowRoot && found(selector, node.shadowRoot)
    if (inner) { return inner }
  }
  return null
}

// What lies under a spot, through every shadow root.
function deepest(x, y, root = document) {
  const node = root.elementFromPoint(x, y)
  return node?.shadowRoot ? deepest(x, y, node.shadowRoot) ?? node : node
}

export function open(parts, coarse) {
  const cover = document.getElementById("guatu-opening"), calls = {}
  const kept = (window.guatuOutlines ??= new Map())
  for (const [level, places] of Object.entries(coarse.outlines)) {
    coarse.outlines[level] = outlinesFrom(places, coarse)
    kept.set("opening:" + level, Promise.resolve(coarse.outlines[level]))
  }
  for (const {name, kind, style, values, render} of parts) {
    const shadow = cover.querySelector(".opening-" + name).attachShadow({mode: "closed"}), box = make("div", kind)
    box.append(render({model: Object.assign(modelOf(values, calls), {coarse})}))
    shadow.append(make("style", "", style), box)
  }
  // The heading tells the map what it covers, and the map the heading where it must end.
  for (const call of calls.opened ?? []) { call() }
  noteShown("guatu-opened", () => {})
  follow(cover, calls)
}

// A click before the page answers is given to what stands in the same place when it does.
function follow(cover, calls) {
  let clicked = null
  cover.addEventListener("click", (event) => { clicked = {clientX: event.clientX, clientY: event.clientY} })
  const began = performance.now()
  const look = () => {
    const over = performance.now() - began > LONGEST || document.querySelector("#loader.error")
    if (!over && !found(READY)) { setTimeout(look, LOOK); return }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      for (const call of calls.remove ?? []) { call() }
      cover.remove()
      noteShown("guatu-taken-over", () => {})
      if (clicked) {
        deepest(clicked.clientX, clicked.clientY)?.dispatchEvent(new MouseEvent("click", {bubbles: true, composed: true, cancelable: true, view: window, ...clicked}))
      }
    }))
  }
  setTimeout(look, LOOK)
}
