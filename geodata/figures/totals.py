"""How the figures of villages become the figure of a township, a county or the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.figures.indicator import Indicator

PARTS = ("numerator", "denominator", "missing", "subjects")
COLUMNS = ["value", *PARTS, "places_with_data", "places"]
Keys = pd.Series | Sequence[pd.Series]


def in_yuan(figures: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Return figures of a month (`month_figures`) with their money in yuan instead of fen."""
    money = {
        part: figures["indicator"].map({key: one.fen[at] for key, one in indicators.items()})
        for at, part in enumerate(PARTS[:2])
    }
    return figures.assign(**{part: figures[part] / fen for part, fen in money.items()})


def to_successors(figures: pd.DataFrame, successors: pd.Series) -> pd.DataFrame:
    """Return figures, or counts, of villages with those merged away under their successors.

    `successors` maps the code of such a village to the one that took it in.
    """
    if not figures["place"].isin(successors.index).any():
        return figures
    place = figures["place"].map(successors).fillna(figures["place"])
    by = [name for name in ("place", "indicator", "rule") if name in figures]
    return figures.assign(place=place).groupby(by, as_index=False).sum(min_count=1)


def sum_parts(values: pd.DataFrame, groups: Keys) -> pd.DataFrame:
    """Return the four parts of each group of rows, and `places_with_data`, how many are known.

    Numerator and denominator are of the rows where both are known and the denominator is above
    zero; missing and subjects are of all rows. A group without any known row has no parts.
    """
    known = values["numerator"].notna() & (values["denominator"] > 0)
    parts = {part: values[part].where(known) for part in PARTS[:2]}
    counted = values.assign(**parts, places_with_data=known.astype("int64"))
    grouped = counted.groupby(_keys(groups), sort=False)
    summed = grouped[list(PARTS)].sum(min_count=1)
    return summed.assign(places_with_data=grouped["places_with_data"].sum())


def _keys(groups: Keys) -> list[pd.Series]:
    return [groups] if isinstance(groups, pd.Series) else list(groups)


def total_by(
    values: pd.DataFrame, groups: Keys, indicator: Indicator, *, sizes: pd.Series
) -> pd.DataFrame:
    """Return one row per group: value, the four parts, places_with_data, places.

    `values` has the parts, one row per lowest place (and period); `groups` names the group of each
    row, by one key or several; `sizes` counts the lowest places of every group, also of those without a row.
    """
    result = sum_parts(values, groups).reindex(sizes.index)
    result["places_with_data"] = result["places_with_data"].fillna(0).astype("int64")
    result["places"] = sizes.astype("int64")
    if indicator.adds_up == "none":
        quotients = values["numerator"] / values["denominator"].where(values["denominator"] > 0)
        result["value"] = quotients.groupby(_keys(groups)).median().reindex(sizes.index)
    else:
        result["value"] = value_of_parts(result, indicator)
    return result[COLUMNS]


def value_of_parts(parts: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """Return the plain value of sums: the numerator, or numerator / denominator; NaN if unknown."""
    if indicator.adds_up == "sum":
        return parts["numerator"]
    return parts["numerator"] / parts["denominator"].replace(0, np.nan)
