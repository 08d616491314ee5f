// The map as a page opens with it: drawn at once of what came with the page, by the script that draws it later.

import {listClasses} from "./legend.js"
import {Screen} from "./living.js"
import {drawPlain} from "./plain.js"
import {keepClear} from "./room.js"

export function render({model}) {
  const screen = new Screen(model), {coarse: {outlines, places}, picture} = model
  screen.places = places
  screen.shapes = Object.fromEntries(Object.entries(outlines).map(([level, {features}]) => [level,
    new Map(features.map(({id, geometry}) => [id, geometry.coordinates]))]))
  const end = keepClear(screen)
  model.on("opened", () => {
    listClasses(screen, picture)
    drawPlain(screen, outlines[picture.level])
    screen.wait.remove()
  })
  model.on("remove", end)
  return screen.root
}
