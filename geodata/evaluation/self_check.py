"""What the rates would be if the drawn households were as the rules say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geodata.evaluation.draw import Draw
from geodata.evaluation.rates import Rate, judge_rate
from geodata.i18n import load_yaml

_SUSPECTED = Path(__file__).with_name("suspected.yaml")


@dataclass(frozen=True)
class SelfCheck:
    """A rate of the drawn households, and how many of them have an unknown number of persons."""

    rate: Rate
    unknown: int


def self_check(draw: Draw, limits: Mapping[str, float | None]) -> tuple[SelfCheck, ...]:
    """Return the rates of wrong exits and missed persons among the drawn, by what rules find.

    `limits` gives the limit of each rate in percent, None when none is in force.
    """
    content = load_yaml(_SUSPECTED)
    assert isinstance(content, dict)
    found = []
    for group, entry in content.items():
        rows = draw.households[draw.households["group"] == group]
        known = rows[rows["persons"].notna()]
        wanted = set(entry["rules"])
        suspect = [bool(wanted & set(rules.split(","))) for rules in known["rules"].fillna("")]
        counts = int(known.loc[suspect, "persons"].sum()), int(known["persons"].sum())
        rate = judge_rate(entry["rate"], *counts, limit=limits.get(entry["rate"]))
        found.append(SelfCheck(rate, len(rows) - len(known)))
    return tuple(found)
