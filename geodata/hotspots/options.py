"""The settings of an analysis, with what each may be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from geodata.errors import HotspotError
from geodata.hotspots.emerging import MIN_PERIODS, TREND_TESTS
from geodata.hotspots.gi import MIN_VILLAGES
from geodata.hotspots.multiple import FAMILIES

T = TypeVar("T")


@dataclass(frozen=True)
class HotspotOptions:
    """Settings of `analyse`.

    threshold: line whose exceedance is wanted, in the unit of the rate. alpha: false discovery
    rate of "significant". fdr: month, cube or none. lag: months of the past in the neighbourhood.
    trend_test: ar1 (allows for autocorrelation), mk, or seasonal (months against their own years).
    level: of the interval. log: take log(1 + x) of a plain value before testing, for incomes.
    """

    threshold: float | None = None
    alpha: float = 0.05
    fdr: str = "month"
    lag: int = 0
    trend_test: str = "ar1"
    min_periods: int = MIN_PERIODS
    min_villages: int = MIN_VILLAGES
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
