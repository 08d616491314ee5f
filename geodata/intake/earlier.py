"""One table as it stood in an earlier month: counts, values and texts, also where they lie sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.intake.combining import key_text
from geodata.store import stored_columns
from geodata.store.embedded import DuckDBEngine
from geodata.store.encryption import Seals, seals_of
from geodata.tables import Table

Files = Mapping[str, Sequence[Path]]


@dataclass(frozen=True)
class EarlierMonth:
    """One of the months before, with the Parquet files of its tables."""

    month: str
    files: Files


@contextmanager
def month_before(months: Sequence[EarlierMonth], table: Table) -> Iterator[EarlierRows | None]:
    """Give a table as it stood in the month before the last one, None where there is none."""
    files = months[1].files.get(table.name, ()) if len(months) > 1 else ()
    if not files:
        yield None
        return
    with DuckDBEngine() as engine:
        engine.add_files(table.name, files, stored_columns(table))
        yield EarlierRows(engine, table, seals_of(files[0]))


class EarlierRows:
    """One table as it stood in an earlier month."""

    def __init__(self, engine: DuckDBEngine, table: Table, seals: Seals) -> None:
        self._engine, self._table, self._seals = engine, table, seals

    @cached_property
    def _counts(self) -> pd.Series:
        counts = ", ".join(f"COUNT({name}) AS {name}" for name in self._table.columns)
        asked = f"SELECT COUNT(*) AS rows_there, {counts} FROM {self._table.name}"
        return self._engine.frame(asked).iloc[0]

    @property
    def rows(self) -> int:
        """Return how many rows there were."""
        return int(self._counts["rows_there"])

    @cached_property
    def filled(self) -> dict[str, int]:
        """Return in how many rows each column was filled."""
        return {name: int(self._counts[name]) for name in self._table.columns}

    def share_in(self, column: str, month: str) -> float:
        """Return the share of the known dates of a column that lie in a month, 0 where none is known."""
        inside = f"COUNT(*) FILTER (CAST({column} AS VARCHAR) LIKE '{month}%')"
        counts = self._engine.frame(
            f"SELECT {inside} AS inside, COUNT({column}) AS known FROM {self._table.name}"
        ).iloc[0]
        return float(counts["inside"] / counts["known"]) if counts["known"] else 0.0

    def values(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns as they were, indexed by key text."""
        wanted = ", ".join(dict.fromkeys([*self._table.key, *columns]))
        frame = self._engine.frame(f"SELECT {wanted} FROM {self._table.name}")
        frame.index = key_text(frame, self._table)
        return frame[~frame.index.duplicated()]

    def columns(self, names: Sequence[str]) -> pa.Table:
        """Return columns, opened where they lie sealed, with every row that there was."""
        rows = self._engine.rows(f"SELECT {', '.join(names)} FROM {self._table.name}")
        return self._seals.opened(rows, [n for n in names if self._table.column(n).sealed])

    def positions(self, keys: pd.Index) -> np.ndarray:
        """Return where each key stands in `columns`, -1 for one that was not there."""
        wanted = ", ".join(self._table.key)
        there = key_text(
            self._engine.frame(f"SELECT {wanted} FROM {self._table.name}"), self._table
        )
        first = np.flatnonzero(~there.duplicated())
        at = there[first].get_indexer(keys)
        return np.where(at >= 0, first[at], -1)
