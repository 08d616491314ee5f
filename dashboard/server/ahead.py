"""What a page will ask for a second later, named in its answer so that it is fetched at once."""

from __future__ import annotations

from functools import cache

import panel_material_ui as pmui

from dashboard.maps.screen import LIBRARY_KEPT


def ahead(path: str, query: str) -> str:
    """Return the value of the header Link for a page; its addresses are relative to the page."""
    # The overview draws without the library of the map, which the next step needs.
    shows_map = path != "/" or "view=map" in query or "place=" in query
    library = f"<{LIBRARY_KEPT}>; rel={'preload' if shows_map else 'prefetch'}; as=script"
    return f"<{_widgets()}>; rel=modulepreload, {library}"


@cache
def _widgets() -> str:
    """Return the address of the widgets' script as Panel gives it to the browser."""
    return str(pmui.Button._render_esm(compiled=True, server=True)).removeprefix("./")
