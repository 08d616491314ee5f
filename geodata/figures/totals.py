"""How the figures of villages become the figure of a township, a county or the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.figures.indicator import Indicator

PARTS = ("numerator", "denominator", "missing", "subjects")
COLUMNS = ["value", *PARTS, "places_with_data", "places"]


def total_by(
    values: pd.DataFrame, groups: pd.Series, indicator: Indicator, *, sizes: pd.Series
) -> pd.DataFrame:
    """Return one row per group: value, the four parts, places_with_data, places.

    `values` has the parts, one row per lowest place (and period); `groups` names the group of each
    row; `sizes` counts the lowest places of every group, also of those without a row. Numerator and
    denominator are of the rows where both are known and the denominator is above zero; missing and
    subjects are of all rows.
    """
    known = values["numerator"].notna() & (values["denominator"] > 0)
    parts = values.loc[known, ["numerator", "denominator"]].assign(
        quotient=lambda rows: rows["numerator"] / rows["denominator"]
    )
    grouped = parts.groupby(groups[known])
    result = grouped[["numerator", "denominator"]].sum().reindex(sizes.index)
    judged = values[["missing", "subjects"]].groupby(groups).sum(min_count=1)
    result[["missing", "subjects"]] = judged.reindex(sizes.index)
    result["places_with_data"] = grouped.size().reindex(sizes.index).fillna(0).astype("int64")
    result["places"] = sizes.astype("int64")
    result["value"] = _value(result, grouped["quotient"], indicator)
    return result[COLUMNS]


def _value(totals: pd.DataFrame, quotients, indicator: Indicator) -> pd.Series:
    """Return the value of each group; NaN where no lowest place reported."""
    if indicator.adds_up == "sum":
        return totals["numerator"]
    if indicator.adds_up == "ratio":
        return totals["numerator"] / totals["denominator"].replace(0, np.nan)
    return quotients.median().reindex(totals.index)
