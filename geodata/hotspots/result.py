"""What an analysis was asked and found, village by village, ready to filter, tabulate and say."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
import xarray as xr

from geodata import i18n, periods
from geodata.errors import HotspotError
from geodata.hotspots.gi import CODE_OF, MIN_VILLAGES, QUADRANTS, REASONS
from geodata.hotspots.multiple import FAMILIES
from geodata.hotspots.trend import CATEGORIES, MIN_PERIODS, NOT_ASSESSED, TREND_TESTS
from geodata.quantity import shipped_words

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
# A hot spot of fewer cases among the neighbours is one late household seen from every side.
MIN_EVENTS = 5


@dataclass(frozen=True)
class HotspotOptions:
    """Settings of `analyse`.

    threshold: line whose exceedance is wanted, in the unit of the rate. alpha: false discovery
    rate of "significant". fdr: month, cube or none. lag: months of the past in the neighbourhood.
    trend_test: ar1 (allows for autocorrelation), mk, or seasonal (months against their own years).
    min_events: cases in a neighbourhood without which it is not hot. level: of the interval. log: take log(1 + x) of a plain value before testing, for incomes.
    """

    threshold: float | None = None
    alpha: float = 0.05
    fdr: str = "month"
    lag: int = 0
    trend_test: str = "ar1"
    min_periods: int = MIN_PERIODS
    min_villages: int = MIN_VILLAGES
    min_events: int = MIN_EVENTS
    level: float = 0.95
    sporadic_needs_final: bool = True
    log: bool = False

    def __post_init__(self) -> None:
        check_options(
            self,
            ("alpha", 0 < self.alpha < 1, "0 < alpha < 1"),
            ("level", 0 < self.level < 1, "0 < level < 1"),
            ("fdr", self.fdr in FAMILIES, ", ".join(FAMILIES)),
            ("lag", self.lag >= 0, ">= 0"),
            ("trend_test", self.trend_test in TREND_TESTS, ", ".join(TREND_TESTS)),
            ("min_periods", self.min_periods >= 1, ">= 1"),
            ("min_villages", self.min_villages >= 2, ">= 2"),
            ("min_events", self.min_events >= 0, ">= 0"),
        )


def check_options(settings: object, *checks: tuple[str, bool, str]) -> None:
    """Raise HotspotError for the first setting that does not hold: (name, holds, what may be)."""
    for name, holds, known in checks:
        if not holds:
            value = getattr(settings, name)
            raise HotspotError("hotspots.bad_option", name=name, value=value, known=known)


def read_options(kind: type[T], given: Mapping[str, object]) -> T:
    """Return the settings; an unknown name raises HotspotError with the nearest known ones."""
    known = [field.name for field in fields(kind)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.0)
            raise HotspotError("hotspots.bad_analysis_option", name=name, near=", ".join(near))
    return kind(**given)


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
        positions = self.ids.get_indexer(pd.Index(list(keys)))
        if (positions < 0).any():
            raise HotspotError(
                "hotspots.unknown_village",
                label=np.asarray(list(keys), dtype=object)[positions < 0][0],
            )
        rows: dict[str, Any] = {
            name: value[positions]
            for name in (field.name for field in fields(self))
            if isinstance(value := getattr(self, name), np.ndarray) and name != "county_rate"
        }
        return replace(self, ids=self.ids[positions], **rows)

    def period_position(self, period: object = None) -> int:
        """Return the position of a period, the last one by default."""
        if period is None:
            return len(self.periods) - 1
        position = self.periods.get_indexer(pd.Index([period]))[0]
        if position < 0:
            known = ", ".join(str(one) for one in self.periods)
            raise HotspotError("hotspots.no_period", period=period, known=known)
        return int(position)

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
            unit=shipped_words().things["household"].text(lang) if unit is None else unit,
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
        position = self.ids.get_indexer(pd.Index([place]))[0]
        if position < 0:
            raise HotspotError("hotspots.unknown_village", label=place)
        return int(position)


_CODES = (*range(-8, 9), NOT_ASSESSED)


_RUNS = {"month": "months_run", "quarter": "quarters_run", "year": "years_run"}


def category_key(code: int) -> str:
    """Return the catalogue name of a category code, e.g. hot_new, cold_historical, not_assessed."""
    if code == NOT_ASSESSED:
        return "not_assessed"
    if code == 0:
        return "no_pattern"
    return f"{'hot' if code > 0 else 'cold'}_{CATEGORIES[abs(int(code))]}"


def category_name(code: int, lang: str | None = None) -> str:
    """Return what a category is called on a map, e.g. 新增热点."""
    return i18n.text(f"hotspots.{category_key(code)}", lang)


def category_meaning(code: int, lang: str | None = None) -> str:
    """Return what a category says, in one plain sentence."""
    return i18n.text(f"hotspots.{category_key(code)}_sentence", lang)


def bin_name(code: int, lang: str | None = None) -> str:
    """Return what a significance bin -3..3 is called on a map."""
    return i18n.text(f"hotspots.bin_{'m' if code < 0 else ''}{abs(int(code))}", lang)


def reason_sentence(code: int, lang: str | None = None) -> str:
    """Return why a village was not assessed; `code` is a position in REASONS."""
    return i18n.text(f"hotspots.{REASONS[int(code)]}", lang)


def category_sentence(
    code: int,
    run: int = 0,
    *,
    trend: int | None = 0,
    reason: int = 0,
    period: str = "",
    level: str = "village",
    lang: str | None = None,
) -> str:
    """Return the finding for a village, e.g. 该村连续4个月为热点,且趋势上升 (no full stop).

    `run`: periods up to the last one, without a break, in which the village was significantly hot
    (or cold); `trend`: -1, 0, +1 of z, None when it cannot be assessed; `reason`: position in
    REASONS for code 99; `period`: the last period, whose kind names months, quarters or years;
    `level`: what kind of place it is.
    """
    here = level_word("here", level, lang)
    if code == NOT_ASSESSED:
        because = reason_sentence(reason or REASONS.index("few_periods"), lang)
        return here + i18n.text("hotspots.not_assessed_because", lang, reason=because)
    state = i18n.text("hotspots.hot" if code > 0 else "hotspots.cold", lang)
    if abs(code) == 8:
        return here + i18n.text("hotspots.left_run", lang, state=state)
    if code == 0:
        return here + i18n.text("hotspots.no_run", lang)
    name = _RUNS.get(_kind_of(period), "periods_run") if run > 1 else "one_run"
    words = i18n.text(f"hotspots.{name}", lang, count=run, state=state)
    if run <= 1:  # one period has no way to go
        return here + words
    ending = {None: "trend_unknown", 1: "trend_1", -1: "trend_m1"}.get(trend, "trend_0")
    return here + words + i18n.text(f"hotspots.{ending}", lang)


def level_word(name: str, level: str, lang: str | None = None) -> str:
    """Return a word that depends on the kind of place: name is here, self or near."""
    known = level if level in ("village", "township") else "place"
    return i18n.text(f"hotspots.{name}_{known}", lang)


def bin_sentence(code: int, *, level: str = "village", lang: str | None = None) -> str:
    """Return what a significance bin says of a place in its period (no full stop)."""
    if code == 0:
        return level_word("here", level, lang) + i18n.text("hotspots.no_run", lang)
    state = bin_name(code, lang)
    return level_word("here", level, lang) + i18n.text("hotspots.bin_is", lang, state=state)


def _kind_of(period: str) -> str:
    try:
        return periods.kind_of(periods.parse_period(str(period)))
    except (ValueError, KeyError):
        return ""


def share_text(share: float, kind: str) -> str:
    """Return a rate as people write it: a share in percent, a mean with its thousands."""
    if not math.isfinite(share):
        return "—"
    if kind == "proportion":
        return f"{100 * share:.1f}%"
    return f"{share:,.2f}" if abs(share) < 100 else f"{share:,.0f}"


def count_text(count: float) -> str:
    """Return a count with its thousands; whole when it is whole."""
    if not math.isfinite(count):
        return "—"
    return f"{count:,.0f}" if float(count).is_integer() else f"{count:,.1f}"
