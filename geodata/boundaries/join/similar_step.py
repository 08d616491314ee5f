"""Step 4: proposals by similarity, never applied without a person's decision."""

from __future__ import annotations

from collections import Counter

import numpy as np
from rapidfuzz import fuzz, process

from geodata.boundaries.join.matching import Link, Matching
from geodata.boundaries.join.name_step import Parent, Path
from geodata.boundaries.join.names import BROKEN, clean_name, split_ending

SIMILAR, ELSEWHERE, LAST = "similar", "elsewhere", "last_in_parent"
# Alike enough to show a person: within the parent, and anywhere.
_WITHIN, _ANYWHERE = 50.0, 80.0
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
        _pair(work, places, features, SIMILAR, least=_WITHIN)
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
    scores = _scores(
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


def _scores(left: list[str], right: list[str]) -> np.ndarray:
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


def _blank_score(one: str, other: str) -> float:
    """Return the score of two names of one length that differ only where a sign is unreadable."""
    if len(one) != len(other):
        return 0.0
    fits = all(a == b or BROKEN in (a, b) for a, b in zip(one, other, strict=True))
    known = sum(a == b != BROKEN for a, b in zip(one, other, strict=True))
    return 60.0 + 35.0 * known / len(one) if fits else 0.0


def _pair_last(work: Matching, places: list[int], features: list[int]) -> None:
    """Propose the only free feature of a parent to its only place without one."""
    taken = {link.feature for link in work.proposed.values()}
    rest = [feature for feature in features if feature not in taken]
    left = [place for place in places if place not in work.proposed]
    if len(rest) == len(left) == 1 and (left[0], rest[0]) not in work.rejected:
        names = work.table.paths[left[0]][-1], work.boundary.paths[rest[0]][-1]
        if clean_name(names[1]):
            work.propose(
                left[0], Link(rest[0], LAST, round(float(_scores([names[0]], [names[1]])[0, 0]), 1))
            )
