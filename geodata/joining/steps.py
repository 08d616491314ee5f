"""Steps of a join: same code, a point inside, same name in the same parent, proposals by likeness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rapidfuzz import fuzz, process

from geodata.boundaries.crs import crs_of
from geodata.joining.matching import Link, Matching, Reason
from geodata.joining.names import (
    AMBIGUOUS,
    BLANK,
    BROKEN,
    LOST_DIGITS,
    NAME,
    NORMALISED,
    TAKEN,
    Path,
    SiblingMatches,
    clean_name,
    match_siblings,
    one_width,
    propose_parents,
    restore_zeros,
    split_ending,
)

CODE = "code"


def comparable_codes(work: Matching) -> tuple[pd.Series, pd.Series]:
    """Return the codes of both sides with leading zeros restored where one side's width proves it."""
    ours = pd.Series(work.boundary.codes, dtype=str)
    theirs = pd.Series(work.table.codes, dtype=str)
    widths = [one_width(codes[codes != ""]) for codes in (ours, theirs)]
    width = max((width for width in widths if width), default=None)
    return tuple(restore_zeros(codes.where(codes != "", ""), width) for codes in (ours, theirs))  # type: ignore[return-value]


def match_codes(work: Matching) -> None:
    """Match places whose code belongs to exactly one feature; name the rest's reason.

    A code of several features is settled by the name when that fits just one of them.
    """
    work.tried.append(CODE)
    ours, theirs = comparable_codes(work)
    features: dict[str, list[int]] = {}
    for feature, code in enumerate(ours):
        if code:
            features.setdefault(code, []).append(feature)
    widths = {len(code) for code in work.boundary.codes if code}
    beginnings = Counter(
        code[:width] for code in features for width in (2, 4, 6, 9) if width < len(code)
    )
    # Over the distinct places of the table, not its rows.
    for place, code in enumerate(theirs):
        if place in work.matched:
            continue
        candidates = [f for f in features.get(code, []) if (place, f) not in work.rejected]
        if len(candidates) > 1:
            candidates = _same_name(work, place, candidates) or candidates
        if len(candidates) == 1:
            work.accept(place, Link(candidates[0], CODE))
            note_other_name(work, place, candidates[0])
        else:
            work.reasons[place] = _reason(work, place, candidates, widths, features, beginnings)


def _same_name(work: Matching, place: int, features: list[int]) -> list[int]:
    path = work.table.paths[place]
    if not path:
        return []
    same = [f for f in features if clean_name(work.boundary.paths[f][-1]) == clean_name(path[-1])]
    return same if len(same) == 1 else []


def note_other_name(
    work: Matching, place: int, feature: int, key: str = "join.name_differs"
) -> None:
    """Note a match whose names are not the same, so that a person looks at it."""
    ours, theirs = work.boundary.paths[feature], work.table.paths[place]
    if not ours or not theirs or not ours[-1] or not theirs[-1]:
        return
    stems = [split_ending(clean_name(path[-1]), lowest=True)[0] for path in (ours, theirs)]
    if stems[0] != stems[1]:
        values = {"boundary": ours[-1], "table": theirs[-1]}
        work.notes[place] = Reason(key, values)


def _reason(
    work: Matching,
    place: int,
    candidates: list[int],
    widths: set[int],
    features: dict[str, list[int]],
    beginnings: Counter[str],
) -> Reason:
    shown, code = work.table.keys[place], work.table.codes[place]
    if work.table.code_faults[place] == LOST_DIGITS:
        return Reason("join.lost_digits", {"code": shown})
    if not code:
        return Reason("join.blank_code")
    if len(candidates) > 1:
        return Reason(f"join.{AMBIGUOUS}_code", {"code": shown, "count": len(candidates)})
    if beginnings[code] and code not in features:
        return Reason("join.code_above", {"code": shown, "count": beginnings[code]})
    shorter = [code[:width] for width in sorted(widths) if 1 < width < len(code)]
    shorter = [other for other in shorter if other in features]
    if shorter:
        return Reason("join.code_below", {"code": shown, "other": shorter[-1]})
    return Reason("join.no_code", {"code": shown})


LOCATION = "location"


