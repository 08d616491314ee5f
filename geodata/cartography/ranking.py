"""Ranking of places, worst first, with the change since the period before."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geodata.atlas import Atlas
from geodata.cartography.decimals import indicator_decimals
from geodata.cartography.words import scale_of
from geodata.figures import ranked


def rank_places(
    atlas: Atlas,
    indicator: str,
    period: str,
    *,
    level: str,
    place: str | None = None,
    before: str | None = None,
) -> pd.DataFrame:
    """Return the places of a level within a place, worst first; index key.

    Columns rank (1 is worst, ties share it, missing without a figure), name, parent_name, value,
    previous, change (in shown units; a share in percent), places_with_data, places. The change is
    since `before`, by default the period with figures before this one.
    """
    asked = ("rank", indicator, period, level, place, before)
    ranking: pd.DataFrame = atlas.once(
        asked, lambda: _ranked(atlas, indicator, period, level=level, place=place, before=before)
    )
    return ranking.copy(deep=False)


def _ranked(
    atlas: Atlas,
    indicator: str,
    period: str,
    *,
    level: str,
    place: str | None,
    before: str | None,
) -> pd.DataFrame:
    described = atlas.indicator(indicator)
    inside = atlas.places_in(place, level, period)
    frame = atlas.frame(indicator, period, level).reindex(inside)
    frame["value"] *= scale_of(described)
    before = before or previous_period(atlas, indicator, period)
    frame["previous"] = float("nan")
    if before is not None:
        old = atlas.frame(indicator, before, level)["value"].reindex(inside)
        frame["previous"] = old * scale_of(described)
    frame["change"] = frame["value"] - frame["previous"]
    frame["name"] = atlas.places["name"].reindex(inside)
    frame["parent_name"] = atlas.places["parent"].reindex(inside).map(atlas.places["name"])
    frame = ranked(frame, described.worse, decimals=indicator_decimals(atlas, described))
    columns = ["rank", "name", "parent_name", "value", "previous", "change"]
    return frame[[*columns, "places_with_data", "places"]]


def previous_period(atlas: Atlas, indicator: str, period: str) -> str | None:
    """Return the period with figures before this one, or None for the first."""
    earlier = [known for known in atlas.periods_of(indicator) if known < period]
    return earlier[-1] if earlier else None


@dataclass(frozen=True)
class Worst:
    """The places to point out, worst first, and how many more are equal to one `value`."""

    places: pd.DataFrame
    tied: int = 0
    value: float = float("nan")


def worst_of(ranking: pd.DataFrame, worse: str, count: int) -> Worst:
    """Return the worst places of a ranking, at most `count`, never some of several equal ones.

    Where not all fit that are equal to the last, they are `tied` and none of them is named. With
    a worse end those at the good one are left out, and none is named where all are equal.
    """
    known = ranking[ranking["rank"].notna()]
    if worse != "none" and len(known):
        known = known[known["rank"] != known["rank"].max()]
        if worse == "high":
            known = known[known["value"] != 0]
    named = known.head(count)
    if len(known) <= count or known["rank"].iloc[count] != named["rank"].iloc[-1]:
        return Worst(named)
    last = named["rank"].iloc[-1]
    tied = int((known["rank"] == last).sum())
    return Worst(named[named["rank"] != last], tied, float(named["value"].iloc[-1]))
