"""Rows of a sheet that are no rows of data: its header again on each page, totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.intake.readers import SourceTable

_TOTAL = re.compile(
    r"^(?:合计|总计|小计|累计|本页合计|全县合计|total|subtotal|sum)[:：]?$", re.IGNORECASE
)
# A row is the header again where so many of its cells are their own headers, at least.
_SAME = 3


@dataclass(frozen=True)
class PageRows:
    """Rows that were left out of a sheet: the kind as issues name it, the first row, how many."""

    check: str
    row: int
    count: int


def without_page_rows(
    source: SourceTable, keys: Sequence[str]
) -> tuple[SourceTable, list[PageRows]]:
    """Return a table without repeated headers and totals, and what was left out.

    `keys` are the headers that say whose a row is: a total fills none of them.
    """
    frame = source.frame
    if frame.empty:
        return source, []
    same, filled = np.zeros(len(frame), dtype=int), np.zeros(len(frame), dtype=int)
    total = np.zeros(len(frame), dtype=bool)
    for header in frame.columns:
        cells = frame[header]
        same += (cells == header.rsplit("_", 1)[-1]).to_numpy() | (cells == header).to_numpy()
        filled += (cells != "").to_numpy()
        total |= cells.str.replace(r"\s+", "", regex=True).str.fullmatch(_TOTAL).to_numpy(bool)
    heads = (same >= _SAME) & (same > filled / 2)
    for key in keys:
        total &= (frame[key] == "").to_numpy() | frame[key].str.fullmatch(_TOTAL).to_numpy(bool)
    totals = total & ~heads & bool(keys)
    left = [
        PageRows(check, int(source.rows[mask.argmax()]), int(mask.sum()))
        for check, mask in (("repeated_header", heads), ("total_rows", totals))
        if mask.any()
    ]
    if not left:
        return source, []
    kept = ~(heads | totals)
    rest = frame[kept].reset_index(drop=True)
    return replace(source, frame=rest, rows=source.rows[kept]), left
