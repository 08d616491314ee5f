"""Which figures of the table are mapped, and their values per feature and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.texts import text
from geodata.atlas import Indicator
from geodata.boundaries.join import JoinResult
from geodata.boundaries.join.values import Figure, feature_values, settle_figures
from geodata.i18n import LANGUAGES


@dataclass(frozen=True)
class Plan:
    """The figures to map: their columns, the indicators they become, and their long values."""

    figures: Sequence[Figure]
    indicators: Sequence[Indicator]
    values: pd.DataFrame
    notes: tuple[str, ...] = ()


def make_plan(
    result: JoinResult,
    stated: Sequence[str],
    *,
    how: str | None,
    worse: str,
    aggregate: str | None,
    period: str | None,
) -> Plan:
    """Return what to map: the figures stated, or all columns of numbers, or else the rows counted.

    Raises JoinError for a column that is not there or holds no figure.
    """
    figures = settle_figures(result, stated, period=period)
    if not figures:
        return _rows_counted(result)
    values, notes = feature_values(result, figures, aggregate=aggregate)
    if values.empty:
        values = _nothing_reported(result, figures)
    indicators = _indicators(figures, how=how, worse=worse, aggregate=aggregate)
    return Plan(figures, indicators, values, notes)


def _nothing_reported(result: JoinResult, figures: Sequence[Figure]) -> pd.DataFrame:
    """Return every feature as not reported, for a join in which no row found its feature."""
    features = pd.DataFrame({"feature": range(len(result.boundaries))})
    keys = pd.DataFrame({"indicator": [figure.key for figure in figures]})
    grid = features.merge(keys, how="cross").assign(period=result.periods.max())
    return grid.assign(numerator=np.nan, denominator=np.nan)


def _rows_counted(result: JoinResult) -> Plan:
    """Return the number of rows of each place, for a table without figures."""
    titles = {lang: text("join.rows_counted", lang) for lang in LANGUAGES}
    figure = Figure("rows", result.table.columns[0])
    values, _ = feature_values(result, [figure], aggregate="count")
    if values.empty:
        values = _nothing_reported(result, [figure])
    indicator = Indicator("rows", titles, dict.fromkeys(LANGUAGES, ""), adds_up="sum")
    return Plan([figure], [indicator], values)


def _indicators(
    figures: Sequence[Figure], *, how: str | None, worse: str, aggregate: str | None
) -> list[Indicator]:
    return [
        Indicator(
            key=figure.key,
            title={"zh": figure.title, "en": figure.title},
            unit={"zh": figure.unit, "en": figure.unit},
            worse=worse,
            adds_up=_adds_up(figure, how, aggregate),
        )
        for figure in figures
    ]


def _adds_up(figure: Figure, how: str | None, aggregate: str | None) -> str:
    if figure.denominator or (aggregate == "mean" and how is None):
        return "ratio"
    if how is not None:
        return how
    return "sum" if aggregate in {"sum", "count"} else "none"
