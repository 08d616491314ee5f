"""Rows of the tables that themes from outside bring, for the invented county."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from geodata.sample.plan import month_text
from geodata.sample.world import Month, World
from geodata.tables import Column
from geodata.themes import SampleRows, Theme


def brought_tables(
    themes: Sequence[Theme], world: World, month: Month, homes: np.ndarray, villages: np.ndarray
) -> Iterator[tuple[str, str, dict[str, pa.Array]]]:
    """Give name, title and columns (by header) of each table for which a theme has sample rows.

    `homes` and `villages` are the rows of the world that report in the month.
    """
    codes = world.places.villages["code"].to_numpy()
    own = month.state["village"].to_numpy()
    for theme in themes:
        for name, rows in theme.sample.items():
            table = theme.tables[name]
            among = villages if rows.of == "village" else homes
            chosen = [at for at in range(0, len(among), rows.every) if _kept(at, rows)]
            subjects = among[chosen]
            told = [
                {
                    "n": at // rows.every + 1,
                    "month": month_text(month.number),
                    "place": codes[one if rows.of == "village" else own[one]],
                    "household": f"99{one + 1:011d}",
                }
                for at, one in zip(chosen, subjects.tolist(), strict=True)
            ]
            columns = {
                table.column(key).title["zh"]: pa.array(
                    [
                        as_of(table.column(key), texts[(row["n"] - 1) % len(texts)], row)
                        for row in told
                    ],
                    pa.string(),
                )
                for key, texts in rows.columns.items()
            }
            yield name, table.title["zh"], columns


def as_of(column: Column, text: str, row: Mapping[str, Any]) -> str:
    """Return a text of sample rows filled in; what lies past is so many years earlier as it must be."""
    written, month = text.format(**row), str(row["month"])
    if not column.past or column.kind not in ("day", "month") or not written:
        return written
    years = max(0, int(written[:4]) - int(month[:4]) + (written[5:7] > month[5:7]))
    return f"{int(written[:4]) - years:04d}{written[4:]}"


def _kept(at: int, rows: SampleRows) -> bool:
    """Return whether the row of a chosen subject is written: each so manieth is left out."""
    return not rows.skip or (at // rows.every + 1) % rows.skip != 0
