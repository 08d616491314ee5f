// The wall of sites. Names and words come from data and are set as text only.

import {make, makeButton, makeShape, whenever} from "../../web/dom.js"
import {labelPlaces, ringPlaces} from "./places.js"

const TAU = 2 * Math.PI

function arc(r, inner, from, to) {
  const end = Math.min(to, from + 0.99999), at = (part, radius) => [radius * Math.sin(part * TAU), -radius * Math.cos(part * TAU)].map((one) => one.toFixed(2)).join(" ")
  const large = end - from > 0.5 ? 1 : 0
  return `M${at(from, r)}A${r} ${r} 0 ${large} 1 ${at(end, r)}L${at(end, inner)}A${inner} ${inner} 0 ${large} 0 ${at(from, inner)}Z`
}

export function render({model}) {
  const root = make("div", "sites"), stage = make("div", "stage"), cards = make("div", "cards")
  const heading = make("h1"), body = make("div", "body")
  body.append(stage, cards)
  root.append(heading, body)
  let waiting = 0

  const text = (words, at, name, size) => {
    const node = makeShape("text", {x: at[0], y: at[1], class: name, "font-size": size})
    node.textContent = words
    return node
  }

  function draw() {
    const {ground, wall} = model
    const wide = stage.clientWidth, tall = stage.clientHeight
    if (!ground.wide || wide < 50 || tall < 50) { return }
    const margin = 0.03 * Math.min(wide, tall)
    const scale = Math.min((wide - 2 * margin) / ground.wide, (tall - 2 * margin) / ground.tall)
    // To the right as far as there is room: the legend stands at the left.
    const left = (wide - ground.wide * scale) * 0.5 + Math.max(0, (wide - ground.wide * scale) * 0.5 - margin), top = (tall - ground.tall * scale) / 2
    const put = ([x, y]) => [left + x * scale, top + y * scale]
    const type = parseFloat(getComputedStyle(root).fontSize)
    const svg = makeShape("svg", {width: wide, height: tall, viewBox: `0 0 ${wide} ${tall}`, role: "img", "aria-label": wall.sentence})
    const land = makeShape("g", {transform: `translate(${left} ${top}) scale(${scale})`, class: "land"})
    if (ground.relief) {
      const [[x, y], [right, bottom]] = ground.relief.ends
      land.append(makeShape("image", {href: ground.relief.href, x, y, width: right - x, height: bottom - y, preserveAspectRatio: "none", class: "relief"}))
    }
    for (const [name, paths] of [["townships", ground.townships], ["area", ground.area]]) {
      for (const d of Object.values(paths)) { land.append(makeShape("path", {d, class: name})) }
    }
    svg.append(land)
    const sites = wall.sites.filter((site) => site.at)
    const most = Math.max(1, ...sites.map((site) => site.households ?? 1))
    const largest = Math.min(wide, tall) * (sites.length > 6 ? 0.055 : 0.105)
    const radius = (site) => Math.max(type * 1.15, largest * Math.sqrt((site.households ?? 1) / most))
    const dots = sites.map((site) => put(site.at))
    const origins = sites.flatMap((site, at) => site.origins.filter((one) => one.at).map((one) => ({...one, site: at, dot: put(one.at)})))
    const rings = ringPlaces(sites.map((site, at) => ({dot: dots[at], r: radius(site)})), origins.map((one) => one.dot), wide, tall, type)
    const colours = (at) => sites[at].over ? "moved bad" : "moved fine"
    for (const one of origins) {
      const d = ground.villages[one.place]
      if (d) { land.append(makeShape("path", {d, class: "village " + colours(one.site)})) }
    }
    const per = Math.min(1.15 * type / 20, 0.9 * largest / Math.max(1, ...origins.map((one) => one.households)))
    const lines = makeShape("g", {class: "lines"}), crossed = []
    const note = (x, y, half) => crossed.push([x - half, y - half, x + half, y + half])
    for (const one of origins) {
      const {x, y, r} = rings[one.site], [a, b] = one.dot, long = Math.hypot(a - x, b - y)
      if (long <= r) { continue }
      const from = [x + (a - x) / long * r, y + (b - y) / long * r]
      const bend = [(from[0] + a) / 2 + (b - y) * 0.12, (from[1] + b) / 2 - (a - x) * 0.12]
      for (let part = 0.05; part < 0.96; part += 0.05) {
        const rest = 1 - part, along = (n, end) => rest * rest * from[n] + 2 * rest * part * bend[n] + part * part * end
        note(along(0, a), along(1, b), Math.max(2, per * one.households / 2))
      }
      lines.append(makeShape("path", {d: `M${from}Q${bend} ${a} ${b}`, class: "line " + colours(one.site), "stroke-width": Math.max(1.3, per * one.households)}))
    }
    svg.append(lines)
    for (const one of origins) { svg.append(makeShape("circle", {cx: one.dot[0], cy: one.dot[1], r: type * 0.3, class: "dot " + colours(one.site)})) }
    sites.forEach((site, at) => {
      const {x, y, r} = rings[at], group = makeShape("g", {transform: `translate(${x} ${y})`, class: "ring", tabindex: 0, role: "button", "aria-label": site.name})
      group.addEventListener("click", () => choose(site.key))
      group.addEventListener("keydown", (event) => { if (event.key === "Enter") { choose(site.key) } })
      const [a, b] = dots[at], long = Math.hypot(a - x, b - y)
      if (long > r + 4) {
        svg.append(makeShape("line", {x1: a, y1: b, x2: x + (a - x) * r / long, y2: y + (b - y) * r / long, class: "leader"}))
        svg.append(makeShape("circle", {cx: a, cy: b, r: 3.5, class: "place"}))
        for (let part = 0; part <= 1; part += 0.1) { note(a + (x - a) * part, b + (y - b) * part, 3) }
      }
      group.append(makeShape("circle", {r: r + 2, class: "plate"}))
      let from = 0
      const inner = r * 0.62, known = site.parts.every((part) => part.share !== null)
      if (known) {
        site.parts.forEach((part, number) => {
          if (part.share > 0) { group.append(makeShape("path", {d: arc(r, inner, from, from + part.share / 100), class: "part part" + number})) }
          from += Math.max(part.share, 0) / 100
        })
      } else { group.append(makeShape("path", {d: arc(r, inner, 0, 1), class: "part nothing"})) }
      const big = text(site.parts[0].said + (known ? "%" : ""), [0, 0], "share", Math.min(r * 0.5, type * 1.3))
      group.append(big)
      if (r > type * 2) { group.append(text(site.parts[0].title, [0, Math.min(r * 0.34, type)], "what", type * 0.8)) }
      svg.append(group)
    })
    // Names: the sites first, then from where people came, then townships where there is room.
    const taken = [...rings.map(({x, y, r}) => [x - r, y - r, x + r, y + r]), ...origins.map(({dot: [x, y]}) => [x - type * 0.3, y - type * 0.3, x + type * 0.3, y + type * 0.3])]
    stage.replaceChildren(svg, legend(wall, ground, scale))
    const box = stage.querySelector(".legend").getBoundingClientRect(), here = stage.getBoundingClientRect()
    taken.push([box.left - here.left - 6, box.top - here.top - 6, box.right - here.left + 6, box.bottom - here.top])
    const names = [
      ...sites.map((site, at) => ({words: [site.name, site.count_text], x: rings[at].x, y: rings[at].y, gap: rings[at].r + type * 0.3, size: type, name: "site " + (site.over ? "worst" : "")})),
      ...origins.sort((one, two) => two.households - one.households).map((one) => ({words: [one.name + " " + one.households], x: one.dot[0], y: one.dot[1], gap: type * 0.5, size: type * 0.86, name: "origin"})),
      ...ground.names.map(([name, x, y]) => ({words: [name], x: put([x, y])[0], y: put([x, y])[1], gap: 0, size: type * 0.95, name: "township", free: true})),
    ]
    for (const {label, box: place} of labelPlaces(names, taken, crossed, wide, tall)) {
      const group = makeShape("g", {class: "label " + label.name})
      label.words.forEach((words, line) => group.append(text(words, [place[0] + 2, place[1] + label.size * (1.12 + 1.2 * line)], "", label.size * (line ? 0.86 : 1))))
      svg.append(group)
    }
  }

  const choose = (key) => model.send_msg({type: "site", key})

  function legend(wall, ground, scale) {
    const node = make("div", "legend"), parts = make("div", "parts")
    for (const [at, part] of (wall.sites[0]?.parts ?? []).entries()) {
      const row = make("span")
      row.append(make("i", "swatch part" + at), make("span", "", part.title))
      parts.append(row)
    }
    const bar = make("div", "scale"), km = [1, 2, 5, 10, 20, 50].filter((one) => one * ground.km * scale < 140).pop() ?? 1
    const rule = make("i")
    rule.style.width = km * ground.km * scale + "px"
    bar.append(rule, make("span", "", km + " " + model.texts.km))
    node.append(make("p", "", model.texts.ring), parts, make("p", "", model.texts.area), make("p", "", model.texts.width))
    if (wall.unplaced) { node.append(make("p", "", wall.unplaced)) }
    node.append(bar)
    return node
  }

  function stacked(site, limits) {
    const node = make("div", "stacked"), bar = make("div", "bar"), marks = make("div", "marks")
    for (const [at, part] of site.parts.entries()) {
      const piece = make("i", "part" + at)
      piece.style.width = Math.max(part.share ?? 0, 0) + "%"
      bar.append(piece)
    }
    for (const [title, share] of limits) {
      const mark = make("span", "mark", title), line = make("i", "limit")
      mark.style.left = line.style.left = share + "%"
      bar.append(line)
      marks.append(mark)
    }
    node.append(bar, marks)
    return node
  }

  function row(title, said, tone) {
    const node = make("div", "row")
    node.append(make("b", "", title), make("b", "said " + tone, said))
    return node
  }

  function meter(one) {
    const node = make("div", "meter"), track = make("span", "track"), fill = make("i"), number = make("span", "number")
    const known = one.done !== null && one.of
    if (known) { fill.style.width = Math.min(100, 100 * one.done / one.of) + "%" }
    track.append(fill)
    number.append(make("b", "", one.done === null ? "—" : String(one.done)), make("span", "", " / " + (one.of ?? "—")))
    node.append(make("b", "", one.title), track, number)
    return node
  }

  function card(site) {
    const node = make("article", "card " + site.state + (site.over ? " over" : "")), head = make("div", "head"), share = make("div", "share")
    head.append(make("h2", "", site.name), make("span", "verdict", site.verdict))
    share.append(make("b", "", site.parts[0].share === null ? "—" : site.parts[0].said + "%"), make("span", "", site.judged))
    const parts = make("div", "parts")
    for (const [at, part] of site.parts.entries()) {
      const item = make("span")
      item.append(make("i", "swatch part" + at), make("span", "", part.title), make("b", "", part.said))
      parts.append(item)
    }
    if (site.income) { parts.append(make("span", "income", site.income)) }
    node.append(head, make("p", "where", site.where), make("p", "findings", site.findings.join(" · ")), share, stacked(site, model.wall.limits), parts)
    const work = make("section"), squares = make("div", "squares"), key = make("div", "key")
    work.append(row(site.labour_text, site.source_text, site.without ? "bad" : site.without === 0 ? "good" : ""))
    for (const [name, count, said] of site.squares) {
      for (let at = 0; at < Math.min(count, 200); at++) { squares.append(make("i", name)) }
      const item = make("span")
      item.append(make("i", "swatch " + name), make("span", "", said))
      key.append(item)
    }
    work.append(squares, key)
    const shops = make("section")
    if (!site.workshops.length) { shops.append(row(model.texts.workshops, model.texts.no_workshop, "")) }
    for (const shop of site.workshops) {
      shops.append(row(shop.name, [shop.state, shop.workers].filter(Boolean).join(" · "), shop.closed ? "bad" : "good"))
    }
    const meters = make("section")
    meters.append(...site.meters.map(meter))
    if (site.posts_text) { meters.append(row(model.texts.posts, site.posts_text, "")) }
    const services = make("section", "services")
    for (const [title, there] of site.services) {
      const mark = there === null ? "unknown" : there ? "there" : "absent"
      services.append(make("span", mark, (there === null ? "? " : there ? "✓ " : "✕ ") + title))
    }
    const people = make("section", "people")
    for (const [role, name] of site.officials) { people.append(make("span", "", role), make("b", "", name)) }
    if (!site.officials.length) { people.append(make("span", "", model.texts.nobody)) }
    node.append(work, shops, meters, services, people, makeButton("list", model.texts.list, () => choose(site.key)))
    return node
  }

  function fill() {
    const {wall} = model
    if (!wall.sites) { return }
    heading.textContent = wall.sentence
    cards.replaceChildren(...wall.sites.map(card))
    cards.classList.toggle("few", wall.sites.length < 3)
    draw()
  }

  const sizes = new ResizeObserver(() => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(draw) })
  sizes.observe(stage)
  whenever(model, ["wall", "ground"], fill)
  model.on("remove", () => { sizes.disconnect(); cancelAnimationFrame(waiting) })
  fill()
  return root
}
