// The wall of a ledger. Names and words come from data and are set as text only.

import {make, makeButton, makeShape, whenever} from "../../web/dom.js"

function tick() {
  const mark = makeShape("svg", {viewBox: "0 0 16 12", class: "tick", "aria-hidden": "true"})
  mark.append(makeShape("path", {d: "M1.5 6.5 6 10.8 14.5 1.5", fill: "none", "stroke-width": 2.4, stroke: "currentColor"}))
  return mark
}

export function render({model}) {
  const root = make("div", "ledger")
  const left = make("div", "left"), right = make("section", "right")
  root.append(left, right)
  let grouped = "townships", fitting = null

  const look = (key) => model.send_msg({type: "place", key})

  function tile(band) {
    const node = make("div", "tile " + band.key), number = make("div", "number")
    if (band.key === "past") {
      const days = make("div", "days")
      if (band.days === null) { days.append(make("b", "", "0")) }
      else { days.append(make("span", "", band.title), make("b", "", String(band.days)), make("span", "", model.wall.days)) }
      number.append(days, make("span", "count", band.days === null ? band.title : model.wall.past))
      node.classList.toggle("calm", band.days === null)
      node.append(number, make("div", "title", band.note))
      return node
    }
    node.classList.toggle("calm", !band.count)
    number.append(make("b", "", String(band.count)), make("span", "", model.texts.items))
    node.append(number, make("div", "title", band.title))
    return node
  }

  function cell(one, here) {
    const node = makeButton("cell " + one.band, undefined, () => look(one.place))
    node.classList.toggle("here", one.place === here)
    const line = make("span", "line")
    if (one.open) { line.append(make("b", "", String(one.open))) } else if (one.band === "done") { line.append(tick()) }
    line.append(make("span", "said", one.said))
    node.append(make("span", "name", one.name), line)
    node.title = one.name
    return node
  }

  function group(row, here) {
    const node = make("div", "group"), head = make(row.key && grouped === "townships" ? "button" : "div", "head")
    if (head.tagName === "BUTTON") { head.type = "button"; head.addEventListener("click", () => look(row.key)) }
    head.classList.toggle("here", row.key === here)
    const counts = make("span", "counts")
    counts.append(make("span", "", row.note + " "), make("b", "", row.open))
    head.append(make("span", "name", row.name), counts)
    const cells = make("div", "cells")
    cells.append(...row.cells.map((one) => cell(one, here)))
    node.append(head, cells)
    return node
  }

  function legend() {
    const node = make("div", "legend"), marks = make("div", "marks")
    for (const name of ["done", "none", "later", "undated"]) {
      const mark = make("span", "mark"), box = make("span", "cell " + name)
      if (name === "done") { box.append(tick()) }
      mark.append(box, make("span", "", model.texts[name]))
      marks.append(mark)
    }
    node.append(make("p", "", model.texts.legend), marks)
    return node
  }

  // The day as of which all is told; one that the month does not tell is not sent.
  function dayChoice() {
    const {wall} = model, node = make("label", "asof"), input = make("input")
    const send = (key) => model.send_msg({type: "day", key})
    input.type = "date"
    input.value = wall.day
    input.min = wall.first_day
    if (wall.last_day) { input.max = wall.last_day }
    input.addEventListener("change", () => { if (input.value && input.checkValidity()) { send(input.value) } })
    node.append(make("span", "", model.texts.as_of), input)
    for (const name of ["month_end", "to_today"]) {
      if (wall[name]) { node.append(makeButton("", model.texts[name], () => send(wall[name]))) }
    }
    if (wall.note) { node.append(make("span", "note", wall.note)) }
    return node
  }

  function fillLeft() {
    const {wall} = model, here = model.first.here
    if (!wall.bands) { return }
    const top = make("div", "tiles"), flow = make("ol", "flow"), whole = make("div", "whole")
    whole.append(make("span", "", model.texts.open), make("b", "", wall.open + " " + model.texts.items))
    top.append(...wall.bands.map(tile), whole)
    for (const stage of wall.stages) {
      const step = make("li", "stage " + stage.key)
      step.classList.toggle("empty", !stage.count)
      step.append(make("span", "", stage.title), make("b", "", String(stage.count)))
      flow.append(step)
    }
    const choice = make("div", "choice")
    choice.append(dayChoice())
    for (const name of ["townships", "departments"]) {
      const button = makeButton("", model.texts[name], () => { grouped = name; fillLeft() })
      button.setAttribute("aria-pressed", String(name === grouped))
      choice.append(button)
    }
    const scroll = left.querySelector(".rows")?.scrollTop ?? 0
    const rows = make("div", "rows " + grouped)
    rows.append(...wall[grouped].map((row) => group(row, here)), legend())
    left.replaceChildren(make("h1", "", wall.sentence), top, flow, choice, rows)
    rows.scrollTop = scroll
  }

  function item(one) {
    const node = makeButton("item", undefined, () => look(one.place))
    const day = make("span", "day " + one.band), told = make("span", "told")
    day.append(make("b", one.number.length > 3 ? "long" : "", one.number), make("span", "", one.unit))
    const first = make("span", "first"), second = make("span", "second"), third = make("span", "third")
    const proof = make("span", "proof")
    if (one.evidence) { proof.append(make("b", one.bare ? "bare" : "", one.evidence)) }
    if (one.quiet_days) { proof.append(make("span", "", " " + one.quiet_days)) }
    first.append(make("span", "village", one.village), make("b", "", one.title), proof)
    const who = make("span", "who", one.owners)
    second.append(make("span", "label", model.texts.measure), make("span", "", one.measure), who)
    if (one.lacking) { second.append(make("b", "lacking", one.lacking)) }
    third.append(make("span", "label", model.texts.next), make("b", "next", one.next_step), make("span", "origin", one.origin))
    told.append(first, second, third)
    node.append(day, told)
    return node
  }

  function fillRight() {
    const {title, entries, count} = model.first
    if (!entries) { return }
    const head = make("div", "top"), list = make("div", "list")
    const rest = makeButton("rest", "", () => model.send_msg({type: "list"}))
    head.append(make("h2", "", title), ...count ? [rest] : [])
    list.append(...entries.map(item))
    right.replaceChildren(head, list)
    fit()
  }

  // As many entries as have room; the others are in the list.
  function fit() {
    const list = right.querySelector(".list"), items = [...right.querySelectorAll(".item")]
    if (!list) { return }
    const narrow = window.matchMedia("(max-width: 800px)").matches
    for (const node of items) { node.hidden = false }
    const floor = list.getBoundingClientRect().bottom + 1
    const fits = narrow ? items.length : items.filter((node) => node.getBoundingClientRect().bottom <= floor).length
    for (const [at, node] of items.entries()) { node.hidden = at >= Math.max(fits, 1) }
    const shown = Math.min(Math.max(fits, 1), items.length)
    right.querySelector("h2").textContent = model.first.titles[shown]
    const rest = right.querySelector(".rest")
    if (rest) { rest.textContent = model.first.left[model.first.count - shown] }
  }

  const sizes = new ResizeObserver(() => { cancelAnimationFrame(fitting); fitting = requestAnimationFrame(fit) })
  sizes.observe(root)
  whenever(model, ["wall"], fillLeft)
  whenever(model, ["first"], () => { fillLeft(); fillRight() })
  model.on("remove", () => { sizes.disconnect(); cancelAnimationFrame(fitting) })
  fillLeft()
  fillRight()
  return root
}
