// The figures of the theme side by side, each with its change and its course; all indicators behind the last cell.

import {make, makeButton, whenever} from "../../web/dom.js"
import {dueCallout} from "../../web/due.js"
import {sparkline} from "../../web/spark.js"

export function render({model}) {
  const root = make("div", "figures")
  const cells = make("div", "cells")
  const all = makeButton("all", model.texts.all + " ▾", () => show(topics.hidden))
  all.setAttribute("aria-haspopup", "true")
  const topics = make("div", "topics")
  const due = make("div", "callout")
  root.append(cells, due, all, topics)
  const choose = (key) => { show(false); model.send_msg({key}) }

  function cell(one) {
    const node = makeButton("cell", undefined, () => choose(one.key))
    node.dataset.key = one.key
    const figure = make("span", "figure")
    figure.append(make("span", "number", one.number), make("span", "unit", one.unit), make("span", "note", one.note))
    const moved = make("span", "moved")
    moved.append(make("span", one.course, one.moved), make("span", "limit", one.limit_text))
    node.append(make("span", "title", one.title), figure, sparkline(one.values, one.now, one.limit), moved)
    node.title = one.title
    return node
  }

  function fill() {
    cells.replaceChildren(...model.cells.map(cell))
    topics.replaceChildren(...model.topics.map(([title, keys]) => {
      const section = make("section")
      if (title) { section.append(make("h3", "", title)) }
      section.append(...keys.map(([key, name, lists]) => {
        const line = make("div", "line"), node = makeButton("name", name, () => choose(key))
        node.dataset.key = key
        line.append(node)
        if (lists) {
          const list = makeButton("list", model.texts.list + " ›", () => { show(false); model.send_msg({key, list: true}) })
          list.setAttribute("aria-label", model.texts.list + " " + name)
          line.append(list)
        }
        return line
      }))
      return section
    }))
    mark()
  }

  function mark() {
    for (const node of root.querySelectorAll("[data-key]")) {
      node.setAttribute("aria-pressed", String(node.dataset.key === model.at))
    }
    const here = cells.querySelector("[aria-pressed=true]")
    if (here) { cells.scrollLeft = Math.max(0, here.offsetLeft - cells.offsetLeft - 40) }
    fit()
  }

  // A long title is written smaller before it is cut.
  function fit() {
    for (const title of cells.querySelectorAll(".title")) {
      for (const size of [0.95, 0.88, 0.8]) {
        title.style.fontSize = size + "em"
        if (title.scrollWidth <= title.clientWidth) { break }
      }
    }
  }

  function show(wanted) {
    topics.hidden = !wanted
    all.setAttribute("aria-expanded", String(wanted))
    if (wanted) { (topics.querySelector("[aria-pressed=true]") ?? topics.querySelector("button"))?.focus() }
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !topics.hidden) { show(false); all.focus() }
  })
  const elsewhere = (event) => { if (!event.composedPath().includes(root)) { show(false) } }
  document.addEventListener("pointerdown", elsewhere)
  whenever(model, ["cells", "topics"], fill)
  whenever(model, ["at"], mark)
  const fillDue = () => dueCallout(due, model.due, (message) => model.send_msg(message))
  whenever(model, ["due"], fillDue)
  const sizes = new ResizeObserver(fit)
  sizes.observe(root)
  model.on("remove", () => { sizes.disconnect(); document.removeEventListener("pointerdown", elsewhere) })
  show(false)
  fill()
  fillDue()
  return root
}
