"""The map of the app with everything inside it, for a notebook or a page without a server."""

from __future__ import annotations

import base64
from pathlib import Path

import holoviews as hv
import panel

from dashboard.maps.picture import labels_json, outlines_json, picture
from dashboard.maps.screen import CONTROLS, LIBRARY, ScreenMap
from dashboard.texts import text
from geodata.atlas import Atlas
from geodata.cartography import Layer

_BUNDLED = "static/extensions/panel/bundled/"


def start_notebook() -> None:
    """Load Panel, HoloViews and hvPlot into a notebook with their scripts inside it, for no network.

    Frames then have `hvplot`. Raises ImportError when the extra `notebooks` is not installed.
    """
    panel.extension(inline=True)
    hv.extension("bokeh", inline=True, logo=False)
    # Imported first, it would load the scripts from outside.
    import hvplot.pandas  # noqa: F401


def inline_map(
    atlas: Atlas, layer: Layer, *, lang: str | None = None, height: int = 560
) -> ScreenMap:
    """Return the map of the app showing one layer; it asks no server and no network for anything.

    `height` is in pixels. A notebook shows it after `start_notebook`.
    """
    sources = [
        {
            "level": level,
            "outlines": _address("application/json", outlines_json(atlas, level)),
            "labels": _address("application/json", labels_json(atlas, level)),
        }
        for level in atlas.levels
    ]
    return ScreenMap(
        script=_address("text/javascript", _library()),
        sources=sources,
        texts={name: text(f"map.{name}", lang) for name in CONTROLS},
        picture=picture(atlas, layer, lang=lang),
        height=height,
        sizing_mode="stretch_width",
    )


def _library() -> bytes:
    """Return the script of MapLibre GL out of the panel wheel."""
    bundled = Path(panel.__file__).parent / "dist" / "bundled"
    return (bundled / LIBRARY.removeprefix(_BUNDLED)).read_bytes()


def _address(kind: str, content: bytes) -> str:
    """Return content as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
