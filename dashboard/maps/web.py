"""A map in one file: opens from disk or a memory stick with the network off."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import folium
import numpy as np
import shapely
from branca.element import MacroElement
from jinja2 import Template
from xstatic.pkg import leaflet

from dashboard.maps.picture import bounds, grounds
from dashboard.texts import text
from dashboard.web.markup import element, filled
from geodata.atlas import Atlas
from geodata.cartography import NO_DATA, Layer, LegendRow, draw_layer, rank_places
from geodata.cartography.coverage import coverage
from geodata.cartography.headline import headline, whole_figure
from geodata.cartography.palette import QUIET
from geodata.cartography.words import figure_text, period_text, state_text
from geodata.escaping import html_text

_HERE = Path(__file__).parent
_GRID = 1e-5
_REACH, _WORDY = 24.0, 9  # pixels of the largest circle; signs of a label that stands in a row
# What folium names its variables by.
_NAME = re.compile(r"(?<=[a-z]_)[0-9a-f]{32}(?![0-9a-f])")
# A marker would fetch its picture before it is given its text.
_NO_PICTURE = "L.Marker.prototype.options.icon = L.divIcon({className: 'worst'});"


def write_web_map(
    atlas: Atlas, file: Path, *, indicator: str | None = None, lang: str | None = None
) -> None:
    """Write `web_map` to a file in UTF-8."""
    file.write_text(web_map(atlas, indicator=indicator, lang=lang), encoding="utf-8")


def web_map(atlas: Atlas, *, indicator: str | None = None, lang: str | None = None) -> str:
    """Return a page with the lowest places coloured by an indicator in its last period.

    Scripts and styles are in the page and no tiles are asked for. Every text from data is escaped.
    The same atlas gives the same page.
    """
    key = indicator or next(iter(atlas.indicators))
    periods = atlas.periods_of(key)
    layer = draw_layer(atlas, key, periods[-1] if periods else "", level=atlas.lowest)
    chart = folium.Map(
        tiles=None, zoom_control=True, attributionControl=False, zoomSnap=0.1, prefer_canvas=False
    )
    chart.default_js, chart.default_css = [], []
    _places(atlas, layer, lang).add_to(chart)
    for level in reversed(atlas.levels[:-1]):
        border_lines(atlas, level).add_to(chart)
    for circle in _circles(atlas, layer):
        circle.add_to(chart)
    for marker in _labels(atlas, layer):
        marker.add_to(chart)
    west, south, east, north = bounds(atlas, None)
    chart.fit_bounds([[south, west], [north, east]], padding=(20, 20))
    root: Any = chart.get_root()
    root.title = html_text(f"{atlas.title} {layer.indicator.title_in(lang)}")
    root.header.add_child(RawHtml(library_html()), name="library")
    root.html.add_child(RawHtml(_beside(atlas, layer, lang)), name="beside")
    return stable_names(root.render())


class RawHtml(MacroElement):
    """Finished HTML that no template engine reads again."""

    def __init__(self, html: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Folium gives it no types
        self.html = html
        self._template = Template("{{ this.html }}")

    def render(self, **kwargs: object) -> str:
        """Return the HTML as it is."""
        return self.html


def library_html() -> str:
    """Return Leaflet's script and style for the head, with no reference to another file."""
    home = Path(leaflet.BASE_DIR)
    script = (home / "leaflet.js").read_text(encoding="utf-8")
    script = re.sub(r"//# sourceMappingURL=.*", "", script).replace("</script", "<\\/script")
    style = re.sub(r"url\([^)]*\)", "none", (home / "leaflet.css").read_text(encoding="utf-8"))
    own = (_HERE / "web.css").read_text(encoding="utf-8")
    return f"<script>{script}\n{_NO_PICTURE}</script>\n<style>{style}\n{own}</style>"


def _places(atlas: Atlas, layer: Layer, lang: str | None) -> folium.GeoJson:
    """Return the coloured places with their tooltips; folium puts those in as HTML."""
    frame = atlas.geometry(layer.level)
    positions = layer.keys.get_indexer(frame.index)
    parents = atlas.places["parent"].reindex(frame.index).map(atlas.places["name"])
    colours = layer.palette.colours["light"]
    if layer.form == "circles":
        colours = (QUIET["light"],) * len(colours)
    shapes = shapely.set_precision(frame.geometry.to_numpy(), _GRID, mode="pointwise")
    features, reasons = [], layer.reasons
    # Feature by feature, because folium takes mappings.
    for key, position, shape in zip(frame.index, positions, shapes, strict=True):
        class_ = layer.classes[position]
        figure = figure_text(
            layer.values[position], layer.indicator, decimals=layer.decimals, lang=lang
        )
        reason = str(reasons[position])
        properties = {
            "name": html_text(atlas.places.at[key, "name"]),
            "parent": html_text(parents[key]) if isinstance(parents[key], str) else "",
            "figure": html_text(state_text(reason, lang) or figure),
            "fill": f"url(#{reason})" if class_ == NO_DATA else colours[class_],
        }
        geometry = json.loads(shapely.to_geojson(shape))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    tooltip = folium.GeoJsonTooltip(["name", "parent", "figure"], labels=False, sticky=True)
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=_fill,
        highlight_function=lambda feature: {"weight": 4, "color": "#0b57d0"},
        tooltip=tooltip if features else None,
        smooth_factor=0.5,
    )


