"""Amounts by period stacked by part, drawn by the browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pandas as pd
import param

from dashboard.charts import part_colours
from dashboard.maps.component import Component, script_of
from geodata.escaping import plain_text

_LONGEST = 20


class Stacked(Component):
    """A bar for each period: `content` has title, labels, and parts with name, colour and values."""

    content = param.Dict(default={})
    dark = param.Boolean(default=False)

    _esm = script_of("drawing.js", "stacked.js", folder=Path(__file__).parent)
    _stylesheets: ClassVar[list[str]] = [
        ".stacked { height: 100%; overflow: hidden; } svg { display: block; width: 100%; height: 100%; } "
        "text { fill: #10171c; } .dark text { fill: #ffffff; }"
    ]


def stacked(amounts: pd.DataFrame, *, order: Sequence[str], title: str) -> dict[str, object]:
    """Return the content of Stacked: index period, a column for each part, in yuan.

    `order` names all parts there can be, so that a part has the same colour on every card.
    """
    colours = part_colours(order)
    parts = [
        {
            "name": plain_text(name, _LONGEST),
            "colour": colours[name],
            "values": [None if pd.isna(value) else float(value) for value in values],
        }
        for name, values in amounts.items()
    ]
    labels = [plain_text(period, _LONGEST) for period in amounts.index]
    return {"title": plain_text(title), "labels": labels, "parts": parts}
