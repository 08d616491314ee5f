// What is due, one line each by colour; text comes from data and is set as text only.

import {make, makeButton, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "due"), head = make("header"), list = make("ol")
  root.append(head, list)

  function choices() {
    const box = make("div", "kinds"), {chosen, kinds} = model.told
    const choice = (word, title) => {
      const node = makeButton("", title, () => model.send_msg({kind: word}))
      node.setAttribute("aria-pressed", String(word === chosen))
      return node
    }
    box.append(choice("", model.texts.every))
    for (const [kind, title, red, week] of kinds) {
      const node = choice(kind, title)
      if (red) { node.append(make("b", "red", String(red))) }
      if (week) { node.append(make("b", "week", String(week))) }
      box.append(node)
    }
    return box
  }

  function line(one, index) {
    const node = makeButton("line " + one.colour, undefined, () => model.send_msg({index}))
    node.title = model.texts[one.opens]
    const told = make("span", "told")
    told.append(make("span", "sentence", one.sentence))
    if (one.owner) { told.append(make("span", "owner", one.owner)) }
    node.append(make("b", "left", one.left === null ? "—" : String(one.left)), told, make("span", "go", "›"))
    const item = make("li")
    item.append(node)
    return item
  }

  function fill() {
    const {told} = model
    if (!told.rows) { return }
    head.replaceChildren(make("h1", "", told.title), choices(), ...told.rest ? [make("p", "rest", told.rest)] : [])
    list.replaceChildren(...told.rows.map(line))
    if (!told.rows.length) { list.replaceChildren(make("li", "none", model.texts.none)) }
    list.scrollTop = 0
  }

  whenever(model, ["told"], fill)
  fill()
  return root
}
