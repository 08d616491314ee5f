// Shapes that come and go with a month: outlines around places pointed out together, and circles. A worker of the
// map library cuts them into tiles, which takes as long as it takes; until then those before them stay. Both lie in
// one source, and which of them are seen is a state like the colours of the places: all change in the same frame.

import {circleFeatures} from "./circles.js"

export const OWN_STATE = (name) => ["boolean", ["feature-state", name], false]
export const ON = ["case", OWN_STATE("on"), 1, 0]
// What is seen and what is brought have no number in common.
const NUMBERS = [1e7, 2e7]

const shapesOf = (screen, picture) => ({outlined: picture.outlined, circles: circleFeatures(screen, picture)})

// Bring what a picture shows into the tiles, unseen beside what is seen; true once it is there, false where another
// picture has been brought since.
export async function bringShapes(screen, picture) {
  const {map} = screen, kept = (screen.exchanged ??= {}), changed = []
  const turn = screen.turn = (screen.turn ?? 0) + 1
  for (const [name, {features}] of Object.entries(shapesOf(screen, picture))) {
    const key = JSON.stringify(features), before = (kept[name] ??= {seen: [], next: [], key: "[]"})
    if (before.key === key) { continue }
    const first = before.seen[0]?.id < NUMBERS[1] ? NUMBERS[1] : NUMBERS[0]
    before.key = key
    before.next = features.map((feature, at) => ({...feature, id: first + at}))
    before.waits = true
    map.getSource(name).setData({type: "FeatureCollection", features: [...before.seen, ...before.next]})
    changed.push(name)
  }
  const waiting = Object.keys(kept).filter((name) => kept[name].waits)
  if (waiting.length) { await arrival(map, waiting) }
  return screen.map === map && screen.turn === turn
}

function arrival(map, names) {
  return new Promise((done) => {
    const look = () => {
      if (!names.every((name) => map.isSourceLoaded(name))) { return }
      map.off("sourcedata", look)
      map.off("idle", look)
      done()
    }
    map.on("sourcedata", look)
    map.on("idle", look)
  })
}

// Let what was brought be seen instead of what was.
export function showShapes({map, exchanged}) {
  for (const [source, shapes] of Object.entries(exchanged)) {
    if (!shapes.waits) { continue }
    map.removeFeatureState({source})
    for (const {id} of shapes.next) { map.setFeatureState({source, id}, {on: true}) }
    shapes.seen = shapes.next
    shapes.waits = false
  }
}
