// The place path: every step but the last goes there. Names are set as text only.

import {make, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("nav", "trail")
  root.setAttribute("aria-label", "breadcrumb")
  function fill() {
    root.replaceChildren()
    model.steps.forEach((name, index) => {
      if (index) { root.append(make("span", "sep", "›")) }
      const last = index === model.steps.length - 1
      const step = make(last ? "strong" : "button", "step", name)
      if (!last) {
        step.type = "button"
        step.addEventListener("click", () => model.send_msg({type: "go", index}))
      }
      root.append(step)
    })
  }
  whenever(model, ["steps"], fill)
  fill()
  return root
}
