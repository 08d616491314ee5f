"""A drawer over the page with one printable sheet: a print button, a way out, and the content."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
import panel_material_ui as pmui

from dashboard.views.print_button import PrintButton


def sheet_drawer(
    button: PrintButton, content: pn.viewable.Viewable, *, close: str, leave: Callable[[], object]
) -> pmui.Drawer:
    """Return the drawer, closed; `leave` is called by the button `close` and when it is shut."""
    out = pmui.Button(label=close, icon="close", variant="contained")
    out.on_click(lambda event: leave())
    drawer = pmui.Drawer(
        pn.Row(button, pn.layout.HSpacer(), out, sizing_mode="stretch_width"),
        content,
        anchor="right",
        size=980,
        # On a phone the sheet is as wide as the window, not as a page of paper.
        sx={"maxWidth": "100vw"},
        open=False,
    )
    drawer.param.watch(lambda event: None if event.new else leave(), "open")
    return drawer
