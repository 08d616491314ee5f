"""What the shown indicator is made of, drawn by the kind of chart that is declared for it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import panel as pn

from dashboard.charts import chart_kinds
from dashboard.texts import text
from dashboard.web.failed_part import failed_part
from dashboard.web.markup import element
from geodata.workspace.composition import Composition

# Charts of one page have the same dimensions; each keeps its own range.
_KEPT = {"sizing_mode": "stretch_width", "margin": (0, 0, 12, 0), "linked_axes": False}
_CSS = "h2 { margin: 8px 0 0; font-size: clamp(17px, 1.1vw, 22px); }"
# From here on amounts are told in tens of thousands, as offices do.
_LARGE = 100_000


def composition_charts(
    made: Sequence[Composition], lang: str, *, dark: bool
) -> list[pn.viewable.Viewable]:
    """Return a heading with its unit and a chart for each composition."""
    drawn: list[pn.viewable.Viewable] = []
    for one in made:
        parts, unit = _scaled(one, lang)
        title = one.title + (text("why.unit", lang, unit=unit) if unit else "")
        if one.subjects:
            title += text("why.subjects", lang, count=f"{one.subjects:,}")
        head = element("h2", title)
        drawn += [
            pn.pane.HTML(head, stylesheets=[_CSS], sizing_mode="stretch_width", margin=0),
            _chart(one, parts, lang, dark=dark),
        ]
    return drawn


def _scaled(made: Composition, lang: str) -> tuple[pd.DataFrame, str]:
    """Return the parts as they are drawn and their unit in words: of money one that fits its size."""
    if not made.money:
        return made.parts, made.unit
    if float(made.parts.abs().max().max()) < _LARGE:
        return made.parts, text("why.unit_yuan", lang)
    return made.parts / 10_000, text("why.unit_ten_thousand", lang)


def _chart(
    made: Composition, parts: pd.DataFrame, lang: str, *, dark: bool
) -> pn.viewable.Viewable:
    """Return the chart; in its place, where there is none or it fails, a sentence that says so."""
    kinds = chart_kinds()
    if made.kind not in kinds:
        said = text("why.no_chart", lang, chart=made.kind, known=", ".join(kinds))
        return pn.pane.HTML(element("p", said), sizing_mode="stretch_width", margin=0)
    kind = kinds[made.kind]
    try:
        drawn = kind.draw(parts, dark=dark)
        return pn.pane.HoloViews(drawn, height=kind.height(parts), **_KEPT)
    except Exception as error:
        said = text("page.part_failed", lang, part=made.title)
        return failed_part(f"chart {made.kind}", said, error)
