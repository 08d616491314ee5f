// Path, heading and figure in a corner of the map; the map is told which piece of it they cover.

import {make, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "headline")
  const trail = make("nav", "trail"), title = make("h1"), sentence = make("p"), note = make("p")
  trail.setAttribute("aria-label", model.texts.path)
  root.append(trail, title, sentence, note)

  function fill() {
    trail.replaceChildren()
    trail.classList.toggle("alone", model.steps.length < 2)
    model.steps.forEach((name, index) => {
      if (index) { trail.append(make("span", "sep", "›")) }
      const last = index === model.steps.length - 1
      const step = make(last ? "strong" : "button", "step", name)
      if (!last) {
        step.type = "button"
        step.addEventListener("click", () => model.send_msg({index}))
      }
      trail.append(step)
    })
    title.textContent = model.title
    sentence.textContent = model.sentence
    sentence.hidden = !model.sentence
    note.textContent = model.note
    note.hidden = !model.note
  }

  // A long finding is written smaller, so that it ends above the legend of the map.
  const stand = () => {
    for (const size of [1, 0.9, 0.8, 0.7, 0.6]) {
      root.style.setProperty("--fitted", size)
      const box = root.getBoundingClientRect(), detail = {box, floor: Infinity}
      window.dispatchEvent(new CustomEvent("guatu:floor", {detail}))
      if (box.bottom <= detail.floor) { break }
    }
  }
  // A map that is drawn later asks for it.
  let frame = 0
  const tell = () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(place) }
  const place = () => {
    stand()
    window.dispatchEvent(new CustomEvent("guatu:over", {detail: {box: root.getBoundingClientRect()}}))
  }
  const sizes = new ResizeObserver(tell)
  sizes.observe(root)
  window.addEventListener("guatu:asks", place)
  whenever(model, ["steps", "title", "sentence", "note"], fill)
  model.on("remove", () => { cancelAnimationFrame(frame); sizes.disconnect(); window.removeEventListener("guatu:asks", place) })
  fill()
  return root
}
