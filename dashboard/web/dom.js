// What every script of ours makes of the page. Text enters it as text, never as HTML.

export function make(tag, name, text) {
  const node = document.createElement(tag)
  if (name) { node.className = name }
  if (text !== undefined) { node.textContent = text }
  return node
}

export function makeButton(name, text, action) {
  const node = make("button", name, text)
  node.type = "button"
  if (action) { node.addEventListener("click", action) }
  return node
}

export function makeShape(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) { node.setAttribute(name, value) }
  return node
}

// Call `action` when one of the model's properties changes.
export function whenever(model, names, action) {
  for (const name of names) { model.on(name, action) }
}

// Reading a canvas that lies in the graphics card waits until everything before it is drawn, so
// all of ours are kept in memory.
export function penOf(canvas) { return canvas.getContext("2d", {willReadFrequently: true}) }

// Note that something can be seen: what was drawn is on the screen with the frame after the next.
export function noteShown(name, then) {
  requestAnimationFrame(() => requestAnimationFrame(() => { performance.mark(name); then() }))
}
