// A plain table: a title, columns and rows of text. Everything is set as text, never as HTML.

function make(tag, name, text) {
  const node = document.createElement(tag)
  if (name) { node.className = name }
  if (text !== undefined) { node.textContent = text }
  return node
}

export function render({model}) {
  const root = make("div", "sheet")
  function fill() {
    const {title, note, columns, rows} = model.table
    root.classList.toggle("dark", model.dark)
    const table = make("table")
    const head = make("tr")
    columns.forEach(({label, kind}) => head.append(make("th", kind, label)))
    table.append(head)
    rows.forEach(({cells, mark}, index) => {
      const row = make("tr", "item " + (mark ?? ""))
      row.tabIndex = 0
      cells.forEach((cell, at) => row.append(make("td", columns[at].kind, cell)))
      const answer = () => model.send_msg({type: "row", index})
      row.addEventListener("click", answer)
      row.addEventListener("keydown", (event) => { if (event.key === "Enter") { answer() } })
      table.append(row)
    })
    const body = make("div", "body")
    body.append(table)
    root.replaceChildren(...(title ? [make("h2", "", title)] : []), body,
      ...(note ? [make("p", "note", note)] : []))
  }
  model.on("table", fill)
  model.on("dark", fill)
  fill()
  return root
}
