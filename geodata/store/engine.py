"""What an engine of the store must do, one SQL text for all, and the store's own SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import pandas as pd
import pyarrow as pa

_FOLDER = Path(__file__).parent / "sql"


@cache
def sql_text(name: str) -> str:
    """Return the text of one query of the folder ``sql`` without its comments."""
    lines = (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


def quoted(name: str) -> str:
    """Return a name as a plain identifier when it is one; raises ValueError when it is not."""
    if not (name.isascii() and name.isidentifier()):
        raise ValueError(f"{name!r} is no name of a table or column")
    return name


# Before the names of folders in a store that an engine works in; what a killed one left is removed.
WORK = ".work-"


def table_files(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the files of a written table in the order of their rows; () where it is not there."""
    file = folder / f"{name}.parquet"
    if file.is_file():
        return (file,)
    return tuple(sorted(one for one in file.rglob("*.parquet") if one.is_file()))


def in_order_of(sql: str, order: Sequence[str]) -> str:
    """Return a query with its rows sorted by columns, unknown ones last."""
    by = ", ".join(f"{quoted(name)} NULLS LAST" for name in order)
    return f"SELECT * FROM ({sql}) AS unsorted ORDER BY {by}"


def no_rows(columns: Mapping[str, str]) -> str:
    """Return a query with the given columns (name to SQL type) and no rows."""
    # Every engine knows text as STRING.
    kinds = {name: "STRING" if kind == "VARCHAR" else kind for name, kind in columns.items()}
    typed = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in kinds.items())
    return sql_text("no_rows").replace("typed_columns", typed)


def latest_report(view: str, key: Sequence[str], columns: Sequence[str]) -> str:
    """Return the query that keeps, of all reports about one key, the one of the latest month."""
    text = sql_text("latest_report")
    text = text.replace("key_columns", ", ".join(map(quoted, key)))
    text = text.replace("kept_columns", ", ".join(map(quoted, columns)))
    return text.replace("FROM reports", f"FROM {quoted(view)} AS reports")


class Engine(Protocol):
    """Named views over Parquet files and frames, and portable SQL over them.

    Views belong to the object alone; into the store an engine writes what it is told to, and nothing else.
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

    def write(self, sql: str, file: Path, order: Sequence[str]) -> Mapping[Path, str]:
        """Write the rows of a query as Parquet, sorted by columns; returns the SHA-256 of each file.

        Whole numbers become BIGINT, fractions DOUBLE. An engine may make of `file` a folder of files
        whose names are in the order of their rows (`table_files`). Raises StoreError when the disk is full.
        """

    def frame(self, sql: str) -> pd.DataFrame:
        """Return the rows of a query as a data frame."""

    def rows(self, sql: str) -> pa.Table:
        """Return the rows of a query as an Arrow table."""

    def close(self) -> None:
        """Give back memory; the engine must not be used afterwards."""
