"""The rates of an evaluation: exact at their limits, and what a sample of that size can say.

Poverty, wrong-exit and missed rates count persons and fail when they are greater than the limit;
satisfaction counts households and fails when it is less. A limit is the dated parameter of a place.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from fractions import Fraction

from scipy.stats import beta

from geodata.i18n import default_language, text
from geodata.policy import Policy

CONFIDENCE = 0.95
# Each rate with the parameter that limits it; the first three must not exceed it.
LIMITS = {
    "poverty_rate": "eval.poverty_rate.max",
    "wrong_exit_rate": "eval.wrong_exit_rate.max",
    "missed_rate": "eval.missed_rate.max",
    "satisfaction": "eval.satisfaction.min",
}


@dataclass(frozen=True)
class Rate:
    """One rate as it was found, with its verdict.

    `limit` in percent, None when none is in force: then the verdict is unknown. `bound` is the
    one-sided 95 % bound (Clopper-Pearson) in percent: the rate of all may be as high as that, or
    for satisfaction as low. `variant` says how it was found: counted or scaled.
    """

    kind: str
    found: Fraction
    counted: int
    limit: float | None
    bound: float
    variant: str = "counted"

    @property
    def percent(self) -> float:
        """Return the rate in percent; NaN when nobody was counted."""
        return float(self.found * 100 / self.counted) if self.counted else float("nan")

    @property
    def verdict(self) -> str:
        """Return pass, fail or unknown; a rate equal to its limit passes."""
        return self._against(self.found * 100)

    @property
    def certain(self) -> str:
        """Return the verdict that the bound supports: pass, fail or unknown."""
        if self.limit is None or not self.counted:
            return "unknown"
        within = (
            self.bound >= self.limit if self.kind == "satisfaction" else self.bound <= self.limit
        )
        return "pass" if within else "fail"

    @property
    def room(self) -> int | None:
        """Return how many more may be found before the rate fails; negative when it does.

        For satisfaction that many more may be dissatisfied. None without a limit or anybody counted.
        """
        if self.limit is None or not self.counted:
            return None
        limit = Fraction(str(self.limit)) / 100
        if self.kind == "satisfaction":
            return math.floor(self.found - limit * self.counted)
        return math.floor(limit * self.counted - self.found)

    def sentence(self, lang: str | None = None) -> str:
        """Return the rate, its verdict and its bound in words."""
        lang = lang or default_language()
        title = text(f"evaluation.{self.kind}", lang)
        if not self.counted:
            return text("evaluation.nobody", lang, title=title)
        said = text(
            f"evaluation.told_{self.variant}",
            lang,
            title=title,
            found=f"{float(self.found):,.0f}",
            counted=f"{self.counted:,}",
            percent=f"{self.percent:.2f}",
            bound=f"{self.bound:.2f}",
            side=text(
                "evaluation.at_least" if self.kind == "satisfaction" else "evaluation.at_most", lang
            ),
        )
        limit = "" if self.limit is None else f"{self.limit:g}"
        return said + text(f"evaluation.verdict_{self.verdict}", lang, limit=limit)

    def _against(self, hundredfold: Fraction) -> str:
        if self.limit is None or not self.counted:
            return "unknown"
        allowed = Fraction(str(self.limit)) * self.counted
        low = self.kind == "satisfaction"
        failed = hundredfold < allowed if low else hundredfold > allowed
        return "fail" if failed else "pass"


@dataclass(frozen=True)
class Scaled:
    """A rate of a sample to be scaled up: persons found and sampled, and the persons it stands for."""

    found: int
    sampled: int
    population: int


def judge_rate(kind: str, found: int, counted: int, *, limit: float | None) -> Rate:
    """Return a rate of persons (satisfaction: households) found among those counted.

    `kind` is one of LIMITS. Raises ValueError for counts that cannot be.
    """
    if kind not in LIMITS or not 0 <= found <= counted:
        raise ValueError(f"{kind}: {found} of {counted} is no rate")
    bound = lower_bound(found, counted) if kind == "satisfaction" else upper_bound(found, counted)
    return Rate(kind, Fraction(found), counted, limit, 100 * bound)


def scaled_poverty_rate(
    not_lifted: int, wrong_exits: Scaled, missed: Scaled, *, population: int, limit: float | None
) -> Rate:
    """Return the comprehensive poverty rate with wrong exits and missed persons scaled up.

    Its bound adds the upper bounds of both parts, each at 97.5 %, so that both hold together with
    at least 95 %. Persons that are counted and not sampled are exact.
    """
    parts = (wrong_exits, missed)
    if any(not 0 <= part.found <= part.sampled or not part.sampled for part in parts):
        raise ValueError("a scaled rate needs a sample of each part")
    found = Fraction(not_lifted) + sum(
        (Fraction(part.found, part.sampled) * part.population for part in parts), Fraction(0)
    )
    each = 1 - (1 - CONFIDENCE) / len(parts)
    most = not_lifted + sum(
        upper_bound(part.found, part.sampled, confidence=each) * part.population for part in parts
    )
    return Rate("poverty_rate", found, population, limit, 100 * most / population, "scaled")


def upper_bound(found: int, counted: int, *, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided upper bound of a share by Clopper and Pearson (1934), 0 to 1."""
    if counted == 0 or found == counted:
        return 1.0
    return float(beta.ppf(confidence, found + 1, counted - found))


def lower_bound(found: int, counted: int, *, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided lower bound of a share by Clopper and Pearson (1934), 0 to 1."""
    if counted == 0 or found == 0:
        return 0.0
    return float(beta.ppf(1 - confidence, found, counted - found + 1))


def largest_passing(counted: int, limit: float) -> tuple[int, int]:
    """Return the most that may be found: by the rate itself, and so that its bound passes too.

    The second is -1 where even nothing found says too little.
    """
    by_rate = int(Fraction(str(limit)) * counted / 100)
    certain = -1
    while certain < by_rate and 100 * upper_bound(certain + 1, counted) <= limit:
        certain += 1
    return by_rate, certain


def limit_of(policy: Policy, kind: str, place: str, day: datetime.date) -> float | None:
    """Return the limit of a rate in force at a place on a day, in percent; None when there is none."""
    value = policy.at(LIMITS[kind], place, day).comparable
    return float(value) if isinstance(value, (int, float)) else None
