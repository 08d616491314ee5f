// Where the browser draws no graphics the plain canvas is the map: it answers the pointer, and keys as well.

import {make, makeShape} from "../../web/dom.js"
import {hover, leave} from "./hover.js"
import {OUTSIDE} from "./sketch.js"

const WAYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}

// From now on the plain canvas is the map, and a sentence says so.
export function standPlain(screen) {
  const {root, canvas, model} = screen
  screen.map = null
  screen.plain = true
  root.classList.add("plain")
  screen.marks = makeShape("path", {fill: "none", "stroke-width": 3.5, "stroke-linejoin": "round"})
  screen.sketch.prepend(screen.marks)
  screen.note = make("p", "drawn", model.texts.drawn)
  screen.note.setAttribute("role", "status")
  root.append(screen.note)
  const at = (event) => {
    const {left, top} = canvas.getBoundingClientRect()
    return {point: {x: event.clientX - left, y: event.clientY - top}}
  }
  canvas.addEventListener("mousemove", (event) => hover(screen, at(event)))
  canvas.addEventListener("mouseleave", () => leave(screen))
  followKeys(screen)
  screen.paint()
}

// The arrows go from place to place, Enter goes into one, Escape goes up.
function followKeys(screen) {
  const {canvas} = screen
  canvas.tabIndex = 0
  canvas.setAttribute("role", "application")
  canvas.setAttribute("aria-label", screen.root.getAttribute("aria-label"))
  screen.tip.setAttribute("role", "status")
  canvas.addEventListener("blur", () => leave(screen))
  canvas.addEventListener("keydown", (event) => {
    if (event.key in WAYS) { pointTo(screen, nextPlace(screen, WAYS[event.key])) }
    else if (event.key === "Enter" && screen.hovered !== null) { screen.say("click", {id: screen.hovered}) }
    else if (event.key === "Escape" && !screen.model.picture.top) { screen.say("up") }
    else { return }
    event.preventDefault()
    event.stopPropagation()
  })
}

function spotsOf({places, model: {picture}, sketched: {plane}}) {
  return places[picture.level].flatMap(([, x, y], id) =>
    x === null || picture.classes[id] === OUTSIDE ? [] : [{id, spot: plane.at(x, y)}])
}

// The nearest place in a direction: what lies aside counts as farther away.
function nextPlace(screen, [dx, dy]) {
  const spots = spotsOf(screen), here = spots.find(({id}) => id === screen.hovered)
  if (!here) { return screen.model.picture.worst[0]?.[0] ?? spots[0]?.id ?? null }
  const far = ({spot: [x, y]}) => {
    const ahead = (x - here.spot[0]) * dx + (y - here.spot[1]) * dy
    const aside = Math.abs((x - here.spot[0]) * dy) + Math.abs((y - here.spot[1]) * dx)
    return ahead > 1 ? ahead + 2 * aside : Infinity
  }
  return spots.reduce((best, one) => far(one) < far(best) ? one : best, here).id
}

function pointTo(screen, id) {
  const spot = spotsOf(screen).find((one) => one.id === id)?.spot
  if (spot) { hover(screen, {point: {x: spot[0], y: spot[1]}}, id) }
}
