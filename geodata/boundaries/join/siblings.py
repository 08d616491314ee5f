"""Names of one parent against names of another: equal, equal once cleaned, equal without ending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from geodata.boundaries.join.names import clean_name, is_damaged, split_ending

NAME, NORMALISED, ALIAS = "name", "normalised_name", "alias"
AMBIGUOUS, TAKEN, BLANK = "ambiguous", "taken", "blank"


@dataclass(frozen=True)
class Found:
    """Which right name each left name has, by which step; and why others have none.

    `faults` gives for a left name the reason and the right names concerned.
    """

    pairs: dict[str, tuple[str, str]] = field(default_factory=dict)
    faults: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


def match_siblings(
    left: Mapping[str, frozenset[str]],
    right: Mapping[str, bool],
    *,
    lowest: bool,
    shared: bool = False,
) -> Found:
    """Return the pairs of names that mean the same place.

    `left` gives the periods in which a name of the table occurs, `right` whether a name of the
    boundaries stands for one place only. A pair is made only when it is the sole one: a left name
    that fits two right names, or two left names of one period that fit one right name, are faults.
    `shared` lets several spellings in the table mean one parent.
    """
    work = _Siblings(left, right, shared)
    work.found.faults.update({name: (BLANK, ()) for name in left if not clean_name(name)})
    for step, form in _forms(lowest):
        work.match(step, form)
    return work.found


def _forms(lowest: bool) -> Iterable[tuple[str, Callable[[str], object]]]:
    def stem_and_kind(name: str) -> object:
        return split_ending(clean_name(name), lowest=lowest)

    def stem(name: str) -> object:
        return split_ending(clean_name(name), lowest=lowest)[0]

    return ((NAME, str), (NORMALISED, clean_name), (NORMALISED, stem_and_kind), (NORMALISED, stem))


class _Siblings:
    """The names not yet paired, from one form of the names to the next."""

    def __init__(
        self, left: Mapping[str, frozenset[str]], right: Mapping[str, bool], shared: bool
    ) -> None:
        self.left, self.right, self.shared = left, right, shared
        self.found = Found()
        self._open = sorted(name for name in left if clean_name(name))

    def match(self, step: str, form: Callable[[str], object]) -> None:
        """Add the pairs that one form of the names gives, and the faults it shows."""
        if step != NAME:
            self._open = [name for name in self._open if not is_damaged(clean_name(name))]
        targets, rivals = _grouped(self.right, form), _grouped(self._open, form)
        taken = self._taken()
        for name in self._open:
            candidates = targets.get(form(name), [])
            if not candidates:
                continue
            spellings = self.shared and form in (str, clean_name)
            others = [] if spellings else [other for other in rivals[form(name)] if other != name]
            holders = [] if spellings else taken.get(candidates[0], [])
            fault = self._fault(name, candidates, others, holders)
            if fault:
                self.found.faults[name] = (fault, tuple(candidates))
            else:
                self.found.faults.pop(name, None)
                self.found.pairs[name] = (candidates[0], step)
        self._open = [name for name in self._open if name not in self.found.pairs]

    def _taken(self) -> dict[str, list[str]]:
        """Return by which names of the table each name of the boundaries is already taken."""
        taken: dict[str, list[str]] = {}
        for name, (target, _) in self.found.pairs.items():
            taken.setdefault(target, []).append(name)
        return taken

    def _fault(
        self, name: str, candidates: list[str], others: list[str], holders: list[str]
    ) -> str:
        if len(candidates) > 1 or not self.right[candidates[0]]:
            return AMBIGUOUS
        if any(self.left[name] & self.left[holder] for holder in holders):
            return TAKEN
        return AMBIGUOUS if any(self.left[name] & self.left[other] for other in others) else ""


def _grouped(names: Iterable[str], form: Callable[[str], object]) -> dict[object, list[str]]:
    groups: dict[object, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(form(name), []).append(name)
    return groups
