// The wall of a service. Names and words come from data and are set as text only.

import {make, makeButton, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "service")
  let waiting = 0

  function step(one) {
    const node = make("span", "step " + one.state), told = make("span", "told")
    node.append(make("i", "node"))
    told.append(make("b", "said", one.said))
    if (one.findings.length) { told.append(make("span", "findings", one.findings.join(" · "))) }
    node.append(told)
    node.title = one.findings.join(" · ")
    return node
  }

  function row(point) {
    const node = makeButton("row " + point.state, undefined, () => model.send_msg({type: "point", key: point.key}))
    const name = make("span", "name")
    name.append(make("b", "", point.name), make("span", "where", point.where))
    node.append(name, ...point.steps.map(step))
    return node
  }

  function fill() {
    const {wall} = model
    if (!wall.heads) { return }
    root.style.setProperty("--steps", wall.heads.length)
    const head = make("div", "row head"), body = make("div", "body"), foot = make("div", "foot"), key = make("span", "key")
    head.append(make("span", "name", wall.kind))
    for (const [title, said, tone] of wall.heads) {
      const node = make("span", "title")
      node.append(make("b", "", title), make("span", "count " + tone, said))
      head.append(node)
    }
    body.append(...wall.points.map(row))
    for (const name of ["high", "medium", "low", "fine"]) {
      const mark = make("span", "mark " + name)
      mark.append(make("i", "node"), make("span", "", model.texts[name === "fine" ? "fine_step" : name]))
      key.append(mark)
    }
    foot.append(make("span", "rest", wall.fine), key, makeButton("more", "", () => model.send_msg({type: "more"})))
    root.replaceChildren(make("h1", "", wall.sentence), head, body, foot)
    fit()
  }

  // As many rows as have room; the others are among the points.
  function fit() {
    const body = root.querySelector(".body")
    if (!body) { return }
    const rows = [...body.children], narrow = window.matchMedia("(max-width: 800px)").matches
    for (const node of rows) { node.hidden = false }
    const floor = body.getBoundingClientRect().bottom + 1
    const fits = narrow ? rows.length : rows.filter((node) => node.getBoundingClientRect().bottom <= floor).length
    for (const [at, node] of rows.entries()) { node.hidden = at >= Math.max(1, fits) }
    const left = model.wall.count - Math.min(rows.length, Math.max(1, fits))
    root.querySelector(".more").textContent = rows.length ? model.wall.more[left] : ""
  }

  const sizes = new ResizeObserver(() => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(fit) })
  sizes.observe(root)
  whenever(model, ["wall"], fill)
  model.on("remove", () => { sizes.disconnect(); cancelAnimationFrame(waiting) })
  fill()
  return root
}
