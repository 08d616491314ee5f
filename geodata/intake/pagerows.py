"""Rows of a sheet that are no rows of data: its title or header again on each page, totals, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.intake.readers import SourceTable

_TOTAL = re.compile(
    r"^(?:合计|总计|小计|累计|本页合计|全县合计|total|subtotal|sum)[:：]?$", re.IGNORECASE
)
# What stands below a table about how it was made.
_NOTE = re.compile(
    r"^(?:说明|备注|注|附注|附|填表\S{0,3}|制表\S{0,2}|审核\S{0,2}|审批\S{0,2}|复核\S{0,2}|负责人|单位负责人|经办人"
    r"|联系\S{1,2}|报送\S{1,2}|填报\S{1,2}|统计\S{1,2}|数据来源|打印\S{1,2}|note|remark|prepared by|source)s?[:：]",
    re.IGNORECASE,
)
_FEW_CELLS = 6
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
    """Return a table without repeated titles and headers, totals and notes, and what was left out.

    `keys` are the headers that say whose a row is: a total or note fills none of them.
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
    little = filled <= min(_FEW_CELLS, frame.shape[1] / 2)
    titled, notes = _said_beside(source, np.flatnonzero(little), keys)
    heads = (same >= _SAME) & (same > filled / 2) | titled
    for key in keys:
        total &= (frame[key] == "").to_numpy() | frame[key].str.fullmatch(_TOTAL).to_numpy(bool)
    totals = total & ~heads & bool(keys)
    notes &= ~heads & ~totals
    left = [
        PageRows(check, int(source.rows[mask.argmax()]), int(mask.sum()))
        for check, mask in (
            ("repeated_header", heads),
            ("total_rows", totals),
            ("note_rows", notes),
        )
        if mask.any()
    ]
    if not left:
        return source, []
    kept = ~(heads | totals | notes)
    rest = frame[kept].reset_index(drop=True)
    return replace(source, frame=rest, rows=source.rows[kept]), left


def _said_beside(
    source: SourceTable, rows: np.ndarray, keys: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return which of some rows hold nothing but texts over the header, and which are notes."""
    titled, noted = (np.zeros(len(source.frame), dtype=bool) for _ in range(2))
    titles = {cell for _, cells in source.above for cell in cells if cell}
    # Rows are looked at one by one only where they hold little.
    for row, cells in zip(rows, source.frame.iloc[rows].to_dict("records"), strict=True):
        texts = [text for text in cells.values() if text]
        titled[row] = bool(texts) and titles.issuperset(texts)
        nobody = bool(keys) and not any(cells[key] for key in keys)
        noted[row] = nobody and any(_NOTE.match(text) for text in texts)
    return titled, noted