def _fill(feature: dict[str, Any]) -> dict[str, object]:
    fill = feature["properties"]["fill"]
    return {"fillColor": fill, "fillOpacity": 1, "color": "#ffffff", "weight": 0.8}


def border_lines(atlas: Atlas, level: str) -> folium.GeoJson:
    """Return the outlines of a level above as lines that no pointer meets."""
    weight = 3 if level == atlas.levels[0] else 1.6
    lines = shapely.boundary(atlas.geometry(level).geometry.to_numpy())
    line = shapely.set_precision(shapely.union_all(lines), _GRID, mode="pointwise")
    return folium.GeoJson(
        json.loads(shapely.to_geojson(line)),
        style_function=lambda feature: {"color": "#263238", "weight": weight},
        interactive=False,
        smooth_factor=0.5,
    )


def _labels(atlas: Atlas, layer: Layer) -> list[folium.Marker]:
    """Return the names of the worst places as markers, leaving out those without room."""
    frame = atlas.geometry(layer.level)
    west, south, east, north = bounds(atlas, None)
    markers, taken = [], shapely.MultiPolygon()
    for pointed in layer.pointed_out(atlas):
        key, words = layer.keys[pointed.at], pointed.words
        if key in frame.index:
            point = shapely.point_on_surface(frame.geometry[key])
            wide, high = (east - west) * len(words) / 110, (north - south) / 50
            room = shapely.box(point.x - wide, point.y - high, point.x + wide, point.y + high)
            if room.intersects(taken):
                continue
            taken = taken.union(room)
            icon = folium.DivIcon(html=element("b", words), class_name="worst")
            markers.append(folium.Marker((point.y, point.x), icon=icon))
    return markers


def _beside(atlas: Atlas, layer: Layer, lang: str | None) -> str:
    """Return title, legend, join counts and the worst ten as escaped HTML."""
    complete = coverage(atlas, layer.indicator.key, layer.period)
    level = text(f"atlas.{atlas.lowest}", lang)
    lines = [
        text("join_line.period", lang, period=period_text(layer.period, lang) or "—"),
        text(
            "join_line.with_data",
            lang,
            count=complete.with_data,
            places=complete.places,
            level=level,
        ),
    ]
    if complete.joined is not None and complete.features is not None:
        counts = {"matched": complete.joined, "features": complete.features}
        lines.append(text("join_line.joined", lang, **counts))
    ranked = rank_places(atlas, layer.indicator.key, layer.period, level=layer.level)
    figures = [
        (row.name, figure_text(row.value, layer.indicator, decimals=layer.decimals, lang=lang))
        for row in ranked[ranked["rank"].notna()].head(10).itertuples()
    ]
    return filled(
        _HERE / "web.html",
        lang=lang or "zh",
        title=headline(atlas, layer, lang),
        whole=whole_figure(atlas, layer, lang),
        indicator=layer.indicator.title_in(lang),
        unit=layer.indicator.unit_in(lang),
        bars=_bars(layer, lang),
        wordy=any(len(row.label) > _WORDY for row in layer.legend(lang)),
        rule=layer.rule(lang),
        lines=lines,
        figures=figures,
        grounds=grounds()["light"],
    )


def _bars(layer: Layer, lang: str | None) -> list[tuple[LegendRow, int]]:
    """Return the classes from the lowest up, then those without a figure, each with a height in pixels."""
    rows = sorted(layer.legend(lang), key=lambda row: (row.no_data, row.at))
    most = max(1, *(row.count for row in rows))
    shown = [row for row in rows if row.count or not row.no_data]
    return [(row, max(4 if row.count else 1, 64 * row.count // most)) for row in shown]


def _circles(atlas: Atlas, layer: Layer) -> list[folium.CircleMarker]:
    """Return figures that add up as circles whose area is the figure, the largest first."""
    if layer.form != "circles":
        return []
    shapes = atlas.shapes(layer.level, layer.keys)
    points = shapely.get_coordinates(shapely.point_on_surface(shapes[~shapely.is_missing(shapes)]))
    placed = dict(zip(np.flatnonzero(~shapely.is_missing(shapes)).tolist(), points, strict=True))
    colours = layer.palette.colours["light"]
    shown = [int(at) for at in np.argsort(-layer.values) if layer.values[at] > 0 and at in placed]
    return [
        folium.CircleMarker(
            location=(float(placed[at][1]), float(placed[at][0])),
            radius=max(3.0, _REACH * float(np.sqrt(layer.values[at] / layer.largest))),
            color="#ffffff",
            weight=1.4,
            fill_color=colours[layer.classes[at]],
            fill_opacity=0.9,
            interactive=False,
        )
        for at in shown
    ]


def stable_names(page: str) -> str:
    """Return the page with folium's random names replaced by numbers in order."""
    names = dict.fromkeys(_NAME.findall(page))
    numbers = {name: f"{order:032x}" for order, name in enumerate(names)}
    return _NAME.sub(lambda match: numbers[match[0]], page)
