"""The map of the app: MapLibre GL from the panel wheel in a component of our own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import panel
import param

from dashboard.web.component import Component

# Where the Panel server serves MapLibre GL from its own wheel (a test says when it moves).
LIBRARY = "static/extensions/panel/bundled/deckglplot/maplibre-gl/dist/maplibre-gl.js"
# The same as an address that a browser may keep for ever.
LIBRARY_KEPT = f"{LIBRARY}?v={panel.__version__}"
# The words that the controls of the map need, by the keys of the catalogue map.
CONTROLS = (
    "up", "whole", "box", "lasso", "spot", "clear", "north", "failed", "wait", "drawn", "described",
)  # fmt: skip


class ScreenMap(Component):
    """A map that is sent its geometry by address and every change as one `picture`.

    It answers with messages: click (id), point (at), select (ids), spotlight and up; ids are
    positions in the level.
    """

    script = param.String(
        default=LIBRARY, constant=True, doc="address of the map library on this server"
    )
    sources = param.List(
        constant=True, doc="level, outlines and labels (addresses), top level first"
    )
    picture = param.Dict(default={}, doc="the change shown, of dashboard.maps.picture")
    marked = param.List(doc="positions drawn with a thick outline")
    chosen = param.String(doc="how many places are selected, in words; empty for none")
    dark = param.Boolean(default=False)
    symbols = param.Dict(
        default={"points": [], "kinds": []},
        doc="sites and works (x, y, name, kind, shape, state, words, chosen...), and the rows of"
        " their legend (title, shape, rows): one change, so that both are of one theme",
    )
    spotlight = param.Boolean(default=False, doc="whether all but the marked places are dimmed")
    group = param.String(doc="maps of one group move together")
    texts = param.Dict(default={}, constant=True, doc="words of the controls")

    _esm = Path(__file__).with_name("screen.js")
    _stylesheets: ClassVar[list[str]] = [
        Path(__file__).with_name("screen.css").read_text(encoding="utf-8")
    ]
