"""Which villages have open findings of a theme: what the wall map ticks off."""

from __future__ import annotations

import pandas as pd

from geodata.themes import Theme

SEVERITIES = ("high", "medium", "low")


def worst_open(counts: pd.DataFrame, theme: Theme) -> pd.Series:
    """Return the worst severity with an open finding of each counted village, "none" without any.

    `counts` has place, rule and yes of one month. A village that no rule of the theme could judge
    is not there: nothing to say is not the same as nothing open.
    """
    own = counts[counts["rule"].isin(theme.rules_by_key)]
    judged = own[(own["yes"] > 0) | (own["no"] > 0)]
    severity = judged["rule"].map({k: rule.severity for k, rule in theme.rules_by_key.items()})
    rank = severity.map({name: place for place, name in enumerate(SEVERITIES)})
    rank = rank.where(judged["yes"] > 0, len(SEVERITIES))
    worst = rank.groupby(judged["place"]).min().astype("int64")
    return worst.map(dict(enumerate((*SEVERITIES, "none"))))
