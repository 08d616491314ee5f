"""Rows that cannot be stored: kept with their text and reason, so that none is lost in silence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.intake.delivery import DeliveredSheet


class SetAside:
    """Which rows of which sheet are set aside, and the first reason for each."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[int, int], str] = {}

    def add(self, rows: pd.DataFrame, check: str) -> None:
        """Set aside rows, given by their columns `sheet_number` and `row`."""
        for key in zip(rows["sheet_number"].tolist(), rows["row"].tolist(), strict=True):
            self._reasons.setdefault(key, check)

    def count(self, source: int) -> int:
        """Return how many rows of one sheet are set aside."""
        return sum(number == source for number, _ in self._reasons)

    def reasons(self, source: int) -> Counter[str]:
        """Return how many rows of one sheet are set aside for each reason."""
        return Counter(why for (number, _), why in self._reasons.items() if number == source)

    def keep(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a frame that are not set aside."""
        if not self._reasons:
            return frame
        mine = pd.MultiIndex.from_arrays([frame["sheet_number"], frame["row"]])
        gone = mine.isin(list(self._reasons))
        return frame[~gone]

    def marks(self, sheets: Sequence[DeliveredSheet]) -> list[tuple[str, str, int]]:
        """Return file, sheet and row of every set-aside row."""
        return [(sheets[source].file, sheets[source].sheet, row) for source, row in self._reasons]

    def rows(self, sheets: Sequence[DeliveredSheet]) -> pa.Table:
        """Return every set-aside row: file, sheet, row, reason and its cells as JSON text."""
        records = []
        for number, sheet in enumerate(sheets):
            wanted = {row: why for (source, row), why in self._reasons.items() if source == number}
            places = np.flatnonzero(np.isin(sheet.rows, list(wanted)))
            if not len(places):
                continue
            cells = sheet.table.frame.iloc[places].to_dict("records")
            for row, texts in zip(sheet.rows[places].tolist(), cells, strict=True):
                content = json.dumps(texts, ensure_ascii=False)
                records.append((sheet.file, sheet.sheet, row, wanted[row], content))
        names = ("file", "sheet", "row", "check", "cells")
        schema = pa.schema([(n, pa.int64() if n == "row" else pa.string()) for n in names])
        listed = [dict(zip(names, record, strict=True)) for record in sorted(records)]
        return pa.Table.from_pylist(listed, schema=schema)
