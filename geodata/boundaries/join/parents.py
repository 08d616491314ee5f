"""Parents spelt differently: found by their own names, or by most of the places below them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from rapidfuzz import fuzz

from geodata.boundaries.join.names import clean_name, split_ending

Path = tuple[str, ...]
# Below this many common places, or this share of them, two parents are not taken for the same.
_FEWEST, _SHARE = 2, 0.5


def propose_parents(
    parents: dict[Path, Any],
    upper: Path,
    paths: set[Path],
    ours: set[Path],
    parent: Callable[..., Any],
) -> None:
    """Add the likely parents under `upper` for names that have none.

    A longer name that ends with a parent's whole name (臺南市新營區 for 新營區) is certain. Otherwise two parents are likely the same when most of their places are: a proposal.
    """
    target = parents[upper]
    depth = len(upper)
    left = _below(paths, upper, depth)
    right = _below(ours, target.path, depth)
    held = {parents[key].path for key in parents if len(key) == depth + 1}
    open_names = sorted(name for name in left if (*upper, name) not in parents and clean_name(name))
    for name, other in _ended(open_names, right, target.path).items():
        parents[(*upper, name)] = parent((*target.path, other), target.certain, target.score)
        held.add((*target.path, other))
    open_names = [name for name in open_names if (*upper, name) not in parents]
    free = sorted(other for other in right if (*target.path, other) not in held)
    likely = sorted(
        (
            (_likeness(left[name], right[other], name, other), name, other)
            for name in open_names
            for other in free
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    taken: set[str] = set()
    for score, name, other in likely:
        if score > 0 and (*upper, name) not in parents and other not in taken:
            parents[(*upper, name)] = parent((*target.path, other), False, score)
            taken.add(other)


def _below(paths: set[Path], upper: Path, depth: int) -> dict[str, set[str]]:
    """Return for each name under `upper` the stems of the names at the lowest level below it."""
    found: dict[str, set[str]] = {}
    for path in paths:
        if path[:depth] == upper:
            stem = split_ending(clean_name(path[-1]), lowest=True)[0]
            found.setdefault(path[depth], set()).add(stem)
    return found


def _ended(names: Iterable[str], others: Iterable[str], target: Path) -> dict[str, str]:
    """Return which name ends with which other's whole name, after one and the same beginning.

    The beginning must be that of most names or the name of the parent: 臺南市 in 臺南市安南區,
    which therefore is 安南區 and not 南區.
    """
    found = {
        (name, other): clean_name(name)[: -len(clean_name(other))]
        for name in names
        for other in others
        if len(clean_name(other)) >= 2 and clean_name(name).endswith(clean_name(other))
    }
    if not found:
        return {}
    counts = Counter(found.values())
    usual = max(sorted(counts), key=lambda beginning: counts[beginning])
    above = {clean_name("".join(target[n:])) for n in range(len(target))}
    wanted = above | ({usual} if counts[usual] > 1 or not target else set())
    return {name: other for (name, other), begun in found.items() if begun and begun in wanted}


def _likeness(left: set[str], right: set[str], name: str, other: str) -> float:
    """Return how likely two parents are the same (0 to 100); 0 when too few places agree."""
    common = len(left & right)
    share = common / max(1, min(len(left), len(right)))
    alike = fuzz.ratio(clean_name(name), clean_name(other))
    if common >= _FEWEST and share >= _SHARE:
        return round(60 * share + 0.4 * alike, 1)
    return (
        round(0.9 * alike, 1) if alike >= 60 and len(left) + len(right) > 0 and share > 0 else 0.0
    )
