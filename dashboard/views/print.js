// Prints one sheet alone: its HTML in a frame of its own, the chart as it is drawn.

function chartHost(node) {
  for (const child of node.querySelectorAll("*")) {
    if (child.classList.contains("card-chart")) { return child }
    const inside = child.shadowRoot && chartHost(child.shadowRoot)
    if (inside) { return inside }
  }
  return null
}

export function render({model}) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "print"
  button.textContent = model.label
  button.addEventListener("click", () => {
    document.querySelector("iframe.card-print")?.remove()
    const frame = document.createElement("iframe")
    frame.className = "card-print"
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
    const drawn = host?.shadowRoot?.querySelector("svg")
    if (drawn) { space.append(page.importNode(drawn, true)) }
    frame.contentWindow.focus()
    frame.contentWindow.print()
  })
  return button
}
