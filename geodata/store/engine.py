"""What an engine of the store must do; one SQL text runs on every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd
import pyarrow as pa


class Engine(Protocol):
    """Named views over Parquet files and frames, and portable SQL over them.

    Views belong to the object alone; no engine writes into the store.
    """

    name: str

    def add_files(self, view: str, files: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Name the rows of Parquet files; columns (name to SQL type) a file lacks are NULL."""

    def add_rows(self, view: str, rows: pa.Table | pd.DataFrame) -> None:
        """Name the rows of a table in memory."""

    def add_view(self, view: str, sql: str) -> None:
        """Name the rows of a query."""

    def add_table(self, view: str, sql: str) -> None:
        """Keep the rows of a query under a name, computed once; the engine forgets them at its end."""

    def frame(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query as a data frame."""

    def rows(self, sql: str) -> pa.Table:
        """Return the rows of a query as an Arrow table."""

    def close(self) -> None:
        """Give back memory; the engine must not be used afterwards."""
