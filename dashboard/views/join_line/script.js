// How complete the data is, in one line; the places without a figure are one click away.

import {make, makeButton, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "join")
  const sentence = make("p", "sentence")
  const open = makeButton("open", undefined, () => box.showModal())
  const box = make("dialog", "missing")
  root.append(sentence, open, box)

  function table(part) {
    const head = make("tr")
    head.append(...part.columns.map((name) => make("th", "", name)))
    const body = make("table")
    body.append(head, ...part.rows.map((cells) => {
      const row = make("tr")
      row.append(...cells.map((cell) => make("td", "", cell)))
      return row
    }))
    return [make("h3", "", part.title), body]
  }

  function fill() {
    const {sentence: said, button, close, parts} = model.content
    sentence.textContent = said
    open.textContent = button
    open.style.display = parts.length ? "" : "none"
    const shut = makeButton("close", close, () => box.close())
    box.replaceChildren(shut, ...parts.flatMap(table))
  }
  whenever(model, ["content"], fill)
  fill()
  return root
}
