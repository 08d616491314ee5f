"""What the shown indicator is made of, drawn: courses stacked by month, counts and sums as bars."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import panel as pn

from dashboard.charts import BARS, composition, counted
from dashboard.texts import text
from geodata.escaping import html_text
from geodata.workspace.composition import Composition

# Pixels of a chart that is stacked by month, of each bar that lies, and of what is around the bars.
_STACKED, _BAR, _AROUND = 280, 36, 44
# Charts of one page have the same dimensions; each keeps its own range.
_KEPT = {"sizing_mode": "stretch_width", "margin": (0, 0, 12, 0), "linked_axes": False}
_CSS = "h2 { margin: 8px 0 0; font-size: clamp(17px, 1.1vw, 22px); }"
# From here on amounts are told in tens of thousands, as offices do.
_LARGE = 100_000


def made_of(made: Sequence[Composition], lang: str, *, dark: bool) -> list[pn.viewable.Viewable]:
    """Return a heading with its unit and a chart for each composition."""
    drawn: list[pn.viewable.Viewable] = []
    for one in made:
        parts, unit = _scaled(one)
        title = one.title + (text(f"why.unit_{unit}", lang) if unit else "")
        if one.subjects:
            title += text("why.subjects", lang, count=f"{one.subjects:,}")
        head = f"<h2>{html_text(title)}</h2>"
        drawn += [
            pn.pane.HTML(head, stylesheets=[_CSS], sizing_mode="stretch_width", margin=0),
            _chart(one, parts, dark=dark),
        ]
    return drawn


def _scaled(made: Composition) -> tuple[pd.DataFrame, str]:
    """Return the parts as they are drawn and their unit: yuan, tens of thousands, or none."""
    if not made.money:
        return made.parts, ""
    if float(made.parts.abs().max().max()) < _LARGE:
        return made.parts, "yuan"
    return made.parts / 10_000, "ten_thousand"


def _chart(made: Composition, parts: pd.DataFrame, *, dark: bool) -> pn.pane.HoloViews:
    if made.stacked:
        chart = composition(parts, order=list(parts.columns), dark=dark)
        return pn.pane.HoloViews(chart, height=_STACKED, **_KEPT)
    height = _AROUND + _BAR * min(len(parts), BARS)
    return pn.pane.HoloViews(counted(parts["count"], dark=dark), height=height, **_KEPT)
