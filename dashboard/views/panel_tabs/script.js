// The names of the panels beside each other.

import {make, makeButton, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "names")
  function fill() {
    root.replaceChildren(...model.names.map(([key, label]) => {
      const node = makeButton("", label, () => model.send_msg({key}))
      node.setAttribute("aria-pressed", String(key === model.at))
      return node
    }))
  }
  whenever(model, ["names", "at"], fill)
  fill()
  return root
}
