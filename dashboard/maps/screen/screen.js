// The map of the app follows its model.
// Every text from data enters the page as text (textContent or drawn glyphs), never as HTML.

import {make, whenever} from "../../web/dom.js"
import {lightWithOthers} from "./hover.js"
import {Screen} from "./living.js"
import {goTogether, keepClear} from "./room.js"
import {markPlaces} from "./select.js"

export function render({model}) {
  const screen = new Screen(model)
  const endings = [goTogether(screen), lightWithOthers(screen), keepClear(screen)]
  whenever(model, ["picture", "symbols", "dark", "spotlight"], () => screen.paintSoon())
  whenever(model, ["marked"], () => model.spotlight ? screen.paintSoon() : markPlaces(screen))
  whenever(model, ["chosen"], () => markPlaces(screen))
  model.on("remove", () => {
    endings.forEach((end) => end())
    screen.remove()
  })
  screen.start().catch((error) => {
    screen.root.append(make("p", "failed", model.texts.failed))
    console.error(error)
  })
  return screen.root
}
