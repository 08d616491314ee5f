"""What the rates would be if the drawn households were as the rules and the last survey say."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.evaluation.draw import Draw
from geodata.evaluation.rates import Rate, Scaled, judge_rate, scaled_poverty_rate
from geodata.i18n import load_yaml, text

_SUSPECTED = Path(__file__).with_name("suspected.yaml")


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
    found = [
        _counted(draw, kind, group, suspect, limits.get(kind)) for group, kind in _kinds().items()
    ]
    if "satisfied" in draw.households:
        found.append(_satisfaction(draw.households, limits.get("satisfaction")))
    poverty = _poverty(draw, found, limits.get("poverty_rate"))
    return (*found, *([poverty] if poverty else []))


def rate_sentences(
    checked: Sequence[SelfCheck], day: datetime.date, lang: str | None = None
) -> list[str]:
    """Return the rates in words: what they are, then a sentence for each with what is unknown."""
    said = [text("evaluation.self_check", lang, day=day)]
    for one in checked:
        kind = "unasked" if one.rate.kind == "satisfaction" else "unknown_size"
        unknown = text(f"evaluation.{kind}", lang, count=one.unknown) if one.unknown else ""
        said.append(one.rate.sentence(lang) + unknown)
    return said


def suspects(draw: Draw) -> pd.Series:
    """Return for each drawn household the rate it counts against, the empty text for none."""
    said = pd.Series("", draw.households.index, dtype="object")
    for group, entry in _suspected().items():
        wanted = set(entry["rules"])
        rules = draw.households["rules"].fillna("")
        broken = pd.Series([bool(wanted & set(keys.split(","))) for keys in rules], rules.index)
        said[broken & (draw.households["group"] == group)] = entry["rate"]
    return said


def _counted(
    draw: Draw, kind: str, group: str, suspect: pd.Series, limit: float | None
) -> SelfCheck:
    rows = draw.households[draw.households["group"] == group]
    known = rows[rows["persons"].notna()]
    wrong = suspect[known.index] == kind

    def rate(kept: pd.Series) -> Rate:
        counts = (
            int(known.loc[kept & wrong, "persons"].sum()),
            int(known.loc[kept, "persons"].sum()),
        )
        return judge_rate(kind, *counts, limit=limit)

    whole = pd.Series(True, known.index)
    return SelfCheck(rate(whole), len(rows) - len(known), rate(known["chosen"] == "lot"))


def _satisfaction(households: pd.DataFrame, limit: float | None) -> SelfCheck:
    """Return the share of the drawn households that were asked and said that they are satisfied."""
    asked = households[households["satisfied"].notna()]
    yes, by_lot = asked["satisfied"].astype(bool), asked["chosen"] == "lot"
    return SelfCheck(
        judge_rate("satisfaction", int(yes.sum()), len(asked), limit=limit),
        len(households) - len(asked),
        judge_rate("satisfaction", int((yes & by_lot).sum()), int(by_lot.sum()), limit=limit),
    )


def _poverty(draw: Draw, found: list[SelfCheck], limit: float | None) -> SelfCheck | None:
    """Return the comprehensive rate; None where the frame does not say whom the sample stands for.

    The tables know no household that has not yet left poverty, so nobody is counted as such.
    """
    sizes, parts = draw.frame_sizes, []
    for group, kind in _kinds().items():
        rate = next(one.rate for one in found if one.rate.kind == kind)
        persons = sizes.get(f"{group}_persons")
        if not rate.counted or persons is None:
            return None
        parts.append(Scaled(int(rate.found), rate.counted, persons))
    if not sizes.get("population"):
        return None
    wrong, missed = parts
    rate = scaled_poverty_rate(0, wrong, missed, population=sizes["population"], limit=limit)
    return SelfCheck(rate, 0)


def _kinds() -> dict[str, str]:
    """Return the rate that each group of households is judged by."""
    return {group: str(entry["rate"]) for group, entry in _suspected().items()}


def _suspected() -> Mapping[str, Mapping[str, Any]]:
    content = load_yaml(_SUSPECTED)
    assert isinstance(content, dict)
    return content
