"""The periods that stand side by side on a page: which they are, and the figures of places in them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.answers.source import Source
from dashboard.view import View
from geodata.cartography.words import scale_of

# A year, and the same month of the year before.
MONTHS = 13


def side_by_side(periods: Sequence[str], period: str) -> tuple[str, ...]:
    """Return at most MONTHS periods that hold one, as late as they can be.

    They overlap by one, so that steps of a year apart show the same ones until an end is reached.
    """
    last = len(periods)
    while last > MONTHS and period in periods[: last - MONTHS]:
        last -= MONTHS - 1
    first = max(last - MONTHS, 0)
    return tuple(periods[first : first + MONTHS])


def not_reported(source: Source, view: View, periods: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return by period the places right below the shown one that sent nothing then, and did in another."""
    atlas, area = source.atlas, source.area(view.place)
    level = source.levels_below(area)[0]
    places = atlas.places_in(area, level)
    sent = atlas.reported(view.indicator, level).loc[places, list(periods)]
    absent = ~sent & sent.any(axis=1).to_numpy()[:, None]
    there = {one: atlas.places_in(area, level, one) for one in periods}
    return {one: tuple(places[absent[one].to_numpy() & places.isin(there[one])]) for one in periods}


def courses_of(source: Source, view: View) -> pd.DataFrame:
    """Return the figures of the places on the map in the periods beside the view's own, in shown units.

    Index key, a column a period.
    """
    atlas, scale = source.atlas, scale_of(source.atlas.indicator(view.indicator))
    periods = side_by_side(source.periods_of(view.indicator), view.period)
    places = atlas.places_in(source.area(view.place), view.level)
    frames = {one: atlas.frame(view.indicator, one, view.level)["value"] for one in periods}
    return pd.DataFrame(frames, columns=list(periods)).reindex(places) * scale
