// Copies or saves the drawn map. What is copied is promised at once: a browser lets a click alone write to the clipboard.

import {make, makeButton, whenever} from "../../web/dom.js"

export function render({model}) {
  const root = make("div", "picture"), note = make("span", "note"), words = model.texts
  note.setAttribute("role", "status")
  const waiting = new Map()
  let wishes = 0

  function ask(form) {
    const wish = ++wishes
    model.send_msg({form, wish})
    return new Promise((done, failed) => waiting.set(wish, {done, failed}))
  }
  function blobOf({content, kind}) {
    return new Blob([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], {type: kind})
  }
  function save(made) {
    const link = make("a"), address = URL.createObjectURL(blobOf(made))
    link.href = address
    link.download = made.name
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 10000)
    note.textContent = words.saved
  }
  async function copy() {
    const asked = ask("png")
    try {
      await navigator.clipboard.write([new ClipboardItem({"image/png": asked.then(blobOf)})])
      note.textContent = words.copied
    } catch {
      // An older browser, or a page without https, has no clipboard for pictures.
      asked.then(save, () => {})
    }
  }
  const keep = (form) => () => ask(form).then(save, () => {})
  root.append(makeButton("copy", words.copy, copy), makeButton("png", words.png, keep("png")),
    makeButton("svg", words.svg, keep("svg")), note)
  whenever(model, ["made"], () => {
    const {made} = model, wish = waiting.get(made.wish)
    waiting.delete(made.wish)
    if (made.content) { wish?.done(made) } else { wish?.failed(new Error(model.note)) }
  })
  whenever(model, ["note"], () => { note.textContent = model.note })
  return root
}
