"""Which themes, layouts and panels of a workspace were left out, behind a sign in the top line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import panel as pn

from dashboard.session.state import State
from dashboard.texts import text
from dashboard.views.popover import popover
from dashboard.web.markup import filled
from geodata.themes import ThemeFault

_WIDTH = 640
# A sentence names a file and what is known instead; it is told whole.
_LONGEST = 2_000


def left_out_view(state: State, faults: Sequence[ThemeFault]) -> list[pn.Column]:
    """Return the sign that opens how many were left out and all that is wrong; nothing when none is.

    It is away while presenting.
    """
    if not faults:
        return []
    lang = state.lang
    head = text("left_out.count", lang, count=len({(fault.text, fault.theme) for fault in faults}))
    pane = pn.pane.HTML(
        filled(
            Path(__file__).with_name("faults.html"),
            head=head,
            lines=[line for fault in faults for line in fault.sentence(lang).splitlines()],
            longest=_LONGEST,
        ),
        stylesheets=[_STYLE],
        width=_WIDTH,
    )
    sign = popover(
        head,
        lambda: [pane],
        icon="report_problem",
        color="light",
        width=_WIDTH,
        css_classes=["guatu-left-out"],
    )
    sign.visible = not state.presenting
    state.param.watch(lambda event: sign.param.update(visible=not event.new), ["presenting"])
    return [sign]


_STYLE = """
:host { font-size: 15px; line-height: 1.45; max-height: 70vh; overflow: auto; }
ul { margin: 6px 0 0; padding-left: 20px; }
li { margin: 4px 0; overflow-wrap: anywhere; }
"""
