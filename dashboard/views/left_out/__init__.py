"""Which themes and layouts of a workspace were left out, in the top line of the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import panel as pn

from dashboard.session.state import State
from dashboard.texts import text
from dashboard.web.markup import filled
from geodata.themes import ThemeFault


def left_out_view(state: State, faults: Sequence[ThemeFault]) -> list[pn.viewable.Viewable]:
    """Return what says how many were left out, and opened why; nothing when all are there.

    It is away while presenting.
    """
    if not faults:
        return []
    lang = state.lang
    count = len({(fault.text, fault.theme) for fault in faults})
    pane = pn.pane.HTML(
        filled(
            Path(__file__).with_name("faults.html"),
            head=text("left_out.count", lang, count=count),
            sentences=[fault.sentence(lang) for fault in faults],
        ),
        css_classes=["guatu-left-out"],
        stylesheets=[_STYLE],
        visible=not state.presenting,
    )
    state.param.watch(lambda event: pane.param.update(visible=not event.new), ["presenting"])
    return [pane]


_STYLE = """
:host { position: relative; font-size: 15px; color: #fff; }
summary { cursor: pointer; padding: 4px 10px; border: 1px solid currentColor; border-radius: 6px; }
ul { position: absolute; right: 0; z-index: 5; width: min(70vw, 720px); margin: 4px 0 0; color: #202124;
  background: #fff; border: 1px solid #9aa0a6; border-radius: 6px; padding: 10px 14px 10px 30px; }
li { margin: 4px 0; overflow-wrap: anywhere; }
"""
