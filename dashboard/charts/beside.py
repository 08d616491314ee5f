"""Several figures of the same parts beside each other: a row each, a column a figure."""

from __future__ import annotations

import holoviews as hv
import pandas as pd

from dashboard.charts.look import COLOURS, dressed, start, worded

_ROW, _AROUND = 36, 64
# Of more columns than this the headings stand aslant.
_LEVEL = 4


def height(parts: pd.DataFrame) -> int:
    """Return the pixels the chart needs."""
    return _AROUND + _ROW * len(parts) + (48 if len(parts.columns) > _LEVEL else 0)


def draw(parts: pd.DataFrame, *, dark: bool) -> hv.Overlay:
    """Return each column of numbers by part, in the order given."""
    start()
    ink = COLOURS["dark" if dark else "light"]
    cells = [
        (str(column), str(part), value)
        for part, row in parts.iterrows()
        for column, value in row.items()
    ]
    ground = hv.HeatMap(
        [(column, part, 1) for column, part, _ in cells],
        kdims=["column", "part"],
        vdims="there",
    ).opts(cmap=[ink["ground"], ink["ground"]], line_color=ink["grid"])
    told = hv.Labels(
        [(column, part, _said(parts[column].dtype.kind, value)) for column, part, value in cells],
        ["column", "part"],
        "said",
    ).opts(text_color=ink["ink"], text_font_size="13pt")
    return (ground * told).opts(
        responsive=True,
        xlabel="",
        ylabel="",
        toolbar=None,
        show_legend=False,
        xaxis="top",
        invert_yaxis=True,
        xrotation=45 if len(parts.columns) > _LEVEL else 0,
        hooks=[dressed(ink), worded],
        fontsize={"ticks": "12pt"},
    )


def _said(kind: str, value: float) -> str:
    """Return a number as it is written, a dash for one that nobody knows."""
    if pd.isna(value):
        return "—"
    return f"{value:,.1f}" if kind == "f" and value % 1 else f"{value:,.0f}"
