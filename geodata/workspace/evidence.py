"""What the reasons of one month are made from, read once and asked for each place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from geodata.access import Request, public_rows, tally
from geodata.cartography import rank_places
from geodata.figures import Cube, Indicator
from geodata.kept import Kept
from geodata.periods import shift_month
from geodata.workspace.counted import FOUND_AMONG
from geodata.workspace.figures import village_sums, village_values
from geodata.workspace.inputs import Setup
from geodata.workspace.month_tables import month_source
from geodata.workspace.saved import Built, read_built

# More than all indicators at all levels.
_RANKS_KEPT = 1000
_MONTHS_KEPT = 3
_ANSWERS = ["yes", "unknown", "exempt"]


class WorstRank(NamedTuple):
    """The layer in which a place ranks worst, and the share of its equals that rank before it."""

    indicator: str
    share: float


class Evidence:
    """Ranks, findings, figures and names of places of a built month and its month before.

    Nothing about people, and nothing about who asks.
    """

    def __init__(self, setup: Setup, cube: Cube, built: Built, before: Built | None = None) -> None:
        self.setup, self.cube, self.built, self.before = setup, cube, built, before
        self._kept = Kept(_RANKS_KEPT)

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """Return the indicators of all themes by key."""
        return self.cube.indicators

    @cached_property
    def levels(self) -> dict[str, str]:
        """Return the level of each place of the cube."""
        return dict(self.cube.places["level"])

    def ranks(self, indicator: Indicator, level: str) -> pd.DataFrame:
        """Return the places of a level by an indicator, worst first, as `rank_places` has them."""
        month = self.built.month
        return self._kept.once(
            (indicator.key, level),
            lambda: rank_places(self.cube, indicator.key, month, level=level),
        )

    def worst(self, place: str) -> str:
        """Return the layer in which a place ranks worst among its equals; ties go to the first."""
        level = self.levels[place]
        worst = self._kept.once(level, lambda: self._worst_of(level))
        return worst.get(place, self.setup.themes[0].layers[0].indicator)

    def _worst_of(self, level: str) -> dict[str, str]:
        best: dict[str, WorstRank] = {}
        for theme in self.setup.themes:
            for layer in theme.layers:
                indicator = self.indicators[layer.indicator]
                if indicator.worse == "none":
                    continue
                ranks = self.ranks(indicator, level)
                ranked = ranks[ranks["rank"].notna() & (ranks["numerator"] != 0)]
                known = max(int(ranks["rank"].notna().sum()), 1)
                for place, rank in zip(ranked.index, ranked["rank"], strict=True):
                    share = float(rank) / known
                    if place not in best or share < best[place].share:
                        best[place] = WorstRank(indicator.key, share)
        return {place: finding.indicator for place, finding in best.items()}

    def counted(self, place: str) -> pd.DataFrame:
        """Return yes, unknown and exempt of each rule within a place."""
        return _inside(self._counts, place).groupby("rule")[_ANSWERS].sum()

    def counted_before(self, place: str) -> pd.Series:
        """Return yes of each rule within a place the month before, empty when it was not built."""
        if self.before is None:
            return pd.Series(dtype="float64")
        return _inside(self._counts_before, place).groupby("rule")["yes"].sum()

    def found_among(self, place: str, indicator: Indicator) -> pd.Series:
        """Return how many of those whom a figure counts in a place each rule holds for, by its key.

        Empty where the figure counts nobody one by one.
        """
        table, source = f"{FOUND_AMONG}{indicator.key}", month_source(self.setup, self.built)
        if table not in source.derived:
            return pd.Series(dtype="int64")
        told = tally(source, Request(table, columns=("rule",)), (place,))
        return told.set_index("value")["rows"]

    def figures(self, place: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame] | None:
        """Return the figures within a place of the month before, of the month, and of the month by
        the rules of before; None when the month before was not built.
        """
        if self.before is None:
            return None
        before, after, old = (_inside(frame, place) for frame in self._figures)
        return before, after, old

    def name(self, place: str) -> object:
        """Return the name of a place as it was delivered, its code when none was."""
        return self._names.get(place, place)

    @cached_property
    def _counts(self) -> pd.DataFrame:
        return _sorted(village_sums(self.setup, self.built, "counts"))

    @cached_property
    def _counts_before(self) -> pd.DataFrame:
        assert self.before is not None
        return _sorted(village_sums(self.setup, self.before, "counts"))

    @cached_property
    def _figures(self) -> tuple[pd.DataFrame, ...]:
        assert self.before is not None
        values = self.cube.values
        now, before = (
            values[values["period"] == month] for month in (self.built.month, self.before.month)
        )
        old = village_values(self.setup, [self.built], "figures_before")
        return tuple(_sorted(one) for one in (before, now, old))

    @cached_property
    def _names(self) -> dict[str, object]:
        asked = Request("place", columns=("place_code", "name"))
        rows = public_rows(month_source(self.setup, self.built), asked)
        return dict(zip(rows["place_code"], rows["name"], strict=True))


class Months:
    """The evidence of the months of one workspace that were asked for last.

    A month is read anew when it, or the month before it, was built again.
    """

    def __init__(self, setup: Setup, cube: Cube) -> None:
        self._setup, self._cube = setup, cube
        self._kept = Kept(_MONTHS_KEPT)

    def at(self, month: str) -> Evidence | None:
        """Return the evidence of a month, None when it is not built."""
        built = read_built(self._setup.config.store, month)
        return None if built is None else self.of(built)

    def of(self, built: Built) -> Evidence:
        """Return the evidence of a built month."""
        before = read_built(self._setup.config.store, shift_month(built.month, -1))
        key = (built.folder, before.folder if before else None)
        return self._kept.once(key, lambda: Evidence(self._setup, self._cube, built, before))


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the order of their places, otherwise as they were, for `_inside`."""
    return frame.set_index("place", drop=False).rename_axis(None).sort_index(kind="stable")


def _inside(frame: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return the rows of a place and of all places within it."""
    first = frame.index.searchsorted(place)
    # No character of a code comes after this one.
    last = frame.index.searchsorted(place + "\U0010ffff")
    return frame.iloc[first:last].reset_index(drop=True)
