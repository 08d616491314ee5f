// The ground under the places: relief, rivers, roads and settlements, drawn quietly.

import {make, penOf} from "../../web/dom.js"

const RIVERS = {light: "#8aa6b4", dark: "#3d647c"}, ROADS = {light: "#7a6f60", dark: "#6b6256"}
const SEATS = {light: ["#ffffff", "#15202b"], dark: ["#12161b", "#dfe6ec"]}
const NOTHING_YET = {type: "FeatureCollection", features: []}

export async function groundAt(address) {
  const kept = (window.guatuGround ??= new Map())
  if (!kept.has(address)) { kept.set(address, fetch(address).then((answer) => answer.json())) }
  return kept.get(address)
}

async function canvasOf({picture}) {
  const image = make("img")
  image.src = picture
  await image.decode()
  const canvas = make("canvas")
  canvas.width = image.width
  canvas.height = image.height
  penOf(canvas).drawImage(image, 0, 0)
  return canvas
}

// The layers of the lines, for the style; they are filled when the ground has come.
export function lineLayers(theme) {
  const line = (kind, colours, widths, opacity) => ({id: kind + "-ground", type: "line", source: "ground", filter: ["==", ["get", "kind"], kind],
    layout: {"line-join": "round", "line-cap": "round"}, paint: {"line-color": colours[theme], "line-opacity": opacity,
      "line-width": ["match", ["get", "rank"], 3, widths[2], 2, widths[1], widths[0]]}})
  return [line("river", RIVERS, [0.7, 1.4, 2.6], 0.8), line("road", ROADS, [0.5, 0.9, 1.5], 0.55)]
}

export function seatLayer(theme) {
  return {id: "settlement-ground", type: "circle", source: "ground", filter: ["==", ["get", "kind"], "settlement"],
    paint: {"circle-radius": ["match", ["get", "rank"], 1, 2, 3.4], "circle-color": SEATS[theme][0],
      "circle-stroke-color": SEATS[theme][1], "circle-stroke-width": 1.6}}
}

export const groundSource = () => ({type: "geojson", data: NOTHING_YET})

// Each geometry of a collection as a feature of its own: the library draws no collections.
function flat({features}) {
  return {type: "FeatureCollection", features: features.flatMap(({properties, geometry}) =>
    geometry.geometries.map((one) => ({type: "Feature", properties, geometry: one})))}
}

export async function layGround(screen) {
  const address = screen.model.sources[0].ground
  if (!address) { return }
  const {map} = screen, told = await groundAt(address)
  const canvas = told.picture ? await canvasOf(told) : null
  if (screen.removed) { return }
  map.getSource("ground").setData(flat(told.lines))
  if (canvas) {
    const [west, south, east, north] = told.bounds
    map.addSource("relief", {type: "canvas", canvas, animate: false,
      coordinates: [[west, north], [east, north], [east, south], [west, south]]})
    const layer = (id, opacity, before) => map.addLayer({id, type: "raster", source: "relief",
      paint: {"raster-opacity": opacity, "raster-fade-duration": 0}}, before)
    // Under the places it shows through those that are quiet; over all of them it is paler.
    layer("relief-under", 0.6, "fill-" + screen.model.sources[0].level)
    layer("relief-over", 0.45, "river-ground")
  }
  screen.root.dataset.ground = String(told.lines.features.length)
}

export function inkGround({map, theme}) {
  map.setPaintProperty("river-ground", "line-color", RIVERS[theme])
  map.setPaintProperty("road-ground", "line-color", ROADS[theme])
  map.setPaintProperty("settlement-ground", "circle-color", SEATS[theme][0])
  map.setPaintProperty("settlement-ground", "circle-stroke-color", SEATS[theme][1])
}
