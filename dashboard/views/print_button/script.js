// Prints one sheet alone: its HTML in a frame of its own, the chart as a picture of its canvas.

import {make, makeButton} from "../../web/dom.js"

function canvases(node, found = []) {
  for (const child of node.querySelectorAll("*")) {
    if (child.tagName === "CANVAS" && child.width > 200) { found.push(child) }
    if (child.shadowRoot) { canvases(child.shadowRoot, found) }
  }
  return found
}

function chartHost(node) {
  for (const child of node.querySelectorAll("*")) {
    if (child.classList.contains("card-chart")) { return child }
    const inside = child.shadowRoot && chartHost(child.shadowRoot)
    if (inside) { return inside }
  }
  return null
}

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
    const space = page.getElementById("chart")
    const host = space && chartHost(document)
    const drawn = host?.shadowRoot ? canvases(host.shadowRoot)[0] : undefined
    const print = () => { frame.contentWindow.focus(); frame.contentWindow.print() }
    if (!drawn) { print(); return }
    const picture = page.createElement("img")
    picture.onload = print
    picture.src = drawn.toDataURL("image/png")
    space.append(picture)
  })
}
