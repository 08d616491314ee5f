// Drilling over the places of a stand-alone map: what is said of a place, month, indicator.
// All text enters by textContent, so that no text from data is read as markup.

import {make, makeShape} from "../web/dom.js"

export function drill(map, outlines, told) {
  const words = told.words
  const at = {place: 0, layer: 0, month: told.layers[0].months.length - 1, hot: false}
  const byId = new Map()
  outlines.eachLayer((shape) => byId.set(shape.feature.properties.id, shape))
  const whole = outlines.getBounds()

  const slot = (id) => document.getElementById(id)
  const fill = (id, ...parts) => slot(id).replaceChildren(...parts)
  const children = (id) => told.places.flatMap((place, child) => place.parent === id ? [child] : [])
  const within = (id, area) => {
    for (let here = id; here >= 0; here = told.places[here].parent) if (here === area) return true
    return false
  }
  const path = (id) => id < 0 ? [] : [...path(told.places[id].parent), id]
  const layer = () => told.layers[at.layer]
  const month = () => layer().months[at.month]
  const hot = () => at.hot && layer().hot && at.month === layer().months.length - 1 ? layer().hot : null
  const isLowest = (id) => byId.has(id) && children(id).length === 0
  const area = () => isLowest(at.place) && told.places[at.place].parent >= 0 ? told.places[at.place].parent : at.place

  function select(options, chosen, change) {
    const box = make("select")
    options.forEach((name, index) => {
      const option = make("option", "", name)
      option.value = index
      option.selected = index === chosen
      box.append(option)
    })
    box.onchange = () => { change(Number(box.value)); show() }
    return box
  }

  function choices() {
    const parts = [
      select(told.layers.map((one) => one.title), at.layer, (index) => {
        at.layer = index
        at.month = told.layers[index].months.length - 1
      }),
      select(layer().months.map((one) => one.name), at.month, (index) => { at.month = index }),
    ]
    if (layer().hot) parts.push(select([words.classes, words.hot], at.hot ? 1 : 0, (index) => {
      at.hot = index === 1
      if (at.hot) at.month = layer().months.length - 1
    }))
    fill("chosen", ...parts)
  }

  function trail() {
    fill("path", ...path(at.place).flatMap((id, depth, all) => {
      const button = make("button", "", told.places[id].name)
      button.disabled = depth === all.length - 1
      button.onclick = () => go(id)
      return depth ? [make("span", "", "›"), button] : [button]
    }))
  }

  function colours() {
    const special = hot()
    const classes = special ? special.classes : month().classes
    const palette = special ? special.colours : layer().colours
    const circled = !special && layer().circles
    circles.clearLayers()
    byId.forEach((shape, id) => {
      const colour = palette[classes[id]]
      const inside = within(id, area())
      shape.setStyle({
        fillColor: (colour && circled ? layer().quiet : colour) || `url(#${told.states[classes[id] - palette.length]})`, fillOpacity: inside ? 1 : 0.18,
        color: id === at.place ? "#0b57d0" : "#ffffff", weight: id === at.place ? 4 : 0.8,
      })
      if (id === at.place) shape.bringToFront()
    })
    if (circled) drawCircles(palette, classes)
  }

  // Figures that add up: the area of a circle is its figure, the largest lie lowest.
  const circles = L.layerGroup().addTo(map)
  function drawCircles(palette, classes) {
    const sized = [...byId.keys()].filter((id) => month().sizes[id] > 0 && within(id, area()))
    sized.sort((one, other) => month().sizes[other] - month().sizes[one]).forEach((id) => {
      const look = {radius: Math.max(3, 24 * month().sizes[id]), fillColor: palette[classes[id]], fillOpacity: 0.9,
        color: "#ffffff", weight: 1.4, interactive: false}
      circles.addLayer(L.circleMarker(byId.get(id).getBounds().getCenter(), look))
    })
  }

  function legend() {
    const special = hot()
    const told = (special || month()).legend
    const rising = told.filter((row) => row[4] >= 0).sort((one, other) => one[4] - other[4])
    const shown = [...rising, ...told.filter((row) => row[4] < 0 && row[2] > 0)]
    const most = Math.max(1, ...told.map((row) => row[2]))
    const bars = make("div", "bars")
    // Words do not stand side by side.
    bars.classList.toggle("wordy", rising.some((row) => row[0].length > 9))
    bars.append(...shown.map((row) => {
      const bar = make("div", row[4] < 0 ? "bar apart" : "bar"), size = Math.max(row[2] ? 4 : 1, 64 * row[2] / most)
      const square = makeShape("svg", {width: 34, height: size})
      square.append(makeShape("rect", {width: 34, height: size, fill: row[1] || `url(#${row[3]})`, stroke: "#0003"}))
      bar.append(make("span", "count", row[2]), square, make("span", "interval", row[0]))
      return bar
    }))
    const unit = layer().unit ? " (" + layer().unit + ")" : ""
    fill("legend", make("strong", "", layer().title + unit), bars, make("small", "", special ? special.rule : layer().rule))
  }

  function table(heads, rows, kinds) {
    const box = make("table")
    const head = make("tr")
    heads.forEach((name, column) => head.append(make("th", column ? "number" : "", name)))
    box.append(head)
    rows.forEach((row, index) => {
      const line = make("tr", kinds ? kinds[index].kind : "")
      row.forEach((cell, column) => line.append(make("td", column ? "number" : (kinds ? kinds[index].mark : ""), cell)))
      if (kinds && kinds[index].go) line.onclick = kinds[index].go
      box.append(line)
    })
    return box
  }

  function said() {
    const place = told.places[at.place]
    const last = at.month === layer().months.length - 1
    const parts = [make("h2", "", place.name + " · " + month().name), make("p", "figure", month().figures[at.place])]
    if (at.place === 0) parts.push(make("p", "", month().summary))
    const why = last && layer().why[at.place]
    if (why) parts.push(make("h2", "", words.why), make("p", "", why))
    const below = children(at.place).sort((one, other) => month().order[one] - month().order[other])
    if (below.length) {
      parts.push(make("h2", "", words.below), table(
        [words.place, words.value], below.map((id) => [told.places[id].name, month().figures[id]]),
        below.map((id) => ({kind: "go", mark: "", go: () => go(id)})),
      ))
    }
    const rules = last && told.rules[at.place]
    if (rules && rules.length) {
      parts.push(make("h2", "", words.rules), table(
        [words.rule, words.yes, words.unknown],
        rules.map(([rule, yes, unknown]) => [told.titles[rule][0], yes, unknown]),
        rules.map(([rule]) => ({kind: "", mark: told.titles[rule][1]})),
      ))
    }
    if (!last) parts.push(make("p", "", words.last_only))
    fill("said", ...parts)
    slot("said").scrollTop = 0
  }

  function boxOf(area) {
    const inside = [...byId].filter(([key]) => within(key, area)).map(([, shape]) => shape.getBounds())
    return inside.length ? inside.reduce((all, one) => all.extend(one), L.latLngBounds(inside[0].getSouthWest(), inside[0].getNorthEast())) : whole
  }

  const labels = L.layerGroup().addTo(map)
  function names() {
    labels.clearLayers()
    if (area() === 0) children(0).filter((id) => !byId.has(id)).forEach((id) => {
      const label = {permanent: true, direction: "center", className: "place-name", interactive: false}
      labels.addLayer(L.tooltip(label).setLatLng(boxOf(id).getCenter()).setContent(make("span", "", told.places[id].name)))
    })
    const shown = new Set(area() === 0 ? [] : children(area()))
    byId.forEach((shape, id) => {
      shape.unbindTooltip()
      const label = make("span", "", told.places[id].name)
      if (shown.has(id)) shape.bindTooltip(label, {permanent: true, direction: "center", className: "place-name"})
      else shape.bindTooltip(() => {
        const box = make("div", "", told.places[id].name + " ")
        box.append(make("b", "", month().figures[id]))
        return box
      }, {sticky: true})
    })
  }

  function headline() {
    const last = at.month === layer().months.length - 1
    if (at.place === 0) return last ? layer().message : month().summary
    return told.places[at.place].name + " " + layer().title + " " + (month().figures[at.place])
  }

  function show() {
    fill("message", headline())
    slot("mark").textContent = told.mark
    slot("foot").textContent = layer().foot
    choices(); trail(); colours(); legend(); said(); names()
  }

  function go(id) {
    at.place = id
    show()
    // After the words, because their height decides that of the map.
    fit()
  }

  function fit() {
    const box = boxOf(area())
    map.invalidateSize({animate: false})
    map.fitBounds(box.isValid() ? box : whole, {padding: [16, 16], animate: false})
  }

  byId.forEach((shape, id) => shape.on("click", () => go(id)))
  window.addEventListener("resize", fit)
  go(0)
}