def match_locations(work: Matching, layer: gpd.GeoDataFrame) -> None:
    """Match places whose point (longitude, latitude) lies in exactly one feature."""
    points = work.table.points
    if points is None:
        return
    work.tried.append(LOCATION)
    drawn = gpd.GeoSeries(gpd.points_from_xy(points["x"], points["y"]), crs=4326)
    known = points["x"].notna().to_numpy()
    shapes = layer.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    placed = drawn.to_crs(crs_of(layer)).to_numpy()
    names = {_last_name(path) for path in work.boundary.paths} - {""}
    inside: dict[int, list[int]] = {}
    for place, feature in zip(*tree.query(placed[known], predicate="intersects"), strict=True):
        inside.setdefault(int(np.flatnonzero(known)[place]), []).append(int(feature))
    for place in work.open_places():
        if not known[place]:
            work.reasons[place] = Reason("join.no_point")
            continue
        candidates = [f for f in inside.get(place, []) if (place, f) not in work.rejected]
        if len(candidates) == 1:
            work.accept(place, Link(candidates[0], LOCATION))
            if _last_name(work.table.paths[place]) in names:
                note_other_name(work, place, candidates[0], "join.name_elsewhere")
        elif candidates:
            work.reasons[place] = Reason("join.point_on_border", {"count": len(candidates)})
        else:
            work.reasons[place] = Reason("join.point_outside")


def _last_name(path: tuple[str, ...]) -> str:
    return clean_name(path[-1]) if path else ""


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
    parents = find_parents(work.boundary.paths, table_paths.values())
    ours = children_of(work.boundary.paths)
    for parent, places in _by_parent(table_paths).items():
        target = parents.get(parent)
        if target is None:
            for place in places:
                work.reasons[place] = _no_parent(parent, parents)
            continue
        siblings = match_siblings(
            _left(work, places, table_paths),
            right_names(ours[target.path]),
            lowest=True,
            above=names_above(parent, target.path),
        )
        _settle(work, places, table_paths, siblings, ours[target.path], target, step)
    return parents


def names_above(*parents: Path) -> set[str]:
    """Return what may stand before a name: the names of its parents, cleaned, from any level down."""
    return {clean_name("".join(path[n:])) for path in parents for n in range(len(path))} - {""}


def find_parents(ours: Iterable[Path], paths: Iterable[Path]) -> dict[Path, Parent]:
    """Return for every parent path of the table the parent path of the boundaries, top-down."""
    paths, ours = set(paths), set(ours)
    depth = max((len(path) for path in paths), default=1) - 1
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
    siblings = match_siblings(periods, dict.fromkeys(right, True), lowest=False, shared=True)
    for name, (other, step) in siblings.pairs.items():
        parents[(*upper, name)] = Parent(
            (*target.path, other), target.exact and step == NAME, target.certain, target.score
        )


def children_of(paths: Iterable[Path]) -> dict[Path, dict[str, list[int]]]:
    """Return by parent path and name the numbers of the places that have it."""
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


def right_names(children: Mapping[str, list[int]]) -> dict[str, bool]:
    """Return the names of the places of one parent, and whether only one place has it."""
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
    siblings: SiblingMatches,
    children: dict[str, list[int]],
    parent: Parent,
    step: str | None,
) -> None:
    """Accept, propose or explain each place of one parent."""
    same: dict[str, list[int]] = {}
    for place in places:
        same.setdefault(paths[place][-1], []).append(place)
    for name, group in same.items():
        if name not in siblings.pairs:
            for place in group:
                work.reasons[place] = _fault(work, siblings, name, children, place)
            continue
        other, how = siblings.pairs[name]
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
    work: Matching, siblings: SiblingMatches, name: str, children: dict[str, list[int]], place: int
) -> Reason:
    fault, names = siblings.faults.get(name, ("", ()))
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


SIMILAR, ELSEWHERE, LAST = "similar", "elsewhere", "last_in_parent"
# Alike enough to show a person: within the parent, and anywhere.
WITHIN, _ANYWHERE = 50.0, 80.0
# Words of letters share many by chance: there one village name in two looks half like another.
_WITHIN_LETTERS, _ANYWHERE_LETTERS = 72.0, 92.0
# The one feature left in a parent says something only when its others have found their places.
_LEAST_SETTLED = 2
# What more than one feature or row fits is not settled by picking the first.
_UNCLEAR = {
    "join.ambiguous_name",
    "join.ambiguous_code",
    "join.doubled_name",
    "join.taken",
    "join.merged",
    "join.split",
    "join.abolished",
}
_MOST_PAIRS = 30_000_000


