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

  // A map that is drawn later asks for it.
  const tell = () => {
    window.dispatchEvent(new CustomEvent("guatu:over", {detail: {box: root.getBoundingClientRect()}}))
  }
  const sizes = new ResizeObserver(tell)
  sizes.observe(root)
  window.addEventListener("guatu:asks", tell)
  whenever(model, ["steps", "title", "sentence", "note"], fill)
  model.on("remove", () => { sizes.disconnect(); window.removeEventListener("guatu:asks", tell) })
  fill()
  return root
}
