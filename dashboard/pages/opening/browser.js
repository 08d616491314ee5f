/* oxlint-disable no-var, no-new, no-unused-vars -- read by browsers that know nothing newer */
// Whether the browser can show the page at all, in words that every browser understands; what one of 2021 lacks of
// what the libraries use is added.

(function () {
  "use strict"
  var fits = typeof Element.prototype.replaceChildren === "function" && typeof ResizeObserver === "function"
  try { new Function("var a = null; a ??= {}; return a?.b") } catch (error) { fits = false }
  if (!fits) { document.getElementById("guatu-old").removeAttribute("hidden") }
  if (!Object.hasOwn) {
    Object.hasOwn = function (object, name) { return Object.prototype.hasOwnProperty.call(object, name) }
  }
  var rows = [Array, String, Object.getPrototypeOf(Int8Array)]
  rows.forEach(function (kind) {
    if (!kind.prototype.at) {
      Object.defineProperty(kind.prototype, "at", {configurable: true, writable: true, value: function (at) {
        var whole = Math.trunc(at) || 0
        return this[whole < 0 ? this.length + whole : whole]
      }})
    }
  })
}())
