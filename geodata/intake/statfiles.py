"""Files whose columns have types: Parquet, Stata (.dta) and SPSS (.sav, .zsav), as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from geodata.errors import SourceError
from geodata.isolated import MEMORY, StoppedError, run_isolated

_PROCESS = "geodata.intake.typedfiles"
# Seconds of the processor for a small file; a large one gets more.
_SECONDS = 20
# Versions of Stata before 117 begin with their number, the order of bytes and a one.
_OLD_STATA = frozenset({104, 105, 108, 110, 111, 112, 113, 114, 115})


def kind_of(head: bytes) -> str:
    """Return "stata" or "spss" by the first bytes of a file, "" for another kind."""
    if head.startswith(b"<stata_dta>"):
        return "stata"
    if len(head) > 3 and head[0] in _OLD_STATA and head[1] in (1, 2) and head[2] == 1:
        return "stata"
    return "spss" if head.startswith((b"$FL2", b"$FL3")) else ""


def read_parquet(file: Path) -> tuple[list[str], pd.DataFrame]:
    """Return names and columns of a Parquet file as text; raises SourceError for a damaged one."""
    read = _isolated(file, "parquet_texts")
    if "fault" in read:
        raise SourceError("readers.damaged_parquet", file=file.name)
    return _frame(read)


def read_statistics(
    file: Path, head: bytes, *, encoding: str | None = None
) -> tuple[list[str], pd.DataFrame]:
    """Return names and columns of a file as text, values that have a label as their label.

    Raises SourceError for a damaged file, and for texts in another encoding than the file says.
    """
    read = _isolated(file, "statistics_texts", kind_of(head), encoding)
    if read.get("fault") == "encoding":
        raise SourceError("readers.statistics_encoding", file=file.name)
    if "fault" in read:
        raise SourceError("readers.damaged_statistics", file=file.name, why=read["why"])
    return _frame(read)


def _isolated(file: Path, work: str, *arguments: str | None) -> dict[str, Any]:
    size = file.stat().st_size
    seconds, memory = _SECONDS + size // 500_000, MEMORY + 20 * size
    try:
        read: dict[str, Any] = run_isolated(
            f"{_PROCESS}:{work}", str(file), *arguments, seconds=seconds, memory=memory
        )
    except StoppedError as stopped:
        if stopped.reason == "time":
            raise SourceError("readers.too_slow", file=file.name, seconds=2 * seconds) from None
        limit = f"{memory / 1e9:.1f}"
        raise SourceError("readers.beyond_ceiling", file=file.name, size=limit) from None
    return read


def _frame(read: dict[str, Any]) -> tuple[list[str], pd.DataFrame]:
    frame: pd.DataFrame = pa.ipc.open_stream(read["texts"]).read_all().to_pandas()
    frame.columns = pd.RangeIndex(frame.shape[1])
    return read["names"], frame if len(frame) == read["rows"] else frame.reindex(
        range(read["rows"])
    )
