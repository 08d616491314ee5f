"""Rows of tables that people entered on the page, beside those that a county's system delivers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

# The month of the snapshot that brought a row in; every stored table has it.
REPORTED = "reported_month"


# Under this name beside a table stands what of it was delivered, where people entered rows as well.
DELIVERED = "_delivered"


@dataclass(frozen=True)
class EnteredRows:
    """Rows of a table that people entered: texts by column, None for what is not told, and REPORTED.

    Rows of equal `match` are one, whoever brought them: what was delivered stands for both.
    """

    frame: pd.DataFrame
    match: tuple[str, ...]


def rows_between(rows: EnteredRows | None, first: str, month: str) -> EnteredRows | None:
    """Return the rows entered of some months, each once; None without any."""
    if rows is None:
        return None
    months = rows.frame[REPORTED]
    frame = rows.frame[(months >= first) & (months <= month)]
    frame = frame.drop_duplicates([*rows.match]).reset_index(drop=True)
    return None if frame.empty else EnteredRows(frame, rows.match)
