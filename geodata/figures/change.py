"""Why a figure moved from one month to the next: value, rule, feed or boundary."""

from __future__ import annotations

import pandas as pd

from geodata.figures.indicator import Indicator
from geodata.figures.totals import sum_parts, value_of_parts

PARTS = ("value", "rule", "feed", "boundary")


def explain_change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    indicator: Indicator,
    *,
    after_by_old_rules: pd.DataFrame,
    villages_before: pd.Index,
    villages_after: pd.Index,
) -> dict[str, float]:
    """Return before, after, the base now and the four parts of their difference, which add up to it.

    The frames are the figures of one place's villages, money in yuan: the earlier month, the later one, and
    the later month's rows under the earlier month's parameters and rules. `boundary` is what
    villages add that exist in one month only, `feed` what villages add that reported in one month
    only, `rule` the difference the parameters make, `value` the rest. Shares are of all villages
    together, never means. NaN where a month has no figure at all.
    """
    frames = {"before": before, "after": after, "old": after_by_old_rules}
    rows = {
        name: frame[frame["indicator"] == indicator.key].set_index("place")
        for name, frame in frames.items()
    }
    both = villages_before.intersection(villages_after)
    reported = both.intersection(_known(rows["before"])).intersection(_known(rows["after"]))
    total = {name: _value(frame, frame.index, indicator) for name, frame in rows.items()}
    lasting = {name: _value(frame, both, indicator) for name, frame in rows.items()}
    common = {name: _value(frame, reported, indicator) for name, frame in rows.items()}
    gone = (lasting["before"] - total["before"]) + (total["after"] - lasting["after"])
    unfed = (common["before"] - lasting["before"]) + (lasting["after"] - common["after"])
    return {
        "before": total["before"],
        "after": total["after"],
        "base": _total(rows["after"], rows["after"].index)["denominator"].sum(),
        "value": common["old"] - common["before"],
        "rule": common["after"] - common["old"],
        "feed": unfed,
        "boundary": gone,
    }


def _known(rows: pd.DataFrame) -> pd.Index:
    return rows.index[rows["numerator"].notna()]


def _value(rows: pd.DataFrame, villages: pd.Index, indicator: Indicator) -> float:
    """Return the figure of some villages together."""
    total = _total(rows, villages)
    return float("nan") if total.empty else float(value_of_parts(total, indicator).iloc[0])


def _total(rows: pd.DataFrame, villages: pd.Index) -> pd.DataFrame:
    chosen = rows.loc[rows.index.intersection(villages)]
    return sum_parts(chosen, pd.Series("", index=chosen.index))
