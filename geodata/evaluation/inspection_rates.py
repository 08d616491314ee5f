"""The rates of an evaluation, exact at their limits, and what the drawn households would give.

Poverty, wrong-exit and missed rates count persons and fail when they are greater than the limit;
satisfaction counts households and fails when it is less. A limit is the dated parameter of a place.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd

from geodata.evaluation.bounds import (
    CONFIDENCE,
    could_show,
    household_bound,
    lower_bound,
    upper_bound,
)
from geodata.evaluation.draw import Draw
from geodata.i18n import default_language, text
from geodata.policy import Policy

# Each rate with the parameter that limits it; the first three must not exceed it.
LIMITS = {
    "poverty_rate": "eval.poverty_rate.max",
    "wrong_exit_rate": "eval.wrong_exit_rate.max",
    "missed_rate": "eval.missed_rate.max",
    "satisfaction": "eval.satisfaction.min",
}


@dataclass(frozen=True)
class Rate:
    """One rate with its verdict: the `positives` among those counted.

    `limit` in percent, None when none is in force: then the verdict is unknown. `bound` is the
    one-sided 95 % bound (households as clusters) in percent: the rate of all may be as high as that,
    or for satisfaction as low. `variant` says how it was reached: counted or scaled. Where it rests
    on `households` drawn by lot, `best` is the bound they would give if nobody had been found.
    """

    kind: str
    positives: Fraction
    counted: int
    limit: float | None
    bound: float
    variant: str = "counted"
    households: int = 0
    best: float | None = None

    @property
    def percent(self) -> float:
        """Return the rate in percent; NaN when nobody was counted."""
        return float(self.positives * 100 / self.counted) if self.counted else float("nan")

    @property
    def verdict(self) -> str:
        """Return pass, fail or unknown; a rate equal to its limit passes."""
        return self._against(self.positives * 100)

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
            return math.floor(self.positives - limit * self.counted)
        return math.floor(limit * self.counted - self.positives)

    def sentence(self, lang: str | None = None, by_lot: Rate | None = None) -> str:
        """Return the rate, its verdict and its bound in words.

        `by_lot` is the rate of those that the bound rests on, where they are not all: it stands with
        the bound, and the rate of all without one.
        """
        lang = lang or default_language()
        title = text(f"evaluation.{self.kind}", lang)
        if not self.counted:
            return text("evaluation.nobody", lang, title=title)
        limit = "" if self.limit is None else f"{self.limit:g}"
        verdict = text(f"evaluation.verdict_{self.verdict}", lang, limit=limit)
        if by_lot is None or by_lot.counted == self.counted:
            return self._counted(self.variant, title, lang) + verdict + self._shown(lang)
        told = self._counted("drawn", title, lang) + verdict
        if by_lot.counted:
            told += by_lot._counted("by_lot", title, lang)
        return told + self._shown(lang)

    def _counted(self, variant: str, title: str, lang: str) -> str:
        return text(
            f"evaluation.told_{variant}",
            lang,
            title=title,
            found=f"{float(self.positives):,.0f}",
            counted=f"{self.counted:,}",
            percent=f"{self.percent:.2f}",
            bound=f"{self.bound:.2f}",
            side=text(
                "evaluation.at_least" if self.kind == "satisfaction" else "evaluation.at_most", lang
            ),
        )

    def _shown(self, lang: str) -> str:
        """Return what the bound rests on, and what a sample of this size could show at best."""
        if self.best is None:
            return ""
        told = {"households": self.households, "best": f"{self.best:.2f}"}
        low = self.kind == "satisfaction"
        none = self.bound >= self.best if low else self.bound <= self.best
        kind = "none" if none else "some"
        said = text(f"evaluation.shown_{kind}{'_low' if low else ''}", lang, **told)
        if self.limit is None:
            return said
        enough = self.best >= self.limit if low else self.best <= self.limit
        return said + ("" if enough else text("evaluation.too_few_households", lang))

    def _against(self, hundredfold: Fraction) -> str:
        if self.limit is None or not self.counted:
            return "unknown"
        allowed = Fraction(str(self.limit)) * self.counted
        low = self.kind == "satisfaction"
        failed = hundredfold < allowed if low else hundredfold > allowed
        return "fail" if failed else "pass"


# Two bounds that hold together with at least 95 %.
_EACH = 1 - (1 - CONFIDENCE) / 2


@dataclass(frozen=True)
class Scaled:
    """A rate of a sample to be scaled up: persons found and sampled, and the persons it stands for.

    `upper` bounds its share at 97.5 %, 0 to 1; by default as if persons were independent.
    """

    positives: int
    sampled: int
    population: int
    upper: float | None = None


def judge_rate(kind: str, positives: int, counted: int, *, limit: float | None) -> Rate:
    """Return a rate of persons (satisfaction: households) found among those counted.

    `kind` is one of LIMITS. Raises ValueError for counts that cannot be.
    """
    if kind not in LIMITS or not 0 <= positives <= counted:
        raise ValueError(f"{kind}: {positives} of {counted} is no rate")
    bound = (
        lower_bound(positives, counted)
        if kind == "satisfaction"
        else upper_bound(positives, counted)
    )
    return Rate(kind, Fraction(positives), counted, limit, 100 * bound)


def scaled_poverty_rate(
    not_lifted: int, wrong_exits: Scaled, missed: Scaled, *, population: int, limit: float | None
) -> Rate:
    """Return the comprehensive poverty rate with wrong exits and missed persons scaled up.

    Its bound adds the upper bounds of both parts, each at 97.5 %, so that both hold together with
    at least 95 %. Persons that are counted and not sampled are exact.
    """
    parts = (wrong_exits, missed)
    if any(not 0 <= part.positives <= part.sampled or not part.sampled for part in parts):
        raise ValueError("a scaled rate needs a sample of each part")
    positives = Fraction(not_lifted) + sum(
        (Fraction(part.positives, part.sampled) * part.population for part in parts), Fraction(0)
    )
    most = not_lifted + sum(
        (
            upper_bound(part.positives, part.sampled, confidence=_EACH)
            if part.upper is None
            else part.upper
        )
        * part.population
        for part in parts
    )
    return Rate("poverty_rate", positives, population, limit, 100 * most / population, "scaled")


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


# The rate that each group of drawn households is judged by.
_KINDS = {"exited": "wrong_exit_rate", "missed": "missed_rate"}


@dataclass(frozen=True)
class SelfCheck:
    """A rate of the drawn households, and how many of them could not be counted.

    `by_lot` is the same rate among those that the lot drew, who alone stand for the others; None
    where the rate is no count of households drawn.
    """

    rate: Rate
    unknown: int
    by_lot: Rate | None = None


def self_check(draw: Draw, limits: Mapping[str, float | None]) -> tuple[SelfCheck, ...]:
    """Return the rates of wrong exits, missed persons, satisfaction and poverty of a sample.

    Wrong exits and missed persons are what rules find. Satisfaction is there when the frame has the
    column `satisfied`; the comprehensive rate, scaled up, when it has population and persons of
    both kinds. `limits` gives the limit of each rate in percent, None when none is in force.
    """
    suspect = suspects(draw)
    checks = [
        _counted(draw, kind, group, suspect, limits.get(kind)) for group, kind in _KINDS.items()
    ]
    if "satisfied" in draw.households:
        checks.append(_satisfaction(draw.households, limits.get("satisfaction")))
    poverty = _poverty(draw, checks, limits.get("poverty_rate"))
    return (*checks, *([poverty] if poverty else []))


def rate_sentences(
    checked: Sequence[SelfCheck], day: datetime.date, lang: str | None = None
) -> list[str]:
    """Return the rates in words: what they are, then a sentence for each with what is unknown."""
    said = [text("evaluation.self_check", lang, day=day)]
    for one in checked:
        kind = "unasked" if one.rate.kind == "satisfaction" else "unknown_size"
        unknown = text(f"evaluation.{kind}", lang, count=one.unknown) if one.unknown else ""
        said.append(one.rate.sentence(lang, one.by_lot) + unknown)
    return said


def suspects(draw: Draw) -> pd.Series:
    """Return for each drawn household the rate it counts against, the empty text for none."""
    said = pd.Series("", draw.households.index, dtype="object")
    for group, kind in _KINDS.items():
        wanted = set(draw.design.suspected.get(group, ()))
        rules = draw.households["rules"].fillna("")
        broken = pd.Series([bool(wanted & set(keys.split(","))) for keys in rules], rules.index)
        said[broken & (draw.households["group"] == group)] = kind
    return said


def _counted(
    draw: Draw, kind: str, group: str, suspect: pd.Series, limit: float | None
) -> SelfCheck:
    rows = draw.households[draw.households["group"] == group]
    known = rows[rows["persons"].notna()]
    wrong = suspect[known.index] == kind

    # The weak half was chosen for being weak: the bound of all rests on the lot alone.
    drawn = known.loc[known["chosen"] == "lot", "persons"].astype(float)
    bound = 100 * household_bound((drawn * wrong[drawn.index]).to_numpy(), drawn.to_numpy())
    best = 100 * could_show(drawn.to_numpy())

    def rate(kept: pd.Series) -> Rate:
        counts = (
            int(known.loc[kept & wrong, "persons"].sum()),
            int(known.loc[kept, "persons"].sum()),
        )
        judged = judge_rate(kind, *counts, limit=limit)
        return replace(judged, bound=bound, households=len(drawn), best=best)

    whole = pd.Series(True, known.index)
    return SelfCheck(rate(whole), len(rows) - len(known), rate(known["chosen"] == "lot"))


def _satisfaction(households: pd.DataFrame, limit: float | None) -> SelfCheck:
    """Return the share of the drawn households that were asked and said that they are satisfied."""
    asked = households[households["satisfied"].notna()]
    yes, by_lot = asked["satisfied"].astype(bool), asked["chosen"] == "lot"
    drawn = (~yes[by_lot]).to_numpy(dtype=float)
    one = np.ones(len(drawn))
    # One answer of a household: dissatisfied is what is found.
    bound, best = 100 * (1 - household_bound(drawn, one)), 100 * (1 - could_show(one))

    def rate(said: pd.Series) -> Rate:
        judged = judge_rate("satisfaction", int(said.sum()), len(said), limit=limit)
        return replace(judged, bound=bound, households=len(drawn), best=best)

    return SelfCheck(rate(yes), len(households) - len(asked), rate(yes[by_lot]))


def _poverty(draw: Draw, checks: list[SelfCheck], limit: float | None) -> SelfCheck | None:
    """Return the comprehensive rate; None where the frame does not say whom the sample stands for.

    The weak half is a stratum of its own that stands for nobody but itself: what was found there is
    counted once; who was drawn by lot stands for all others.

    The tables know no household that has not yet left poverty, so nobody is counted as such.
    """
    sizes, parts, weak_found, suspect = draw.frame_sizes, [], 0, suspects(draw)
    for group, kind in _KINDS.items():
        rate = next(one.by_lot for one in checks if one.rate.kind == kind)
        persons = sizes.get(f"{group}_persons")
        if rate is None or not rate.counted or persons is None:
            return None
        rows = draw.households[draw.households["group"] == group]
        members = rows["persons"].dropna().astype(float)
        suspected = members.where(suspect[members.index] == kind, 0.0)
        lot = rows.loc[members.index, "chosen"] == "lot"
        weak_found += int(suspected[~lot].sum())
        upper = household_bound(
            suspected[lot].to_numpy(), members[lot].to_numpy(), confidence=_EACH
        )
        others = max(persons - int(members[~lot].sum()), rate.counted)
        parts.append(Scaled(int(rate.positives), rate.counted, others, upper))
    if not sizes.get("population"):
        return None
    wrong, missed = parts
    rate = scaled_poverty_rate(
        weak_found, wrong, missed, population=sizes["population"], limit=limit
    )
    return SelfCheck(rate, 0)
