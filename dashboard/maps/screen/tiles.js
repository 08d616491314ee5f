// Places of which there are so many that their outlines come as vector tiles, those in view alone.

// Where the places of a level lie: outlines that come whole, or tiles of all levels together.
export const placesOf = ({model: {sources}}, level) => sources[0].tiles ? {source: "tiles", sourceLayer: level} : {source: level}

export function layerOf(screen, level) {
  const {source, sourceLayer} = placesOf(screen, level)
  return sourceLayer ? {source, "source-layer": sourceLayer} : {source}
}

export function tilesOf({model: {sources}}) {
  const zooms = sources.map((source) => source.zooms.split(",").map(Number))
  return {type: "vector", tiles: [decodeURI(new URL(sources[0].tiles, document.baseURI).href)], promoteId: "i",
    bounds: sources[0].bounds.split(",").map(Number),
    minzoom: Math.min(...zooms.map(([first]) => first)), maxzoom: Math.max(...zooms.map(([, last]) => last))}
}
