"""A small map of a join as inline SVG, for a notebook and for the report."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from geodata.escaping import html_text

COLOURS = {"matched": "#2f7fb8", "proposed": "#f0a202", "unmatched": "#c8352b"}
_MOST_SHAPES = 20_000


def svg_map(
    layer: gpd.GeoDataFrame,
    outcomes: Sequence[str],
    titles: Sequence[str],
    *,
    width: int = 360,
    label: str = "",
) -> str:
    """Return the features coloured by outcome as SVG text, with escaped titles for the pointer.

    Features without geometry are left out; the drawing keeps about a pixel's detail.
    """
    shapes = layer.geometry.to_numpy()
    present = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if not present.any() or present.sum() > _MOST_SHAPES:
        return ""
    left, bottom, right, top = shapely.total_bounds(shapes[present])
    # A degree of longitude is shorter than one of latitude away from the equator.
    squeeze = float(np.cos(np.radians((bottom + top) / 2))) if _in_degrees(layer) else 1.0
    scale = width / max((right - left) * squeeze, (top - bottom) * 0.75, 1e-9)
    height = max(1, round((top - bottom) * scale))
    drawn = shapely.simplify(shapes, 0.6 / scale)
    paths = []
    # Over the features, worst drawn last so that they lie on top.
    for n in sorted(np.flatnonzero(present), key=lambda n: list(COLOURS).index(outcomes[n])):
        path = _path(drawn[n], left, top, scale * squeeze, scale)
        if path:
            title = f"<title>{html_text(titles[n], 120)}</title>"
            paths.append(f'<path fill="{COLOURS[outcomes[n]]}" d="{path}">{title}</path>')
    drawn_width = max(1, round((right - left) * squeeze * scale))
    return (
        f'<svg role="img" aria-label="{html_text(label)}" viewBox="0 0 {drawn_width} {height}" '
        f'width="{drawn_width}" height="{height}" stroke="#fff" stroke-width="0.4" '
        f'fill-rule="evenodd" xmlns="http://www.w3.org/2000/svg">{"".join(paths)}</svg>'
    )


def _in_degrees(layer: gpd.GeoDataFrame) -> bool:
    return layer.crs is not None and layer.crs.is_geographic


def _path(shape: object, left: float, top: float, across: float, down: float) -> str:
    lines = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = shapely.get_coordinates(ring)[:-1]
            x = np.round((points[:, 0] - left) * across, 1)
            y = np.round((top - points[:, 1]) * down, 1)
            lines.append("M" + "L".join(f"{a:g} {b:g}" for a, b in zip(x, y, strict=True)) + "Z")
    return "".join(lines)
