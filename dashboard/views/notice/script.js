// New data: a line with a button; the text is set as text only.

import {make, makeButton, whenever} from "../../web/dom.js"

export function render({model}) {
  const line = make("div", "told") // not "notice": the component's own wrapper has that name
  line.setAttribute("role", "status")
  const said = make("span")
  const button = makeButton("", undefined, () => {
    const address = new URL(window.location.href)
    if (model.newer) { address.searchParams.delete("period") }
    window.location.assign(address)
    if (address.href === window.location.href) { window.location.reload() }
  })
  line.append(said, button)
  function fill() {
    said.textContent = model.said
    button.textContent = model.label
    line.hidden = !model.said
  }
  whenever(model, ["said", "label"], fill)
  fill()
  return line
}
