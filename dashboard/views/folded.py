"""Parts that are folded away, each made when it is first unfolded."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import panel as pn
import panel_material_ui as pmui


def folded(parts: Mapping[str, Callable[[], pn.viewable.Viewable]]) -> pmui.Accordion:
    """Return an accordion of parts by their titles: most are never opened."""
    makes = list(parts.values())
    spaces = [pn.Column(sizing_mode="stretch_width", margin=0) for _ in makes]
    accordion = pmui.Accordion(*zip(parts, spaces, strict=True), sizing_mode="stretch_width")

    def unfold(*events: object) -> None:
        for at in accordion.active:
            if not spaces[at].objects:
                spaces[at].objects = [makes[at]()]

    accordion.param.watch(unfold, "active")
    return accordion
