"""What an analysis found, village by village, ready to filter, tabulate and say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
import xarray as xr

from geodata import i18n
from geodata.errors import HotspotError
from geodata.hotspots.emerging import NOT_ASSESSED
from geodata.hotspots.gi import CODE_OF, REASONS
from geodata.hotspots.moran import QUADRANTS
from geodata.hotspots.options import HotspotOptions
from geodata.hotspots.sentences import (
    bin_sentence,
    category_key,
    category_sentence,
    count_text,
    level_word,
    share_text,
)


@dataclass(frozen=True, eq=False)
class HotspotResult:
    """Hot spots of one indicator; arrays are (villages, periods) unless said otherwise.

    Test: `z` (above 0 is the worse side), `p`, `adjusted` p, `bins` -3..3, `significant`, `alarm`
    (significant, worse side, and more than the skewness of small counts), `quadrant` of local
    Moran, `reasons` (positions in REASONS, 0 assessed). Time, one a village: `category` (-8..8,
    99), `category_reason`, `run` of periods up to the last, `trend` -1, 0, +1, `trend_assessable`.
    Display: `events`, `base`, `rate`, `smoothed`, `weight`, `lower`, `upper`, `exceedance` (NaN
    without a threshold), and around the village, itself included: `neighbours` that report,
    `around_events`, `around_base`, `around_rate`; `county_rate` is one a period.
    """

    ids: pd.Index
    periods: pd.Index
    kind: str
    worse: str
    options: HotspotOptions
    z: np.ndarray
    p: np.ndarray
    adjusted: np.ndarray
    bins: np.ndarray
    significant: np.ndarray
    alarm: np.ndarray
    quadrant: np.ndarray
    reasons: np.ndarray
    category: np.ndarray
    category_reason: np.ndarray
    run: np.ndarray
    trend: np.ndarray
    trend_assessable: np.ndarray
    events: np.ndarray
    base: np.ndarray
    rate: np.ndarray
    smoothed: np.ndarray
    weight: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    exceedance: np.ndarray
    neighbours: np.ndarray
    around_events: np.ndarray
    around_base: np.ndarray
    around_rate: np.ndarray
    county_rate: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, keys: Iterable[object]) -> HotspotResult:
        """Return the result of some villages only: filtered, never computed again."""
        found = self.ids.get_indexer(pd.Index(list(keys)))
        if (found < 0).any():
            raise HotspotError(
                "hotspots.unknown_village", label=np.asarray(list(keys), dtype=object)[found < 0][0]
            )
        rows = {
            name: value[found]
            for name in (field.name for field in fields(self))
            if isinstance(value := getattr(self, name), np.ndarray) and name != "county_rate"
        }
        return replace(self, ids=self.ids[found], **rows)

    def period_position(self, period: object = None) -> int:
        """Return the position of a period, the last one by default."""
        if period is None:
            return len(self.periods) - 1
        found = self.periods.get_indexer([period])[0]
        if found < 0:
            known = ", ".join(str(one) for one in self.periods)
            raise HotspotError("hotspots.no_period", period=period, known=known)
        return int(found)

    def frame(self, period: object = None, lang: str | None = None) -> pd.DataFrame:
        """Return one row a village: the figures of one period (the last) and the category."""
        at = self.period_position(period)
        names = [
            "z",
            "p",
            "adjusted",
            "bins",
            "significant",
            "alarm",
            "events",
            "base",
            "rate",
            "smoothed",
            "weight",
            "lower",
            "upper",
            "exceedance",
            "neighbours",
            "around_events",
            "around_base",
            "around_rate",
        ]
        columns = {name: getattr(self, name)[:, at] for name in names}
        columns["quadrant"] = np.array(QUADRANTS, dtype=object)[self.quadrant[:, at]]
        columns["reason"] = np.array(REASONS, dtype=object)[self.reasons[:, at]]
        if at == len(self.periods) - 1:
            columns |= {"category": self.category, "run": self.run, "trend": self.trend}
            columns["category_name"] = self.category_names(lang)
        return pd.DataFrame(columns, index=self.ids)

    def category_names(self, lang: str | None = None) -> np.ndarray:
        """Return the category of every village in words."""
        known = {code: i18n.text(f"hotspots.{category_key(code)}", lang) for code in _CODES}
        return np.array([known[int(code)] for code in self.category], dtype=object)

    def counts(self) -> pd.Series:
        """Return how many villages are in each category, index code; they add up to all."""
        return pd.Series(self.category).value_counts().sort_index().rename_axis("category")

    def sentence(
        self,
        place: object,
        lang: str | None = None,
        *,
        unit: str | None = None,
        level: str = "village",
    ) -> str:
        """Return the finding for one place and the numbers behind it, for the last period."""
        apart = "。" if (lang or i18n.default_language()) == "zh" else "; "
        said = self.explanation(place, unit=unit, level=level, lang=lang)
        return self.finding(place, lang, level=level) + apart + said

    def finding(self, place: object, lang: str | None = None, *, level: str = "village") -> str:
        """Return the finding for one place in the last period, without any number behind it.

        With too few periods for categories it is the period's own significance.
        """
        row = self._row(place)
        few = self.category_reason[row] == CODE_OF["few_periods"]
        if few and len(self.periods) < self.options.min_periods:
            return bin_sentence(int(self.bins[row, -1]), level=level, lang=lang)
        return category_sentence(
            int(self.category[row]),
            int(self.run[row]),
            trend=int(self.trend[row]) if self.trend_assessable[row] else None,
            reason=int(self.category_reason[row]),
            period=str(self.periods[-1]),
            level=level,
            lang=lang,
        )

    def explanation(
        self,
        place: object,
        period: object = None,
        *,
        unit: str | None = None,
        level: str = "village",
        lang: str | None = None,
    ) -> str:
        """Return e.g. self + 6 neighbours: 87 of 2,187 households = 4.0%, county 2.0%.

        `unit` names what is counted, by default households; empty for none.
        """
        row, at = self._row(place), self.period_position(period)
        name = "around_value" if self.kind == "value" else "around_share"
        said = i18n.text(
            f"hotspots.{name}",
            lang,
            here=level_word("self", level, lang),
            near=level_word("near", level, lang),
            neighbours=int(self.neighbours[row, at]),
            events=count_text(self.around_events[row, at]),
            base=count_text(self.around_base[row, at]),
            unit=i18n.text("units.households", lang) if unit is None else unit,
            share=share_text(self.around_rate[row, at], self.kind),
            county=share_text(self.county_rate[at], self.kind),
        )
        return " ".join(said.split())

    def to_dataset(self) -> xr.Dataset:
        """Return everything as an xarray Dataset with the dimensions place and period."""
        n, t = len(self.ids), len(self.periods)
        known: dict[tuple[int, ...], tuple[str, ...]] = {(n, t): ("place", "period")}
        data = {}
        for name in (field.name for field in fields(self)):
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                single = ("period",) if name == "county_rate" else ("place",)
                data[name] = (known[n, t] if value.ndim == 2 else single, value)
        return xr.Dataset(data, coords={"place": self.ids, "period": self.periods})

    def _row(self, place: object) -> int:
        found = self.ids.get_indexer([place])[0]
        if found < 0:
            raise HotspotError("hotspots.unknown_village", label=place)
        return int(found)


_CODES = (*range(-8, 9), NOT_ASSESSED)
