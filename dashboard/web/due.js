// What is due as of the day: two counts, and each kind with its own; each opens exactly those.

import {make, makeButton} from "./dom.js"

const BANDS = ["red", "week"]

export function dueCallout(root, told, send) {
  root.replaceChildren()
  root.hidden = !told.day
  if (!told.day) { return }
  const count = (band, number, address, title) => {
    const node = makeButton("tally " + band, undefined, () => send({due: address}))
    node.append(make("b", "", String(number)), ...title ? [make("span", "", title)] : [])
    node.title = told.open
    return node
  }
  root.append(make("span", "day", told.day))
  if (told.nothing) { root.append(make("span", "calm", "✓ " + told.nothing)); return }
  const sums = make("span", "sums"), kinds = make("span", "kinds")
  sums.append(...BANDS.map((band) => count(band, told.counts[band], told.addresses[band], told.titles[band])))
  kinds.append(...told.kinds.map(([title, counts, addresses]) => {
    const kind = make("span", "kind")
    kind.append(make("span", "", title), ...BANDS.filter((band) => counts[band])
      .map((band) => {
        const node = count(band, counts[band], addresses[band], "")
        node.ariaLabel = title + " " + told.titles[band] + " " + counts[band]
        return node
      }))
    return kind
  }))
  root.append(sums, kinds)
}
