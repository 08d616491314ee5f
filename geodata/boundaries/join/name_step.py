"""Steps 2 and 3: places and features of the same name within the same parent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geodata.boundaries.join.matching import Link, Matching, Reason
from geodata.boundaries.join.parents import propose_parents
from geodata.boundaries.join.siblings import (
    AMBIGUOUS,
    BLANK,
    NAME,
    NORMALISED,
    TAKEN,
    Found,
    match_siblings,
)

Path = tuple[str, ...]


@dataclass(frozen=True)
class Parent:
    """The parent in the boundaries for one of the table.

    `exact` when all names down to it are the same text, `certain` when it is no mere proposal.
    """

    path: Path
    exact: bool = True
    certain: bool = True
    score: float = 100.0


def match_names(
    work: Matching, paths: dict[int, Path] | None = None, step: str | None = None
) -> dict[Path, Parent]:
    """Match open places by name within their parents and return the parents found.

    `paths` are other paths to use for some places (from aliases), matched under the name `step`.
    Under a parent that is only likely, equal names become proposals.
    """
    if step is None:
        work.tried += [NAME, NORMALISED]
    table_paths = {place: work.table.paths[place] for place in work.open_places()}
    if paths is not None:
        table_paths = {place: path for place, path in paths.items() if place in table_paths}
    parents = find_parents(work, table_paths.values())
    ours = _children(work.boundary.paths)
    for parent, places in _by_parent(table_paths).items():
        target = parents.get(parent)
        if target is None:
            for place in places:
                work.reasons[place] = _no_parent(parent, parents)
            continue
        found = match_siblings(
            _left(work, places, table_paths), _right(ours[target.path]), lowest=True
        )
        _settle(work, places, table_paths, found, ours[target.path], target, step)
    return parents


def find_parents(work: Matching, paths: Iterable[Path]) -> dict[Path, Parent]:
    """Return for every parent path of the table the parent path of the boundaries, top-down."""
    paths = set(paths)
    depth = max((len(path) for path in paths), default=1) - 1
    ours = set(work.boundary.paths)
    parents: dict[Path, Parent] = {(): Parent(())}
    for level in range(depth):
        wanted: dict[Path, set[str]] = {}
        for path in paths:
            wanted.setdefault(path[:level], set()).add(path[level])
        there: dict[Path, set[str]] = {}
        for path in ours:
            there.setdefault(path[:level], set()).add(path[level])
        for upper in [upper for upper in sorted(wanted) if upper in parents]:
            target = parents[upper]
            left, right = wanted[upper], there.get(target.path, set())
            _add_parents(parents, upper, target, left, right)
            propose_parents(parents, upper, paths, ours, _inexact)
    return parents


def _inexact(path: Path, certain: bool, score: float) -> Parent:
    return Parent(path, False, certain, score)


def _add_parents(
    parents: dict[Path, Parent], upper: Path, target: Parent, left: set[str], right: set[str]
) -> None:
    periods = dict.fromkeys(left, frozenset([""]))
    found = match_siblings(periods, dict.fromkeys(right, True), lowest=False, shared=True)
    for name, (other, step) in found.pairs.items():
        parents[(*upper, name)] = Parent(
            (*target.path, other), target.exact and step == NAME, target.certain, target.score
        )


def _children(paths: list[Path]) -> dict[Path, dict[str, list[int]]]:
    children: dict[Path, dict[str, list[int]]] = {}
    for feature, path in enumerate(paths):
        children.setdefault(path[:-1], {}).setdefault(path[-1], []).append(feature)
    return children


def _by_parent(paths: dict[int, Path]) -> dict[Path, list[int]]:
    groups: dict[Path, list[int]] = {}
    for place, path in paths.items():
        groups.setdefault(path[:-1], []).append(place)
    return groups


def _left(work: Matching, places: list[int], paths: dict[int, Path]) -> dict[str, frozenset[str]]:
    names: dict[str, frozenset[str]] = {}
    for place in places:
        name = paths[place][-1]
        names[name] = names.get(name, frozenset()) | work.table.periods[place]
    return names


def _right(children: dict[str, list[int]]) -> dict[str, bool]:
    return {name: len(features) == 1 for name, features in children.items() if name}


def _no_parent(parent: Path, parents: dict[Path, Parent]) -> Reason:
    missing = next(
        (parent[level] for level in range(len(parent)) if parent[: level + 1] not in parents), ""
    )
    return Reason("join.no_parent", {"parent": missing}) if missing else Reason("join.blank_parent")


def _settle(
    work: Matching,
    places: list[int],
    paths: dict[int, Path],
    found: Found,
    children: dict[str, list[int]],
    parent: Parent,
    step: str | None,
) -> None:
    """Accept, propose or explain each place of one parent."""
    same: dict[str, list[int]] = {}
    for place in places:
        same.setdefault(paths[place][-1], []).append(place)
    for name, group in same.items():
        if name not in found.pairs:
            for place in group:
                work.reasons[place] = _fault(work, found, name, children, place)
            continue
        other, how = found.pairs[name]
        feature = children[other][0]
        for place in group:
            if work.is_doubled(place) or _overlap(work, place, group):
                work.reasons[place] = Reason("join.doubled_name", {"name": name})
            elif (place, feature) in work.rejected:
                work.reasons[place] = Reason("join.rejected", {"name": other})
            elif not work.is_free(feature, place):
                work.reasons[place] = work.taken(feature, place)
            elif parent.certain:
                work.accept(place, Link(feature, step or (how if parent.exact else NORMALISED)))
            else:
                work.propose(place, Link(feature, "parent", parent.score))


def _overlap(work: Matching, place: int, group: list[int]) -> bool:
    """Return whether another place of the same name (with another code) has the same period."""
    periods = work.table.periods[place]
    return any(other != place and work.table.periods[other] & periods for other in group)


def _fault(
    work: Matching, found: Found, name: str, children: dict[str, list[int]], place: int
) -> Reason:
    fault, names = found.faults.get(name, ("", ()))
    if fault == TAKEN:
        return work.taken(children[names[0]][0], place)
    if fault == AMBIGUOUS:
        count = sum(len(children[other]) for other in names)
        return Reason(
            "join.ambiguous_name", {"name": name, "candidates": "、".join(names), "count": count}
        )
    if fault == BLANK:
        return Reason("join.blank_name")
    return Reason("join.no_name", {"name": name})
