"""What has a date to be met: findings of the rules that a theme names as due, by village."""

from __future__ import annotations

import pandas as pd

from geodata.themes import Theme


def due_findings(counts: pd.DataFrame, theme: Theme) -> pd.DataFrame:
    """Return place, rule and yes of the theme's due rules with findings, in the theme's order.

    `counts` has place, rule and yes of one month, a row for each village and rule.
    """
    order = {rule: at for at, rule in enumerate(theme.due)}
    broken = counts.loc[counts["rule"].isin(order) & (counts["yes"] > 0), ["place", "rule", "yes"]]
    ranked = broken.assign(order=broken["rule"].map(order)).sort_values(["order", "place"])
    return ranked.drop(columns="order").reset_index(drop=True)
