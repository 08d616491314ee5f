// What the charts of the page are drawn with. Texts come from data: set as text only.

const NS = "http://www.w3.org/2000/svg"

function make(tag, name, text) {
  const node = document.createElement(tag)
  if (name) { node.className = name }
  if (text !== undefined) { node.textContent = text }
  return node
}

function shape(tag, given, text) {
  const node = document.createElementNS(NS, tag)
  for (const [name, value] of Object.entries(given)) { node.setAttribute(name, value) }
  if (text !== undefined) { node.textContent = text }
  return node
}

// Round values within an interval, about five of them.
function steps(low, high) {
  const rough = (high - low) / 4 || 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const size = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999) * power
  const digits = Math.max(2, -Math.floor(Math.log10(size)) + 1)
  const written = new Intl.NumberFormat("en", {maximumFractionDigits: digits})
  const found = []
  for (let at = Math.ceil(low / size - 1e-9); at * size <= high; at++) {
    found.push([at * size, written.format(at * size + 0)])
  }
  return found
}

// Positions of a few evenly spaced labels, so that they do not run into one another.
function evenly(labels, most) {
  const count = Math.min(labels.length, most)
  const at = Array.from({length: count}, (_, n) => count > 1 ? Math.round(n * (labels.length - 1) / (count - 1)) : 0)
  return [...new Set(at)]
}

// How wide a text of 16 pixels is, about: Chinese signs are as wide as high.
const width = (text) => [...text].reduce((wide, sign) => wide + (sign.charCodeAt(0) > 255 ? 16 : 9), 0)
