"""One table as it stood in an earlier month: counts, values and texts, also where they lie sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.intake.combining import key_text
from geodata.store import stored_columns
from geodata.store.embedded import DuckDBEngine
from geodata.store.encryption import seals_of
from geodata.tables import Table

Files = Mapping[str, Sequence[Path]]


@dataclass(frozen=True)
class EarlierMonth:
    """One of the months before, with the Parquet files of its tables."""

    month: str
    files: Files


class EarlierMonths:
    """The months before one, the newest first; each of their tables is opened at most once."""

    def __init__(self, months: Sequence[EarlierMonth] = ()) -> None:
        self._months = tuple(months)
        self._engine: DuckDBEngine | None = None
        self._opened: dict[tuple[str, int], EarlierRows] = {}

    def __enter__(self) -> EarlierMonths:
        return self

    def __exit__(self, *raised: object) -> None:
        self._opened.clear()
        if self._engine is not None:
            self._engine.close()

    def __len__(self) -> int:
        return len(self._months)

    def month(self, number: int = 0) -> str:
        """Return which month it is, 0 being the last one."""
        return self._months[number].month

    def table(self, table: Table, number: int = 0) -> EarlierRows | None:
        """Return a table as it stood in a month, 0 being the last one; None where it was not there."""
        files = self._months[number].files.get(table.name) if number < len(self) else None
        if not files:
            return None
        if (table.name, number) not in self._opened:
            self._engine = self._engine or DuckDBEngine()
            rows = EarlierRows(self._engine, table, files, name=f"{table.name}_{number}")
            self._opened[table.name, number] = rows
        return self._opened[table.name, number]

    def history(self, table: Table) -> list[tuple[str, EarlierRows]]:
        """Return the months in which a table was there, the newest first, with it as it stood."""
        opened = ((one.month, self.table(table, at)) for at, one in enumerate(self._months))
        return [(month, rows) for month, rows in opened if rows is not None]


class EarlierRows:
    """One table as it stood in an earlier month; its files are opened when something is asked of it."""

    def __init__(
        self, engine: DuckDBEngine, table: Table, files: Sequence[Path], *, name: str
    ) -> None:
        self._engine, self._table, self._files, self._name = engine, table, files, name

    @cached_property
    def _view(self) -> str:
        """Return by what name the rows are asked for."""
        self._engine.add_files(self._name, self._files, stored_columns(self._table))
        return self._name

    @cached_property
    def _keys(self) -> pd.Index:
        """Return the key text of each row, in the order in which they lie."""
        wanted = ", ".join(self._table.key)
        return key_text(self._engine.frame(f"SELECT {wanted} FROM {self._view}"), self._table)

    @cached_property
    def _counts(self) -> pd.Series:
        counts = ", ".join(f"COUNT({name}) AS {name}" for name in self._table.columns)
        asked = f"SELECT COUNT(*) AS rows_there, {counts} FROM {self._view}"
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
            f"SELECT {inside} AS inside, COUNT({column}) AS known FROM {self._view}"
        ).iloc[0]
        return float(counts["inside"] / counts["known"]) if counts["known"] else 0.0

    def values(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns as they were, indexed by key text; of several rows of one key the first."""
        wanted = list(dict.fromkeys(columns))
        frame = pd.DataFrame(index=self._keys)
        if wanted:
            frame = self._engine.frame(f"SELECT {', '.join(wanted)} FROM {self._view}")
            frame.index = self._keys
        return frame[~self._keys.duplicated()]

    def columns(self, names: Sequence[str]) -> pa.Table:
        """Return columns, opened where they lie sealed, with every row that there was."""
        rows = self._engine.rows(f"SELECT {', '.join(names)} FROM {self._view}")
        return seals_of(self._files[0]).opened(
            rows, [n for n in names if self._table.column(n).sealed]
        )

    def positions(self, keys: pd.Index) -> np.ndarray:
        """Return where each key stands in `columns`, -1 for one that was not there."""
        there = self._keys
        first = np.flatnonzero(~there.duplicated())
        at = there[first].get_indexer(keys)
        return np.where(at >= 0, first[at], -1)
