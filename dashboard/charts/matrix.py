"""Counts of pairs as a square: who is in the class of the row and of the column at once."""

from __future__ import annotations

import holoviews as hv
import pandas as pd

from dashboard.charts.look import COLOURS, dressed, start

# What stands between the two words of a pair.
SIGN = " × "
_CELL, _AROUND = 46, 96


def height(parts: pd.DataFrame) -> int:
    """Return the pixels the chart needs."""
    return _AROUND + _CELL * len(_words(parts))


def draw(parts: pd.DataFrame, *, dark: bool) -> hv.Overlay:
    """Return the column `count` by pair, a label with the sign × or one word for both.

    Each pair stands once, on one side of the diagonal; on it stand all of a class.
    """
    start()
    ink = COLOURS["dark" if dark else "light"]
    words = _words(parts)
    cells = dict.fromkeys(_pairs(words), 0.0)
    for label, count in parts["count"].items():
        row, column = _pair(str(label))
        key = (row, column) if (row, column) in cells else (column, row)
        cells[key] += float(count)
    rows = [(column, row, count) for (row, column), count in cells.items()]
    square = hv.HeatMap(rows, kdims=["column", "row"], vdims="count").opts(
        cmap=[ink["ground"], ink["own"]], clim=(0, max(2 * max(cells.values(), default=1), 1))
    )
    told = hv.Labels(
        [(column, row, f"{count:,.0f}") for column, row, count in rows], ["column", "row"], "said"
    ).opts(text_color=ink["ink"], text_font_size="12pt")
    return (square * told).opts(
        responsive=True,
        xlabel="",
        ylabel="",
        toolbar=None,
        show_legend=False,
        xaxis="top",
        invert_yaxis=True,
        xrotation=30,
        hooks=[dressed(ink), _worded],
        fontsize={"ticks": "11pt"},
    )


def _pair(label: str) -> tuple[str, str]:
    row, _, column = label.partition(SIGN)
    return row, column or row


def _words(parts: pd.DataFrame) -> list[str]:
    """Return the classes, the largest first."""
    whole = [row for row, column in map(_pair, map(str, parts.index)) if row == column]
    rest = [word for label in map(str, parts.index) for word in _pair(label)]
    return list(dict.fromkeys([*whole, *rest]))


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return [(row, column) for at, row in enumerate(words) for column in words[at:]]


def _worded(plot: object, element: object) -> None:
    """Write the classes at the sides as words: the look of charts writes numbers there."""
    from bokeh.models import CategoricalTickFormatter

    plot.state.yaxis.formatter = CategoricalTickFormatter()  # type: ignore[attr-defined]
