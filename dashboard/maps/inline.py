"""The map of the app with everything inside it, for a notebook or a page without a server."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import holoviews as hv
import panel
from panel.viewable import Viewable

from dashboard.maps.ground_layers import ground_json
from dashboard.maps.picture import labels_json, outlines_json, picture
from dashboard.maps.screen import CONTROLS, LIBRARY, ScreenMap
from dashboard.texts import text
from geodata.atlas import Atlas
from geodata.cartography import Layer

_BUNDLED = "static/extensions/panel/bundled/"
_SCRIPT, _END = '<script type="application/javascript">', "</script>"
Bundle = tuple[dict[str, Any], dict[str, Any]]


def start_notebook() -> None:
    """Load Panel, HoloViews and hvPlot into a notebook with their scripts inside it, for no network.

    Frames then have `hvplot`; text from data in a chart or map cannot run as a script of the page.
    Raises ImportError when the extra `notebooks` is not installed.
    """
    from IPython import get_ipython

    # Importing hvPlot calls the extension of HoloViews with its defaults.
    hv.extension.inline = True
    panel.extension(inline=True)
    hv.extension("bokeh", logo=False)
    import hvplot.pandas  # noqa: F401

    panel.config.inline = True  # type: ignore[misc]  # settable, though typed as a property
    shell = get_ipython()
    if shell is not None:
        for kind in (Viewable, hv.core.Dimensioned):
            shell.display_formatter.mimebundle_formatter.for_type(kind, _shown)


def _shown(shown: object) -> Bundle | None:
    """Return a chart or a page for a cell: Panel inlines its style sheets, HoloViews does not."""
    made: Any = panel.panel(shown)
    bundle: Bundle | None = made._repr_mimebundle_()
    if not isinstance(bundle, tuple):
        return bundle
    data, about = bundle
    return {**data, "text/html": closed_script(data["text/html"])}, about


def closed_script(html: str) -> str:
    """Return a cell's HTML in which no text from data ends the script that carries it.

    Panel writes its values into a script as they are; a name with an end tag would leave it.
    """
    before, start, rest = html.partition(_SCRIPT)
    code, end, after = rest.rpartition(_END)
    code = code.replace("</", "\\u003c/").replace("<!--", "\\u003c!--")
    return before + start + code + end + after


def inline_map(
    atlas: Atlas, layer: Layer, *, lang: str | None = None, height: int = 560
) -> ScreenMap:
    """Return the map of the app showing one layer; it asks no server and no network for anything.

    `height` is in pixels. A notebook shows it after `start_notebook`.
    """
    return ScreenMap(
        script=carried_library(),
        sources=carried(atlas),
        texts={name: text(f"map.{name}", lang) for name in CONTROLS},
        picture=picture(atlas, layer, lang=lang),
        height=height,
        sizing_mode="stretch_width",
    )


def carried(atlas: Atlas) -> list[dict[str, str]]:
    """Return the outlines and names of every level as addresses that hold their content."""
    sources = [
        {
            "level": level,
            "outlines": _address("application/json", outlines_json(atlas, level)),
            "labels": _address("application/json", labels_json(atlas, level)),
        }
        for level in atlas.levels
    ]
    ground = ground_json(atlas)
    if ground is not None:
        sources[0]["ground"] = _address("application/json", ground)
    return sources


def carried_library() -> str:
    """Return the script of MapLibre GL out of the panel wheel as an address that holds it."""
    bundled = Path(panel.__file__).parent / "dist" / "bundled"
    return _address("text/javascript", (bundled / LIBRARY.removeprefix(_BUNDLED)).read_bytes())


def _address(kind: str, content: bytes) -> str:
    """Return content as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
