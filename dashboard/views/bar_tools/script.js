// Month, language, and light or dark.

import {make, makeButton, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "tools")
  const words = model.texts
  const months = make("select")
  months.ariaLabel = words.month
  months.addEventListener("change", () => model.send_msg({type: "month", period: months.value}))
  const language = makeButton("language", words.language, () => model.send_msg({type: "language"}))
  language.hidden = !model.switches
  const look = makeButton("look", "◐", () => model.send_msg({type: "dark"}))
  root.append(months, language, look)
  function fill() {
    months.hidden = !model.months.length
    months.replaceChildren(...model.months.map(([period, name]) => {
      const option = make("option", "", name)
      option.value = period
      return option
    }))
    months.value = model.period
    look.title = look.ariaLabel = model.dark ? words.light : words.dark
    look.setAttribute("aria-pressed", String(model.dark))
  }
  whenever(model, ["months", "period", "dark"], fill)
  fill()
  return root
}
