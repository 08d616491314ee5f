// Prints one sheet alone: its HTML in a frame of its own.

import {make, makeButton} from "../../web/dom.js"

export function render({model}) {
  return makeButton("print", model.label, () => {
    document.querySelector("iframe.card-print")?.remove()
    const frame = make("iframe", "card-print")
    frame.style.cssText = "position:fixed;width:0;height:0;border:0"
    document.body.append(frame)
    const page = frame.contentDocument
    const style = page.createElement("style")
    style.textContent = model.style
    page.head.append(style)
    page.body.className = "paper"
    page.body.innerHTML = model.content
    frame.contentWindow.focus()
    frame.contentWindow.print()
  })
}
