"""Rules that say little: true of more than a third of those they judge, or answered for nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from geodata.rules.rule import Rule

# True of more than this share, a rule tells hardly anybody from the others.
MOST = Fraction(1, 3)
# Of fewer subjects nothing is said: among two sites one is half.
FEW = 10


@dataclass(frozen=True)
class WeakRule:
    """One rule with how many it is true of, of how many judged, and how many it cannot answer."""

    rule: Rule
    yes: int
    judged: int
    unknown: int

    @property
    def unanswered(self) -> bool:
        """Return whether the rule is answered for nobody."""
        return self.judged == 0


def weak_rules(counts: pd.DataFrame, rules: Mapping[str, Rule]) -> tuple[WeakRule, ...]:
    """Return the weak rules of a month's counts (place, rule, yes, no, unknown, exempt), by theme.

    Who is exempt counts as one of whom a rule is true. A rule that judged nobody and had nobody to
    leave open is not among them: there is none of its subjects.
    """
    sums = counts.groupby("rule")[["yes", "no", "unknown", "exempt"]].sum()
    return tuple(_weak(rules, sums))


def _weak(rules: Mapping[str, Rule], sums: pd.DataFrame) -> Iterable[WeakRule]:
    by_rule = dict(zip(sums.index, sums.to_numpy(dtype=int).tolist(), strict=True))
    for key, rule in rules.items():
        if key not in by_rule:
            continue
        yes, no, unknown, exempt = by_rule[key]
        yes += exempt
        judged = yes + no
        often = judged >= FEW and Fraction(yes, judged) > MOST
        if often or (judged == 0 and unknown > 0):
            yield WeakRule(rule, yes, judged, unknown)
