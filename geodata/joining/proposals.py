"""Proposals as a file of decisions can hold them: one feature for each key of the table."""

from __future__ import annotations

from collections import Counter

from geodata.joining.matching import Matching, Reason, named_key


def settle_proposals(work: Matching) -> None:
    """Give all places that a decision cannot tell apart one proposal, or none with the reason.

    None where the feature shares its key with another one, or a place of the same key is matched
    to another feature: an accepted line would not say what is meant, or undo that match.
    """
    shared = Counter(work.boundary.keys)
    groups: dict[str, list[int]] = {}
    for place in range(len(work.table)):
        groups.setdefault(named_key(work.table, place), []).append(place)
    for places in groups.values():
        links = [work.proposed[place] for place in places if place in work.proposed]
        if not links:
            continue
        best = max(links, key=lambda link: (link.score, -link.feature))
        reason = _undecidable(work, places, best.feature, shared)
        for place in places:
            if reason is not None:
                work.withdraw(place, reason)
            elif place not in work.matched:
                work.propose(place, best)


def _undecidable(
    work: Matching, places: list[int], feature: int, shared: Counter[str]
) -> Reason | None:
    """Return why a decision about a key of the table cannot take a feature, None where it can."""
    key = work.boundary.keys[feature]
    if not key or shared[key] > 1:
        return Reason("join.undecidable_feature", {"boundary": key, "count": shared[key]})
    matched = [place for place in places if place in work.matched]
    if any(work.matched[place].feature != feature for place in matched):
        values = {"table": work.table.keys[matched[0]], "boundary": key}
        return Reason("join.undecidable_place", values)
    blocked = [p for p in places if p not in work.matched and not work.is_free(feature, p)]
    return work.taken(feature, blocked[0]) if blocked else None


def decision_keys(work: Matching) -> list[str]:
    """Return the key of each place as a decision names it: with its names where the key is shared.

    It is shared where a place of other names has it and is not proposed the same feature.
    """
    features: dict[str, set[int]] = {}
    for place, key in enumerate(work.table.keys):
        link = None if place in work.matched else work.proposed.get(place)
        features.setdefault(key, set()).add(link.feature if link else -1)
    return [
        named_key(work.table, place) if place in work.proposed and len(features[key]) > 1 else key
        for place, key in enumerate(work.table.keys)
    ]
