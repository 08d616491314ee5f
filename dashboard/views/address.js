// The address bar mirrors the state; back and forward give the state back.

export function render({model}) {
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
  model.on("query", () => {
    if (speaks(model.query) !== speaks(location.search)) { location.assign(model.query); return }
    write(model.playing)
  })
  model.on("remove", () => window.removeEventListener("popstate", back))
  model.on("remove", () => narrow.removeEventListener("change", tell))
  write(true)
  const narrow = window.matchMedia("(max-width: 800px)")
  const tell = () => model.send_msg({narrow: narrow.matches})
  narrow.addEventListener("change", tell)
  // The server listens only when the component has been put in.
  if (narrow.matches) { setTimeout(tell, 300) }
  return document.createElement("span")
}
