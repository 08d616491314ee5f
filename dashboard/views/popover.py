"""A button that opens a small sheet of further parts beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import panel as pn
import panel_material_ui as pmui

Parts = Sequence[pn.viewable.Viewable | pn.viewable.Viewer]


def popover(
    label: str,
    parts: Callable[[], Parts],
    *,
    icon: str,
    color: str = "default",
    upwards: bool = False,
    width: int = 300,
    css_classes: Sequence[str] = (),
    sx: Mapping[str, str] | None = None,
) -> pn.Column:
    """Return the button, an `icon` that `label` names; the sheet is made when it is first opened.

    Escape and a click elsewhere close it, and the focus returns to the button.
    """
    button = pmui.IconButton(
        icon=icon, description=label, color=color, margin=0, size="1.4em", sx=dict(sx or {})
    )
    ends = ("top", "bottom") if upwards else ("bottom", "top")
    sheet = pmui.Popup(
        anchor_origin={"horizontal": "right", "vertical": ends[0]},
        transform_origin={"horizontal": "right", "vertical": ends[1]},
        elevation=6,
    )

    def show(*events: object) -> None:
        if not sheet.objects:
            sheet.objects = [pn.Column(*parts(), width=width, margin=(8, 16, 14, 16))]
        sheet.open = True

    button.on_click(show)
    return pn.Column(button, sheet, css_classes=[*css_classes], margin=0, align="center")