def propose_similar(work: Matching, parents: dict[Path, Parent]) -> None:
    """Propose free features for unsettled places: first within the parent, then anywhere."""
    work.tried.append(SIMILAR)
    free: dict[Path, list[int]] = {}
    for feature in work.free_features():
        free.setdefault(work.boundary.paths[feature][:-1], []).append(feature)
    settled = Counter(work.boundary.paths[link.feature][:-1] for link in work.matched.values())
    open_places: dict[Path, list[int]] = {}
    for place in _clear_places(work):
        if work.table.paths[place]:
            target = parents.get(work.table.paths[place][:-1])
            if target is not None:
                open_places.setdefault(target.path, []).append(place)
    for parent, places in sorted(open_places.items()):
        features = free.get(parent, [])
        _pair(work, places, features, SIMILAR, least=WITHIN)
        if settled.get(parent, 0) >= _LEAST_SETTLED:
            _pair_last(work, places, features)
    _pair(work, _clear_places(work), work.free_features(), ELSEWHERE, least=_ANYWHERE)


def _clear_places(work: Matching) -> list[int]:
    """Return the places without proposal that have a name and no fault that a guess would hide."""
    return [
        place
        for place in work.unsettled_places()
        if not work.is_doubled(place)
        and clean_name(work.table.paths[place][-1])
        and (place not in work.reasons or work.reasons[place].key not in _UNCLEAR)
    ]


def _pair(
    work: Matching, places: list[int], features: list[int], step: str, *, least: float
) -> None:
    """Propose the most alike pairs, each place and feature once; equal scores in order of name."""
    proposed = {link.feature for link in work.proposed.values()}
    features = [feature for feature in features if feature not in proposed]
    if not places or not features or len(places) * len(features) > _MOST_PAIRS:
        return
    places = sorted(places, key=lambda place: (work.table.paths[place], work.table.keys[place]))
    features = sorted(features, key=lambda f: (work.boundary.paths[f], work.boundary.keys[f], f))
    scores = name_scores(
        [work.table.paths[place][-1] for place in places],
        [work.boundary.paths[feature][-1] for feature in features],
    )
    if step == ELSEWHERE:
        letters = np.array([work.table.paths[place][-1].isascii() for place in places])
        scores = np.where(letters[:, None] & (scores < _ANYWHERE_LETTERS), 0.0, scores)
    rows, columns = np.nonzero(scores >= least)
    order = np.lexsort((columns, rows, -scores[rows, columns]))
    used: set[int] = set()
    # Over the few pairs alike enough to propose.
    for row, column in zip(rows[order], columns[order], strict=True):
        place, feature = places[row], features[column]
        fresh = place not in work.proposed and feature not in used
        if fresh and (place, feature) not in work.rejected:
            lower = 20.0 if step == ELSEWHERE else 0.0
            score = round(float(scores[row, column]) - lower, 1)
            work.propose(place, Link(feature, step, score))
            used.add(feature)


def name_scores(left: list[str], right: list[str]) -> np.ndarray:
    """Return how alike names are, 0 to 100: the mean of the whole name and of its stem.

    A sign that cannot be read counts as fitting any one sign.
    """
    clean = [[clean_name(name) for name in names] for names in (left, right)]
    stems = [[split_ending(name, lowest=True)[0] for name in names] for names in clean]
    whole = process.cdist(*clean, scorer=fuzz.ratio)
    scores = (whole + process.cdist(*stems, scorer=fuzz.ratio)) / 2
    letters = [np.array([name.isascii() for name in names]) for names in clean]
    chance = letters[0][:, None] & letters[1][None, :] & (scores < _WITHIN_LETTERS)
    scores = np.where(chance, 0.0, scores)
    broken = [np.array([BROKEN in name for name in names]) for names in clean]
    # Over the few pairs with a sign that cannot be read.
    for row, column in np.argwhere(broken[0][:, None] | broken[1][None, :]):
        scores[row, column] = _blank_score(clean[0][row], clean[1][column])
    return scores


def _blank_score(name: str, other: str) -> float:
    """Return the score of two names of one length that differ only where a sign is unreadable."""
    if len(name) != len(other):
        return 0.0
    fits = all(a == b or BROKEN in (a, b) for a, b in zip(name, other, strict=True))
    known = sum(a == b != BROKEN for a, b in zip(name, other, strict=True))
    return 60.0 + 35.0 * known / len(name) if fits else 0.0


def _pair_last(work: Matching, places: list[int], features: list[int]) -> None:
    """Propose the only free feature of a parent to its only place without one."""
    taken = {link.feature for link in work.proposed.values()}
    rest = [feature for feature in features if feature not in taken]
    left = [place for place in places if place not in work.proposed]
    if len(rest) == len(left) == 1 and (left[0], rest[0]) not in work.rejected:
        names = work.table.paths[left[0]][-1], work.boundary.paths[rest[0]][-1]
        if clean_name(names[1]):
            work.propose(
                left[0],
                Link(rest[0], LAST, round(float(name_scores([names[0]], [names[1]])[0, 0]), 1)),
            )
