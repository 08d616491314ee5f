"""The first rows of files that were just brought: a wrong month is told before any table is read whole."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.config import Config
from geodata.errors import GuatuError
from geodata.intake import textfiles
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.header import find_header
from geodata.intake.layouts import Layout, mapped_layout, recognise
from geodata.intake.readers import SourceTable
from geodata.intake.schema import Schema
from geodata.intake.statedmonths import contradictions, other_month
from geodata.intake.templates import GUIDES
from geodata.intake.workbooks import refuse_bomb
from geodata.isolated import MEMORY, StoppedError, run_isolated

# Rows that titles and headers stand in, and seconds of the processor for reading them.
_ROWS, _SECONDS = 30, 8
_PROCESS = "geodata.intake.firstrows:first_rows"


def refuse_other_month(config: Config, month: str, names: Sequence[str], schema: Schema) -> None:
    """Raise SourceError where names or titles of the files named say another month.

    Looks at the first rows only; what cannot be read so is left to the import, which reads it whole.
    """
    stated = []
    for name in names:
        for table in _heads(config.raw / month / name):
            layout = _layout(config, schema, name, table)
            if layout is not None:
                sheet = DeliveredSheet.of(table, layout, name, "")
                said = contradictions(sheet, month)
                stated += [(sheet, one) for one in said if one.kind != "column"]
    if stated:
        raise other_month(stated, month, config.raw)


def _layout(config: Config, schema: Schema, name: str, table: SourceTable) -> Layout | None:
    for number, own in enumerate(config.sources, 1):
        if fnmatch.fnmatch(name, own.file) and own.table in schema.tables:
            return mapped_layout(own, number, schema.tables[own.table])
    where = f"{name} {table.sheet or ''}"
    return recognise(list(table.frame.columns), name=where, layouts=schema.layouts)


def _heads(file: Path) -> Iterator[SourceTable]:
    """Give the first rows of each table of a text file or workbook, none of what cannot be read so."""
    try:
        if file.suffix.lower() in (".csv", ".txt", ".tsv"):
            content, _ = textfiles.with_line_ends(textfiles.decode(file).content)
            delimiter = textfiles.likely_delimiter(content)
            yield _table(file, "", textfiles.head_rows(content, delimiter, _ROWS))
        elif file.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"):
            refuse_bomb(file)
            for name, rows in run_isolated(
                _PROCESS, str(file), _ROWS, seconds=_SECONDS, memory=MEMORY
            ):
                if name not in GUIDES and any(any(row) for row in rows):
                    yield _table(file, name, rows)
    except (GuatuError, StoppedError, OSError):
        return


def _table(file: Path, sheet: str, rows: list[list[str]]) -> SourceTable:
    header = find_header(rows)
    width = len(header.names)
    below = [(row + [""] * width)[:width] for row in rows[header.skip :]]
    return SourceTable(
        file,
        pd.DataFrame(below, columns=list(header.names), dtype=str),
        sheet=sheet,
        header_row=header.row,
        above=tuple((n, tuple(row)) for n, row in enumerate(rows[: max(0, header.row - 1)], 1)),
        rows=np.arange(len(below)) + header.skip + 1,
    )
