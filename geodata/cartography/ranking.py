"""Ranking of places, worst first, with the change since the period before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.cartography.decimals import indicator_decimals, is_steady, shown_values
from geodata.cartography.words import scale_of
from geodata.figures import Cube


def rank_places(
    cube: Cube,
    indicator: str,
    period: str,
    *,
    level: str,
    place: str | None = None,
    before: str | None = None,
) -> pd.DataFrame:
    """Return the places of a level within a place, worst first; index key.

    Columns rank (1 is worst, missing without a figure), name, parent_name, value, shown (as it is
    read: what is written alike shares a rank, and the next one is left out), numerator,
    denominator, previous, change (in shown units; a share in percent), places_with_data, places.
    Those of too small a base (`few`) have no rank and stand behind the ranked ones by how many
    make them bad (`many`). Ties stand in the order of their keys. The change is since `before`, by
    default the period with figures before this one; `moved` is the change of those of a base large
    enough in both that says something (`is_steady`), missing of the others, and of all where a
    parameter changed with the figure.
    """
    asked = ("rank", indicator, period, level, place, before)
    ranking: pd.DataFrame = cube.once(
        asked, lambda: _ranked(cube, indicator, period, level=level, place=place, before=before)
    )
    return ranking.copy(deep=False)


def _ranked(
    cube: Cube,
    indicator: str,
    period: str,
    *,
    level: str,
    place: str | None,
    before: str | None,
) -> pd.DataFrame:
    described = cube.indicator(indicator)
    inside = cube.places_in(place, level, period)
    frame = cube.frame(indicator, period, level).reindex(inside)
    frame["value"] *= scale_of(described)
    frame["shown"] = shown_values(frame["value"], described, indicator_decimals(cube, described))
    before = before or previous_period(cube, indicator, period)
    frame["previous"] = float("nan")
    was_small = pd.Series(False, index=frame.index)
    if before is not None:
        old = cube.frame(indicator, before, level).reindex(inside)
        frame["previous"] = old["value"] * scale_of(described)
        was_small = old["denominator"] < cube.least_bases.get(before, 0)
    frame["change"] = frame["value"] - frame["previous"]
    frame["name"] = cube.places["name"].reindex(inside)
    frame["parent_name"] = cube.places["parent"].reindex(inside).map(cube.places["name"])
    small = frame["value"].notna() & (frame["denominator"] < cube.least_bases.get(period, 0))
    frame["few"] = small if described.counts_things else False
    decimals = indicator_decimals(cube, described)
    pairs = zip(frame["change"], frame["denominator"], strict=True)
    nothing = np.array([is_steady(*pair, described, decimals) for pair in pairs], dtype=bool)
    if described.counts_things:
        nothing |= (frame["few"] | was_small).to_numpy(dtype=bool)
    if before is not None and cube.steps_between(indicator, before, period):
        nothing[:] = True
    frame["moved"] = frame["change"].mask(nothing)
    good = frame["denominator"] - frame["numerator"]
    frame["many"] = good if described.worse == "low" else frame["numerator"]
    frame["rank"] = (
        frame["shown"]
        .mask(frame["few"])
        .rank(method="min", ascending=described.worse == "low")
        .astype("Int64")
    )
    frame["behind"] = -frame["many"].where(frame["few"])
    columns = ["rank", "name", "parent_name", "value", "shown", "numerator", "denominator"]
    columns += ["previous", "change", "moved", "few", "many", "places_with_data", "places"]
    return frame.sort_index().sort_values(["rank", "behind"], kind="stable")[columns]


def previous_period(cube: Cube, indicator: str, period: str) -> str | None:
    """Return the period with figures before this one, or None for the first."""
    earlier = [known for known in cube.periods_of(indicator) if known < period]
    return earlier[-1] if earlier else None


@dataclass(frozen=True)
class Worst:
    """The places to point out, worst first, and how many more are equal to one `value`.

    They are those whose shown figure is worst; `by_count` those in which most are bad, and `value`
    is how many, where places cannot be compared by their share.
    """

    places: pd.DataFrame
    tied: int = 0
    value: float = float("nan")
    by_count: bool = False


def worst_of(ranking: pd.DataFrame, worse: str, count: int) -> Worst:
    """Return the worst places of a ranking, at most `count`, never some of several equal ones.

    Where not all fit that are equal to the last, they are `tied` and none of them is named. With
    a worse end those at the good one are left out, and none is named where all are equal. Where
    no two places of a base that lets a share be compared differ, all are told by number.
    """
    if counted_only(ranking):
        return most_of(ranking[ranking["value"].notna()], count)
    known = ranking[ranking["rank"].notna()]
    if worse != "none" and len(known):
        best = known["shown"].max() if worse == "low" else known["shown"].min()
        known = known[known["shown"] != best]
        if worse == "high":
            known = known[known["shown"] != 0]
    return Worst(*_first(known, "shown", count))


def counted_only(ranking: pd.DataFrame) -> bool:
    """Return whether the places of a share that can be compared do not differ, others being too small."""
    compared = ranking.loc[ranking["rank"].notna(), "shown"]
    return bool(ranking["few"].any()) and compared.nunique() < 2


def most_of(places: pd.DataFrame, count: int) -> Worst:
    """Return the places in which most are bad, at most `count`, never some of several equal ones."""
    bad = places[places["many"] > 0].sort_values("many", ascending=False, kind="stable")
    return Worst(*_first(bad, "many", count), by_count=True)


def _first(known: pd.DataFrame, by: str, count: int) -> tuple[pd.DataFrame, int, float]:
    """Return the first places that differ from all that follow, and how many tie behind them, at what."""
    named = known.head(count)
    if len(known) <= count or known[by].iloc[count] != named[by].iloc[-1]:
        return named, 0, float("nan")
    value = float(named[by].iloc[-1])
    tied = known[by] == value
    return named[named[by] != value], int(tied.sum()), value
