// The address bar mirrors the state; back and forward give the state back.

import {make, whenever} from "../../web/dom.js"

export function render({model, view}) {
  const speaks = (query) => new URLSearchParams(query).get("lang")
  const write = (replace) => {
    if (location.search === model.query) { return }
    history[replace ? "replaceState" : "pushState"]({}, "", location.pathname + model.query)
  }
  const back = () => {
    // Every text changes with the language, so the page is loaded anew.
    if (speaks(location.search) !== speaks(model.query)) { location.reload(); return }
    model.send_msg({query: location.search})
  }
  window.addEventListener("popstate", back)
  whenever(model, ["query"], () => {
    if (speaks(model.query) !== speaks(location.search)) { location.assign(model.query); return }
    write(model.playing)
  })
  model.on("remove", () => window.removeEventListener("popstate", back))
  model.on("remove", () => narrow.removeEventListener("change", tell))
  write(true)
  const narrow = window.matchMedia("(max-width: 800px)")
  const tell = () => {
    model.narrow = narrow.matches
    // While a page is loading, what the server answers is lost: the drawer is closed from here.
    const page = view.model.document.roots().find((root) => root.data?.sidebar_open !== undefined)
    if (narrow.matches && page) { page.data.sidebar_open = false }
  }
  narrow.addEventListener("change", tell)
  tell()
  return make("span")
}
