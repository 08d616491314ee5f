// A plain table: a title, columns and rows of text. Everything is set as text, never as HTML.

import {make, makeButton, whenever} from "../../web/dom.js"

// Room for the head of a column of numbers in two lines.
const halfOf = (label) => [...label].reduce((sum, sign) => sum + (sign > "\u00ff" ? 1 : 0.56), 0) / 2 + 1.2 + "em"

export function render({model}) {
  const root = make("div", "sheet")
  function fill() {
    const {title, note, columns, rows, lines} = model.table
    root.classList.toggle("dark", model.dark)
    const wide = columns.length > 4
    const table = make("table", wide ? (lines ? "wide listed" : "wide") : "")
    const head = make("tr")
    columns.forEach(({label, kind, sort, sorted}) => {
      const cell = make("th", kind)
      if (lines && kind === "number") { cell.style.minWidth = halfOf(label) }
      if (sort) {
        const button = makeButton(sorted ? "sort here " + sorted : "sort", label,
          () => model.send_msg({type: "sort", sort}))
        if (sorted) { cell.setAttribute("aria-sort", "other") }
        cell.append(button)
      } else { cell.textContent = label }
      head.append(cell)
    })
    const top = make("thead")
    top.append(head)
    table.append(top)
    rows.forEach(({cells, mark, small, above}, index) => {
      if (above) {
        const apart = make("td", "above", above)
        apart.colSpan = columns.length
        const line = make("tr")
        line.append(apart)
        table.append(line)
      }
      const row = make("tr", "item " + (mark ?? ""))
      row.tabIndex = 0
      cells.forEach((cell, at) => {
        const made = make("td", columns[at].kind, cell)
        made.dataset.label = columns[at].label
        if (lines && at === cells.length - 1) { made.title = cell }
        if (small && at === 0) { made.append(make("small", "", small)) }
        row.append(made)
      })
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
  whenever(model, ["table", "dark"], fill)
  fill()
  return root
}
