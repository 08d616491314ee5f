"""The cube: the figures of places at every level by period and indicator, added up from the lowest."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd
import xarray as xr

from geodata.errors import AtlasError
from geodata.figures.indicator import Indicator
from geodata.figures.totals import PARTS, total_by
from geodata.i18n import LANGUAGES
from geodata.kept import Kept

# A frame of a thousand villages takes 40 KB.
_KEPT = 400
# Whether a place has a figure, and why not: nothing reported, nobody in question, so few that it
# could point at somebody, or out of the viewer's reach.
STATES = ("shown", "no_data", "not_applicable", "hidden", "outside")
_NONE = np.array([], dtype=np.intp)


T = TypeVar("T")


@dataclass(frozen=True)
class ParameterStep:
    """A parameter that an indicator depends on and that has another value from a period on.

    `title` is by language; `before` and `after` are the values as they are written, by language.
    """

    key: str
    period: str
    title: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Cube:
    """Places and their figures, however they were made; every total is made here.

    `places`: index key; level, name, parent (key or missing), and where it is known valid_from and
    valid_to, the first and last month of a place, empty where open. `values`: place (lowest level),
    period, indicator, numerator, denominator, missing and subjects (NaN where it is not known who
    was judged); money in yuan. A plain sum has the denominator 1. `least_bases` says by period how
    many must be in question in a place for its share to be ranked, `steps` by indicator where a
    parameter it depends on changed.
    """

    title: str
    levels: tuple[str, ...]
    places: pd.DataFrame
    values: pd.DataFrame
    indicators: Mapping[str, Indicator]
    least_bases: Mapping[str, int] = field(default_factory=dict, kw_only=True)
    steps: Mapping[str, tuple[ParameterStep, ...]] = field(default_factory=dict, kw_only=True)
    # Shared by all viewers of this cube, which itself never changes; another scope has its own.
    _kept: Kept = field(default_factory=lambda: Kept(_KEPT), init=False, repr=False, compare=False)

    @property
    def lowest(self) -> str:
        """Return the lowest level, whose places carry the values."""
        return self.levels[-1]

    @property
    def periods(self) -> tuple[str, ...]:
        """Return every period of any indicator, in order; one empty key when there is only one."""
        return self.once("periods", lambda: tuple(sorted(self.values["period"].unique())))

    def periods_of(self, indicator: str) -> tuple[str, ...]:
        """Return the periods in which an indicator has a figure."""

        def find() -> tuple[str, ...]:
            rows = self._rows(indicator)
            return tuple(sorted(rows.loc[rows["numerator"].notna(), "period"].unique()))

        return self.once(("periods", indicator), find)

    def steps_between(self, indicator: str, before: str, after: str) -> tuple[ParameterStep, ...]:
        """Return the parameters of an indicator that have another value than in an earlier period.

        A change between two such periods is none of people alone.
        """
        by_key: dict[str, ParameterStep] = {}
        for step in self.steps.get(indicator, ()):
            if before < step.period <= after:
                first = by_key.get(step.key, step)
                by_key[step.key] = replace(step, before=first.before)
        return tuple(step for step in by_key.values() if step.before != step.after)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what follows from this atlas and `key` alone; made when first asked for.

        It is shared, so nobody changes it.
        """
        return self._kept.once(key, make)

    def name(self, place: str | None) -> str:
        """Return the name of a place; the title of the atlas for the whole area."""
        return self.title if place is None else str(self._row(place)["name"])

    def level_of(self, place: str | None) -> str | None:
        """Return the level of a place; None for the whole area."""
        return None if place is None else str(self._row(place)["level"])

    def path(self, place: str | None) -> tuple[str, ...]:
        """Return the keys from the top level down to a place; empty for the whole area."""
        places: list[str] = []
        while place is not None:
            parent = self._row(place)["parent"]
            places.append(place)
            place = None if pd.isna(parent) else str(parent)
        return tuple(reversed(places))

    def places_in(self, place: str | None, level: str, period: str = "") -> pd.Index:
        """Return the keys of a level that lie in a place (or are it), in code order.

        With a period only those that there were in it.
        """
        if period:
            there = self._there(level, period)[self.places_in(place, level)]
            present: pd.Index = there.index[there]
            return present

        def find() -> pd.Index:
            if place is None:
                return self.places.index[self.places["level"] == level]
            above = self.ancestors(level, self._row(place)["level"])
            return above.index[above == place]

        return self.once(("places", place, level), find)

    def _there(self, level: str, period: str) -> pd.Series:
        """Return whether there was each place of a level in a period, by key.

        Before its first and after its last month there is none, unless it reported; a place above is
        there with any within it.
        """

        def find() -> pd.Series:
            keys = self.places_in(None, self.lowest)
            if "valid_from" not in self.places:
                return pd.Series(True, index=self.places_in(None, level))
            terms = self.places.loc[keys]
            there = terms["valid_from"] <= period
            there &= (terms["valid_to"] == "") | (terms["valid_to"] >= period)
            told = self.values["numerator"].notna() & (self.values["period"] == period)
            there |= keys.isin(self.values.loc[told, "place"])
            upper = self.ancestors(self.lowest, level)
            above: pd.Series = there.groupby(upper).any().reindex(self.places_in(None, level))
            return above.fillna(True).astype(bool)

        series: pd.Series = self.once(("there", level, period), find)
        return series

    def ancestors(self, level: str, above: str) -> pd.Series:
        """Return for each key of a level the key of its ancestor at a level above (or its own)."""

        def find() -> pd.Series:
            keys = self.places.index[self.places["level"] == level]
            upper = pd.Series(keys, index=keys)
            for _ in range(self.levels.index(level) - self.levels.index(above)):
                upper = upper.map(self.places["parent"])
            return upper

        return self.once(("ancestors", level, above), find)

    def frame(self, indicator: str, period: str, level: str) -> pd.DataFrame:
        """Return every place of a level: value, its four parts, places_with_data, places.

        Places without a figure are there with NaN. `places_with_data` of `places` counts the
        lowest places behind the figure.
        """
        asked = ("frame", indicator, period, level)
        figures: pd.DataFrame = self.once(asked, lambda: self._frame(indicator, period, level))
        return figures.copy(deep=False)

    def _frame(self, indicator: str, period: str, level: str) -> pd.DataFrame:
        rows = self._rows(indicator, period)
        upper = self.ancestors(self.lowest, level)
        there = upper[self.places_in(None, self.lowest, period)]
        sizes = there.value_counts().reindex(self.places_in(None, level)).fillna(0)
        return total_by(rows, rows["place"].map(upper), self.indicator(indicator), sizes=sizes)

    def series(self, indicator: str, place: str | None) -> pd.DataFrame:
        """Return the figure of one place (None: the whole) in each period; columns of `frame`."""
        asked = ("series", indicator, place)
        figures: pd.DataFrame = self.once(asked, lambda: self._series(indicator, place))
        return figures.copy(deep=False)

    def _series(self, indicator: str, place: str | None) -> pd.DataFrame:
        lowest = self.places_in(place, self.lowest)
        rows = self._rows(indicator)
        rows = rows[rows["place"].isin(lowest)]
        counts = {one: len(self.places_in(place, self.lowest, one)) for one in self.periods}
        sizes = pd.Series(counts, dtype="int64").rename_axis("period")
        return total_by(rows, rows["period"], self.indicator(indicator), sizes=sizes)

    def all_values(self, indicator: str, level: str, *, last: int = 0) -> pd.Series:
        """Return the known values of a level in all periods, to cut classes that stay comparable.

        With `last` only those of so many periods, the latest.
        """

        def find() -> pd.Series:
            periods = self.periods[-last:]
            frames = [self.frame(indicator, period, level)["value"] for period in periods]
            series: pd.Series = pd.concat(frames).dropna()
            return series

        return self.once(("values", indicator, level, last), find)

    def seen(self, keys: pd.Index) -> pd.Series:
        """Return whether the figures of each place may be shown; here all, by key."""
        return pd.Series(True, index=keys)

    def own(self, keys: pd.Index) -> pd.Series:
        """Return whether the households of each place may be listed; here all, by key."""
        return pd.Series(True, index=keys)

    def hidden(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return whether the figure of each place is known and not shown; here none, by key."""
        return pd.Series(False, index=self.places_in(None, level))

    def not_applicable(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return in which places that reported nobody is in the scope of an indicator, by key.

        Either nobody is there to be judged, or what they add up to has a base of nothing. None
        where it is not known who was judged.
        """

        def find() -> pd.Series:
            frame = self.frame(indicator, period, level)
            judged = frame["subjects"] > 0
            reported = self.reported(indicator, level).reindex(columns=[period], fill_value=False)
            nobody = ~judged & reported[period].reindex(frame.index)
            nobody &= bool((self._rows(indicator, period)["subjects"] > 0).any())
            nothing = judged & (frame["missing"] == 0)
            return frame["value"].isna() & (nobody | nothing)

        return self.once(("not applicable", indicator, period, level), find)

    def states(self, indicator: str, period: str, level: str) -> pd.Series:
        """Return one of STATES for every place of a level, by key."""

        def find() -> pd.Series:
            asked = (indicator, period, level)
            frame = self.frame(*asked)
            kinds = {
                "outside": ~self.seen(frame.index),
                "hidden": self.hidden(*asked),
                "shown": frame["value"].notna(),
                "not_applicable": self.not_applicable(*asked),
            }
            holds = [one.reindex(frame.index).to_numpy(dtype=bool) for one in kinds.values()]
            told = np.select(holds, list(kinds), default="no_data")
            return pd.Series(told.astype(object), index=frame.index)

        return self.once(("states", indicator, period, level), find)

    def reported(self, indicator: str, level: str) -> pd.DataFrame:
        """Return whether each place sent what an indicator is made of in each period.

        Index key, a column a period. The register of households is what every place sends; other
        tables may have no row of it. A place that is judged itself sent the row about it, or nothing.
        """
        asked = self.indicator(indicator)
        itself, table = asked.subject == "village", asked.table

        def find() -> pd.DataFrame:
            about = {"household", asked.subject}
            keys = [
                key
                for key, known in self.indicators.items()
                if (known.table == table if itself else known.subject in about)
            ]
            rows = self.values[self.values["subjects"] > 0]
            rows = rows[rows["indicator"].isin(keys)]
            pairs = rows[["place", "period"]].drop_duplicates()
            upper = pairs["place"].map(self.ancestors(self.lowest, level))
            counted = pd.crosstab(upper, pairs["period"])
            places = self.places_in(None, level)
            return counted.reindex(index=places, columns=list(self.periods), fill_value=0) > 0

        return self.once(("reported", table if itself else asked.subject, level), find)

    def indicator(self, key: str) -> Indicator:
        """Return one indicator; raises AtlasError naming those there are."""
        if key not in self.indicators:
            raise AtlasError("atlas.no_indicator", wanted=key, known=", ".join(self.indicators))
        return self.indicators[key]

    def _rows(self, indicator: str, period: str | None = None) -> pd.DataFrame:
        """Return the values of an indicator, in one period when it is given."""

        where = self._where
        if period is not None:
            return self.values.iloc[where.get((indicator, period), [])]
        numbers = [rows for (key, _), rows in where.items() if key == indicator]
        return self.values.iloc[np.concatenate(numbers) if numbers else []]

    @property
    def _where(self) -> dict[tuple[str, str], np.ndarray]:
        """Return the rows of values of each indicator and period."""

        def find() -> dict[tuple[str, str], np.ndarray]:
            indices = self.values.groupby(["indicator", "period"], sort=True).indices
            return cast("dict[tuple[str, str], np.ndarray]", indices)

        return self.once("rows", find)

    def parts(self, indicator: str, period: str) -> dict[str, np.ndarray]:
        """Return the four parts of the lowest places as they are added up, in the order of `places`.

        Numerator and denominator are NaN where either is unknown or the denominator is nothing.
        """
        rows, (at, parts) = self._where.get((indicator, period), _NONE), self._placed
        sums = np.full((len(self.places), len(PARTS)), np.nan)
        sums[at[rows]] = parts[rows]
        sums[~(sums[:, 1] > 0), :2] = np.nan
        return dict(zip(PARTS, sums.T, strict=True))

    @property
    def _placed(self) -> tuple[np.ndarray, np.ndarray]:
        """Return of every row of values the number of its place and the four parts."""

        def find() -> tuple[np.ndarray, np.ndarray]:
            parts = self.values[list(PARTS)].to_numpy(dtype=float, copy=True)
            parts[np.isnan(parts[:, 0]), 1] = np.nan
            return self.places.index.get_indexer(pd.Index(self.values["place"])), parts

        return self.once("placed", find)

    def _row(self, place: str) -> dict[Hashable, Any]:
        rows = self.once("known", lambda: self.places[["level", "name", "parent"]].to_dict("index"))
        if place not in rows:
            raise AtlasError("atlas.no_place", place=place, title=self.title)
        return rows[place]

    def table(self, indicator: str) -> pd.DataFrame:
        """Return the value of an indicator: a row for each place of all levels, a column a period."""
        return self._totals(indicator)["value"].unstack("period").reindex(self.places.index)

    def _totals(self, indicator: str) -> pd.DataFrame:
        """Return the columns of `frame` of all levels and periods; index place and period."""
        rows, described = self._rows(indicator), self.indicator(indicator)
        frames = []
        for level in self.levels:
            upper = self.ancestors(self.lowest, level)
            keys = [self.places_in(None, level), pd.Index(self.periods)]
            index = pd.MultiIndex.from_product(keys, names=["place", "period"])
            counts = upper.value_counts().reindex(index.get_level_values("place")).fillna(0)
            groups = [rows["place"].map(upper), rows["period"]]
            frames.append(total_by(rows, groups, described, sizes=counts.set_axis(index)))
        return pd.concat(frames)

    def to_dataset(self) -> xr.Dataset:
        """Return the figures by indicator, place and period; money in yuan.

        Variables value, numerator, denominator, missing, subjects and share_missing, NaN where
        nothing is known; level, parent, name, title_zh, unit_en and the like are coordinates.
        """
        indicators = list(self.indicators.values())
        shape = (len(indicators), len(self.places), len(self.periods))
        index = pd.MultiIndex.from_product([self.places.index, self.periods])
        frames = [self._totals(one.key).reindex(index) for one in indicators]
        dims = ("indicator", "place", "period")
        data = {
            part: (dims, np.stack([frame[part].to_numpy() for frame in frames]).reshape(shape))
            for part in ("value", *PARTS)
        }
        about = {name: self.places[name].fillna("").astype(str) for name in _ABOUT}
        coords = {
            "indicator": list(self.indicators),
            "place": self.places.index.to_numpy(dtype=str),
            "period": list(self.periods),
            **{name: ("place", column.to_numpy(dtype=str)) for name, column in about.items()},
            "adds_up": ("indicator", [one.adds_up for one in indicators]),
            "quantity": ("indicator", [one.quantity for one in indicators]),
            **_labels(indicators),
        }
        cube = xr.Dataset(data, coords, {"Conventions": "CF-1.8", "title": self.title})
        cube["share_missing"] = cube["missing"] / cube["subjects"].where(cube["subjects"] > 0)
        for name, (words, unit) in _VARIABLES.items():
            cube[name].attrs |= {"long_name": words, "units": unit}
        return cube


_ABOUT = ("level", "parent", "name")
# The unit of value, numerator and denominator differs by indicator.
_VARIABLES = {
    "value": ("numerator for sums, else numerator / denominator", "see unit_en"),
    "numerator": ("sum over the subjects that are known", "see unit_en"),
    "denominator": ("base over the subjects that are known", "1"),
    "missing": ("subjects of which the figure is not known", "1"),
    "subjects": ("subjects in scope", "1"),
    "share_missing": ("missing / subjects", "1"),
}


def _labels(indicators: Sequence[Indicator]) -> dict[str, tuple[str, list[str]]]:
    """Return title and unit of the indicators in each language as coordinates."""
    titles = {f"title_{lang}": [one.title_in(lang) for one in indicators] for lang in LANGUAGES}
    units = {f"unit_{lang}": [one.unit_in(lang) for one in indicators] for lang in LANGUAGES}
    return {name: ("indicator", texts) for name, texts in (titles | units).items()}
