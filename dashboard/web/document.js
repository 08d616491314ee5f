// What the browser keeps of the page: its parts, which the server knows as well.

// Tell a page that the server knows the parts it sends later.
// The library takes them for new and gives each back whole with the first click on it: a list with all its rows.
export function knowParts(page) {
  if (Object.hasOwn(page, "apply_json_patch")) { return }
  page.apply_json_patch = function (patch, ...rest) {
    Object.getPrototypeOf(this).apply_json_patch.call(this, patch, ...rest)
    const sent = sentIn(patch.events)
    // oxlint-disable-next-line no-underscore-dangle -- the library has no public name for them
    const unknown = this._new_models
    for (const part of unknown) { if (sent.has(part.id)) { unknown.delete(part) } }
  }
}

// Return the ids of the parts that a change brings in full.
function sentIn(value, ids = new Set()) {
  if (Array.isArray(value)) { value.forEach((each) => sentIn(each, ids)) }
  else if (value !== null && typeof value === "object" && !ArrayBuffer.isView(value)) {
    if (value.type === "object" && value.id) { ids.add(value.id) }
    Object.values(value).forEach((each) => sentIn(each, ids))
  }
  return ids
}
