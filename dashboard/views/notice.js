// New data: a line with a button; the text is set as text only.

export function render({model}) {
  const line = document.createElement("div")
  line.className = "told" // not "notice": the component's own wrapper has that name
  line.setAttribute("role", "status")
  const said = document.createElement("span")
  const button = document.createElement("button")
  button.type = "button"
  button.addEventListener("click", () => {
    const address = new URL(window.location.href)
    if (model.newer) { address.searchParams.delete("period") }
    window.location.assign(address)
    if (address.href === window.location.href) { window.location.reload() }
  })
  line.append(said, button)
  function fill() {
    said.textContent = model.said
    button.textContent = model.label
    line.hidden = !model.said
  }
  model.on("said", fill)
  model.on("label", fill)
  fill()
  return line
}
