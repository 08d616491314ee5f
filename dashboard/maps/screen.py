"""The map of the app: MapLibre GL from the panel wheel in a component of our own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import param

from dashboard.maps.component import Component

# Where the Panel server serves MapLibre GL from its own wheel (a test says when it moves).
LIBRARY = "static/extensions/panel/bundled/deckglplot/maplibre-gl/dist/maplibre-gl.js"
# The words that the controls of the map need, by the keys of the catalogue map.
CONTROLS = ("up", "whole", "box", "lasso", "clear", "north", "missing", "failed", "wait")


class ScreenMap(Component):
    """A map that is sent its geometry by address and every change as one `picture`.

    It answers with messages: click (id), select (ids) and up; ids are positions in the level.
    """

    script = param.String(default=LIBRARY, doc="address of the map library on this server")
    sources = param.List(doc="level, outlines and labels (addresses), top level first")
    picture = param.Dict(default={}, doc="the change shown, of dashboard.maps.picture")
    marked = param.List(doc="positions drawn with a thick outline")
    chosen = param.String(doc="how many places are selected, in words; empty for none")
    dark = param.Boolean(default=False)
    texts = param.Dict(default={}, doc="words of the controls")

    _esm = Path(__file__).with_name("screen.js")
    _stylesheets: ClassVar[list[str]] = [
        Path(__file__).with_name("screen.css").read_text(encoding="utf-8")
    ]
