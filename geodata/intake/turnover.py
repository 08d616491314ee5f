"""Households that came, left or moved, and villages without a row, as in no month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.config import ImportSettings
from geodata.intake.combining import TableRows
from geodata.intake.earlier import EarlierMonths, EarlierRows
from geodata.intake.issues import Issues
from geodata.intake.layouts import HOUSEHOLD
from geodata.intake.membership import is_among
from geodata.intake.rowchanges import FEW, report_column

# So many times as many households as in the month before leave or move by no chance.
_TIMES = 3


@dataclass(frozen=True)
class _Turnover:
    """The places of households in two months, by code."""

    was: pd.Series
    now: pd.Series

    @property
    def gone(self) -> pd.Series:
        """Return the places of those that are no longer there."""
        return self.was[~is_among(self.was.index, self.now.index)]

    @property
    def new(self) -> pd.Series:
        """Return the places of those that were not there."""
        return self.now[~is_among(self.now.index, self.was.index)]

    @property
    def moved(self) -> pd.Series:
        """Return where those were that are in another place now."""
        now = self.now.reindex(self.was.index)
        other = (now.notna() & self.was.notna() & (now != self.was)).to_numpy(bool)
        return self.was[other]


def check_households(
    rows: TableRows,
    months: EarlierMonths,
    settings: ImportSettings,
    names: Mapping[str, str],
    villages: Mapping[str, str],
    issues: Issues,
) -> None:
    """Report townships in which many households are new or no longer there, and how many left or moved.

    `months` are those before, `names` the townships, `villages` those that there still are. Of the whole county it is told where far more
    households left or moved than in the month before.
    """
    last, before = months.table(rows.table), months.table(rows.table, 1)
    if last is None:
        return
    was = _places(last)
    turnover = _Turnover(was, rows.frame["place_code"].astype("str"))
    told = _check_townships(rows, turnover, settings, names, issues)
    usual = None if before is None else _Turnover(_places(before), was)
    for check in ("gone", "moved"):
        left = getattr(turnover, check)
        left = left[~left.str[:9].isin(told) & left.isin(villages)]
        often = 0 if usual is None else len(getattr(usual, check))
        if len(left) >= max(FEW, _TIMES * often + 1):
            most = left.str[:9].mode().iloc[0]
            detail = f"{names.get(most, most)}"
            column = rows.table.column(HOUSEHOLD)
            report_column(rows, f"households_{check}", column, detail, str(len(left)), issues)


def _places(earlier: EarlierRows) -> pd.Series:
    return earlier.values(["place_code"])["place_code"].astype("str")


def _check_townships(
    rows: TableRows,
    turnover: _Turnover,
    settings: ImportSettings,
    names: Mapping[str, str],
    issues: Issues,
) -> list[str]:
    """Report townships of which a large part is new or gone; returns them."""
    parts = {"before": turnover.was, "new": turnover.new, "gone": turnover.gone}
    counts = pd.DataFrame(
        {name: part.str[:9].value_counts() for name, part in parts.items()}
    ).fillna(0)
    changed = np.maximum(counts["new"], counts["gone"]) * 100
    large = counts[
        (counts["before"] >= settings.small_rows / 5)
        & (changed > settings.jump_percent * counts["before"])
    ]
    for township, line in large.iterrows():
        # A township that delivered nothing at all is missing, which is told elsewhere.
        if not turnover.now.str.startswith(str(township)).any():
            continue
        figures = f"{int(line['new'])} / {int(line['gone'])} / {int(line['before'])}"
        report_column(
            rows,
            "households_changed",
            rows.table.column(HOUSEHOLD),
            names.get(str(township), str(township)),
            figures,
            issues,
            place=str(township),
        )
    return [str(township) for township in large.index]


def check_villages(
    rows: TableRows,
    earlier: EarlierRows,
    villages: Mapping[str, str],
    settings: ImportSettings,
    issues: Issues,
) -> None:
    """Report villages of which no row is left, where others of their township still have some."""
    if "place_code" not in rows.table.columns or rows.table.key == ("place_code",):
        return
    was = earlier.values(["place_code"])["place_code"].astype("str").value_counts()
    now = set(rows.frame["place_code"].dropna())
    townships = {str(code)[:9] for code in now}
    for code, count in was[was >= settings.small_rows / 5].sort_index().items():
        village = str(code)
        if village in villages and village not in now and village[:9] in townships:
            column = rows.table.column("place_code")
            place = villages[village]
            report_column(rows, "village_gone", column, str(count), place, issues, place=village)
