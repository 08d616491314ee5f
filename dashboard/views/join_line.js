// How complete the data is, in one line; the places without a figure are one click away.

function make(tag, name, text) {
  const node = document.createElement(tag)
  if (name) { node.className = name }
  if (text !== undefined) { node.textContent = text }
  return node
}

export function render({model}) {
  const root = make("div", "join")
  const sentence = make("p", "sentence")
  const open = make("button", "open")
  open.type = "button"
  const box = make("dialog", "missing")
  root.append(sentence, open, box)

  function table(part) {
    const head = make("tr")
    head.append(...part.columns.map((name) => make("th", "", name)))
    const body = make("table")
    body.append(head, ...part.rows.map((cells) => {
      const row = make("tr")
      row.append(...cells.map((cell) => make("td", "", cell)))
      return row
    }))
    return [make("h3", "", part.title), body]
  }

  function fill() {
    const {sentence: said, button, close, parts} = model.content
    sentence.textContent = said
    open.textContent = button
    open.style.display = parts.length ? "" : "none"
    const shut = make("button", "close", close)
    shut.type = "button"
    shut.addEventListener("click", () => box.close())
    box.replaceChildren(shut, ...parts.flatMap(table))
    root.classList.toggle("dark", model.dark)
  }
  open.addEventListener("click", () => box.showModal())
  model.on("content", fill)
  model.on("dark", fill)
  fill()
  return root
}
