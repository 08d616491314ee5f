// The legend: a bar for each class with the number of its places, those without a figure apart, their
// sum; then sizes of circles, outlines, and the kinds and states of the points.

import {make} from "../../web/dom.js"
import {nestedCircles} from "./circles.js"
import {INK} from "./ink.js"
import {colourPlaces} from "./style.js"
import {symbolCanvas} from "./symbols.js"

function row(sign, {label, count}) {
  const line = make("div", "row")
  line.append(sign, make("span", "interval", label), make("span", "count", count))
  return line
}

// A sign of Chinese takes the room of two others.
const widthOf = (label) => [...label].reduce((sum, sign) => sum + (sign > "\u2fff" ? 2 : 1), 0)

function bar(screen, one, most) {
  const node = make("div", "bar " + (one.at < 0 ? "apart" : ""))
  const block = make("div", "block swatch " + (one.hatched ? "unsure" : one.state))
  block.style.backgroundColor = one.colour[screen.theme]
  block.style.height = one.count ? `calc(var(--tall) * ${Math.max(one.count / most, 0.03)})` : "0"
  block.style.setProperty("--share", one.count / most)
  node.append(make("span", "count", one.count), block, make("span", "interval", one.label))
  node.dataset.count = one.count
  // Point at a bar, and its places stand out.
  node.addEventListener("pointerenter", () => lightClass(screen, one))
  node.addEventListener("pointerleave", () => lightClass(screen, null))
  return node
}

function lightClass(screen, one) {
  if (!screen.ready && !screen.plain) { return }
  const {picture} = screen.model
  screen.only = !one ? null : one.at >= 0
    ? new Set(Array.from(picture.classes.keys()).filter((id) => picture.classes[id] === one.at))
    : new Set(picture.states[one.state] ?? [])
  if (screen.plain) { screen.paintSoon() } else { colourPlaces(screen, picture) }
}

export function listClasses(screen, picture) {
  const {legend, model} = screen
  const head = make("div", "title", picture.title)
  head.append(make("span", "bars", picture.bars))
  const bars = make("div", "histogram")
  const rising = picture.legend.filter((one) => one.at >= 0).sort((one, other) => one.at - other.at)
  const apart = picture.legend.filter((one) => one.at < 0 && one.count > 0)
  const most = Math.max(1, ...picture.legend.map((one) => one.count))
  bars.append(...[...rising, ...apart].map((one) => bar(screen, one, most)))
  legend.replaceChildren(head, bars, make("div", "sum", picture.sum))
  legend.classList.toggle("wordy", rising.some((one) => widthOf(one.label) > 9))
  legend.title = picture.rule
  if (picture.circles.length) { legend.append(nestedCircles(screen, picture, INK[screen.theme].text)) }
  if (picture.outline) { legend.append(row(make("span", "swatch outline"), {label: picture.outline, count: ""})) }
  for (const kind of model.symbols.kinds) {
    legend.append(make("div", "title points", kind.title))
    for (const one of kind.rows) {
      const symbol = symbolCanvas(kind.shape, one.state)
      symbol.className = "symbol"
      legend.append(row(symbol, one))
    }
  }
  screen.root.setAttribute("aria-label", picture.title + model.texts.described)
  screen.tools.querySelector(".spot").classList.toggle("on", model.spotlight)
  screen.tools.querySelector(".up").style.display = picture.top ? "none" : ""
}
