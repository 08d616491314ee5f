// The legend: the classes of the figures, then the kinds and states of the points.

import {make} from "../../web/dom.js"
import {symbolCanvas} from "./symbols.js"

function row(sign, {label, count}) {
  const line = make("div", "row")
  line.append(sign, make("span", "interval", label), make("span", "count", count))
  return line
}

export function listClasses(screen, picture) {
  const {legend, model} = screen
  legend.replaceChildren(make("div", "title", picture.title))
  for (const one of picture.legend) {
    const swatch = make("span", "swatch " + (one.hatched ? "unsure" : one.state))
    swatch.style.backgroundColor = one.colour[screen.theme]
    legend.append(row(swatch, one))
  }
  legend.append(make("div", "rule", picture.rule))
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
