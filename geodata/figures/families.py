"""Counts that add up to each other: parts of a whole, bases, and a stock with its flows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geodata.errors import ThemeError
from geodata.figures.indicator import FLOW, Indicator
from geodata.i18n import nearest
from geodata.suppression import Relation, Term


@dataclass(frozen=True)
class Families:
    """Counts that relations join, and these, by number of the count among `keys`.

    The key of an indicator is who is counted, KEY.base the base of a share, KEY.judged
    who was judged, KEY.subjects who was in question.
    """

    keys: tuple[str, ...]
    relations: tuple[Relation, ...]


def families_of(indicators: Mapping[str, Indicator]) -> tuple[Families, ...]:
    """Return the declared relations among indicators, those that hang together in one.

    A relation that names an indicator which is not there is left out: nothing can be worked out by it.
    """
    declared = [
        terms
        for one in indicators.values()
        for terms in _declared(one)
        if all(indicator_of(key) in indicators for key, _, _ in terms)
        and not _halves_all(terms, indicators)
    ]
    joined: list[tuple[set[str], list[list[tuple[str, int, int]]]]] = []
    for terms in declared:
        keys, relations = {key for key, _, _ in terms}, [terms]
        apart = []
        for others in joined:
            if others[0] & keys:
                keys |= others[0]
                relations = [*others[1], *relations]
            else:
                apart.append(others)
        joined = [*apart, (keys, relations)]
    return tuple(_numbered(sorted(keys), relations) for keys, relations in joined)


def complements_of(indicators: Mapping[str, Indicator]) -> tuple[tuple[str, str, str], ...]:
    """Return the counts of all subjects with the two parts that each is declared the sum of.

    How many there are in all is taken as known to everybody, so that each part tells the other.
    """
    return tuple(
        (terms[0][0], terms[1][0], terms[2][0])
        for one in indicators.values()
        for terms in _declared(one)
        if all(indicator_of(key) in indicators for key, _, _ in terms)
        and _halves_all(terms, indicators)
    )


def _halves_all(terms: Sequence[tuple[str, int, int]], indicators: Mapping[str, Indicator]) -> bool:
    whole = indicators.get(terms[0][0])
    same_month = all(not lag for _, lag, _ in terms)
    return len(terms) == 3 and same_month and whole is not None and whole.counts_all


def indicator_of(count: str) -> str:
    """Return the key of the indicator that shows a count of `Families.keys`."""
    return count.partition(".")[0]


def check_relations(file: object, indicators: Sequence[Indicator]) -> None:
    """Raise ThemeError where a declared sum or flow names no count, or several form a circle.

    Along a circle one count would be worked out in two ways, and no move could be found. What an
    equation, `cumulates` or `belongs_to` names may be of another theme.
    """
    known = {one.key: one for one in indicators}
    counts = [one.key for one in indicators if one.quantity == "count"]
    for one in indicators:
        flows = [key for keys in (one.flow or {}).values() for key in keys]
        for key in (*one.sum_of, *flows):
            if key not in known or known[key].quantity != "count" or one.quantity != "count":
                told = {"key": one.key, "found": key, "near": nearest(key, counts)}
                raise ThemeError("quantity.fault_relation", file=file, **told)
        for equation in one.equations:
            if not _EQUATION.fullmatch(equation) or one.key not in map(
                indicator_of, _parts(equation)
            ):
                raise ThemeError("quantity.fault_equation", file=file, key=one.key, found=equation)
    for families in families_of(known):
        if _has_circle(families.relations):
            raise ThemeError("quantity.fault_circle", file=file, keys=", ".join(families.keys))


def _has_circle(relations: Sequence[Relation]) -> bool:
    """Return whether there are two ways between two counts of a few periods in a row."""
    above: dict[object, object] = {}

    def top(one: object) -> object:
        while one in above:
            one = above[one]
        return one

    for period in range(1, 4):
        for number, terms in enumerate(relations):
            for family, lag, _ in terms:
                ends = top(("relation", period, number)), top(("count", period - lag, family))
                if ends[0] == ends[1]:
                    return True
                above[ends[0]] = ends[1]
    return False


def _declared(indicator: Indicator) -> list[list[tuple[str, int, int]]]:
    """Return the relations of an indicator: key, 1 for the period before, and its sign."""
    relations = []
    if indicator.sum_of:
        relations.append([(indicator.key, 0, 1), *((key, 0, -1) for key in indicator.sum_of)])
    for equation in indicator.equations:
        whole, *parts = _parts(equation)
        relations.append([(whole, 0, 1), *((part, 0, -1) for part in parts)])
    if indicator.flow:
        flows = [(key, 0, sign) for way, sign in _SIGNS for key in indicator.flow.get(way, ())]
        relations.append([(indicator.key, 0, 1), (indicator.key, 1, -1), *flows])
    return relations


def _parts(equation: str) -> list[str]:
    """Return the counts of an equation, the sum first, without the rest that no part counts or several do.

    The rest is taken as known to everybody: then it need not be hidden for the others' sake.
    """
    return [one for one in re.split(r"\s*[=+]\s*", equation.strip()) if one != _REST]


_REST = "rest"
_COUNT = r"\w+(\.(base|judged|subjects))?"
_EQUATION = re.compile(rf"\s*{_COUNT}\s*=\s*{_COUNT}(\s*\+\s*{_COUNT})+\s*")
_SIGNS = tuple(zip(FLOW, (-1, 1), strict=True))


def _numbered(keys: list[str], relations: list[list[tuple[str, int, int]]]) -> Families:
    numbers = {key: number for number, key in enumerate(keys)}
    made: list[tuple[Term, ...]] = [
        tuple((numbers[key], lag, sign) for key, lag, sign in terms) for terms in relations
    ]
    return Families(tuple(keys), tuple(made))
