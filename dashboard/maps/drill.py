"""A map with drilling in one file: Folium draws the places, our own script what is said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import folium
import shapely

from dashboard.maps.picture import bounds, grounds
from dashboard.maps.web import RawHtml, border_lines, library_html, stable_names
from dashboard.web.markup import filled
from dashboard.web.scripts import plain_script
from geodata.atlas import Atlas
from geodata.escaping import html_text

_HERE = Path(__file__).parent
# Six decimals of a degree are a tenth of a metre; five keep the file small.
_GRID = 1e-5


def drill_map(atlas: Atlas, told: Mapping[str, object]) -> str:
    """Return a page that shows `told` over the lowest places, with nothing fetched.

    `told` is plain JSON: what `drill.js` reads, with its places in the order of `drill_places`.
    """
    chart = folium.Map(tiles=None, attributionControl=False, zoomSnap=0.1, prefer_canvas=False)
    chart.default_js, chart.default_css = [], []
    places = _outlines(atlas)
    places.add_to(chart)
    for level in reversed(atlas.levels[:-1]):
        border_lines(atlas, level).add_to(chart)
    west, south, east, north = bounds(atlas, None)
    chart.fit_bounds([[south, west], [north, east]], padding=(16, 16))
    root: Any = chart.get_root()
    root.title = html_text(told["title"])
    style = (_HERE / "drill.css").read_text(encoding="utf-8")
    root.header.add_child(RawHtml(library_html() + f"<style>{style}</style>"), name="library")
    beside = filled(_HERE / "drill.html", lang=told["lang"], grounds=grounds()["light"])
    root.html.add_child(RawHtml(beside), name="beside")
    script = plain_script(_HERE / "drill.js")
    content = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    call = f"drill({chart.get_name()}, {places.get_name()}, {content});"
    # Folium fills its own script while it renders, so ours comes after it.
    page, end = root.render(), "</html>"
    return stable_names(page.replace(end, f"<script>{script}\n{call}</script>\n{end}"))


def drill_places(atlas: Atlas) -> list[str]:
    """Return the keys of all places, top level first, in the order the page numbers them."""
    return [str(key) for level in atlas.levels for key in atlas.places_in(None, level)]


def _outlines(atlas: Atlas) -> folium.GeoJson:
    """Return the lowest places; the only property is the number of the place."""
    numbers = {key: number for number, key in enumerate(drill_places(atlas))}
    frame = atlas.geometry(atlas.lowest)
    shapes = shapely.set_precision(frame.geometry.to_numpy(), _GRID, mode="pointwise")
    features = [
        {"type": "Feature", "properties": {"id": numbers[str(key)]}, "geometry": json.loads(shape)}
        for key, shape in zip(frame.index, shapely.to_geojson(shapes), strict=True)
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda feature: {"weight": 0.8, "color": "#ffffff", "fillOpacity": 1},
        smooth_factor=0.5,
    )
