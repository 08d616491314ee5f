"""Step 3b: places that were renamed, renumbered, merged or split, explained by tables of changes."""

from __future__ import annotations

import pandas as pd

from geodata.boundaries.join.changes import Changes, described
from geodata.boundaries.join.code_step import comparable_codes
from geodata.boundaries.join.matching import Link, Matching, Reason
from geodata.boundaries.join.name_step import Path, match_names
from geodata.boundaries.join.names import clean_name, split_ending
from geodata.boundaries.join.siblings import ALIAS

CROSSWALK = "crosswalk"


def match_changes(work: Matching, changes: Changes) -> None:
    """Match places through changes of code and of name; explain those merged, split or abolished.

    A place whose successor holds other places too is not the same place: it stays unmatched, with
    its successor named.
    """
    if not changes.entries:
        return
    ours, theirs = comparable_codes(work)
    if changes.by_code and (ours != "").any() and (theirs != "").any():
        work.tried.append(CROSSWALK)
        _forward(work, changes, ours, theirs)
        _backward(work, changes, ours, theirs)
    if changes.by_name and any(work.table.paths):
        work.tried.append(ALIAS)
        _by_names(work, changes)


def _forward(work: Matching, changes: Changes, ours: pd.Series, theirs: pd.Series) -> None:
    """Match or explain places of the table whose code was replaced."""
    features = {code: feature for feature, code in enumerate(ours) if code}
    known = set(features)
    doubled = set(ours[ours.duplicated(keep=False)])
    for place in work.open_places():
        code = theirs[place]
        if not code or not (code in changes.by_code or _prefix_change(changes, code)):
            continue
        if code not in changes.by_code:
            _by_prefix(work, changes, place, code, features)
            continue
        found = changes.successors(code, known)
        same = len(found) == 1 and changes.is_renumbering(code, found[0])
        feature = features[found[0]] if found else -1
        if same and found[0] not in doubled and work.is_free(feature, place):
            if (place, feature) not in work.rejected:
                work.accept(place, Link(feature, CROSSWALK))
            continue
        work.reasons[place] = _explained(changes, code, found, same)


def _explained(changes: Changes, code: str, found: list[str], same: bool) -> Reason:
    values = described(changes.by_code[code])
    if not found:
        return Reason("join.abolished" if not values["new"] else "join.successor_absent", values)
    if len(found) > 1:
        return Reason("join.split", {**values, "count": len(found)})
    return Reason("join.successor_taken" if same else "join.merged", values)


def _backward(work: Matching, changes: Changes, ours: pd.Series, theirs: pd.Series) -> None:
    """Match or explain features whose code was replaced by one that the table has."""
    places = {theirs[place]: place for place in range(len(work.table)) if theirs[place]}
    for feature in work.free_features():
        code = ours[feature]
        if code not in changes.by_code:
            continue
        found = changes.successors(code, set(places))
        place = places[found[0]] if found else -1
        same = len(found) == 1 and changes.is_renumbering(code, found[0])
        if same and place not in work.matched and (place, feature) not in work.rejected:
            work.accept(place, Link(feature, CROSSWALK))
        else:
            work.feature_reasons[feature] = _explained(changes, code, found, same)


def _prefix_change(changes: Changes, code: str) -> str:
    """Return the longest code above a place's that was replaced, "" when there is none."""
    widths = [width for width in (9, 6) if width < len(code)]
    return next((code[:width] for width in widths if code[:width] in changes.by_code), "")


def _by_prefix(
    work: Matching, changes: Changes, place: int, code: str, features: dict[str, int]
) -> None:
    """Match a place whose county or township got a new code, when its name agrees; else propose."""
    prefix = _prefix_change(changes, code)
    for change in changes.by_code[prefix]:
        for new in change.new_codes:
            feature = features.get(new + code[len(prefix) :])
            if feature is None or not work.is_free(feature, place):
                continue
            if (place, feature) in work.rejected:
                continue
            if _same_stem(work, place, feature):
                work.accept(place, Link(feature, CROSSWALK))
            else:
                work.propose(place, Link(feature, CROSSWALK, 70.0))
            return


def _same_stem(work: Matching, place: int, feature: int) -> bool:
    paths = work.table.paths[place], work.boundary.paths[feature]
    if not all(paths):
        return False
    stems = [split_ending(clean_name(path[-1]), lowest=True)[0] for path in paths]
    return stems[0] == stems[1] != ""


def _by_names(work: Matching, changes: Changes) -> None:
    """Match open places once more under the names that theirs became, at any level."""
    renamed: dict[int, list[Path]] = {}
    for place in work.open_places():
        path = work.table.paths[place]
        options = [[name, *changes.names_for(name, _above(path, n))] for n, name in enumerate(path)]
        paths: list[Path] = [()]
        for names in options:
            paths = [(*begun, name) for begun in paths for name in names][:50]
        if len(paths) > 1:
            renamed[place] = paths[1:]
    reasons = dict(work.reasons)
    for turn in range(max(map(len, renamed.values()), default=0)):
        paths_now = {p: paths[turn] for p, paths in renamed.items() if turn < len(paths)}
        match_names(work, paths_now, ALIAS)
        _explain_names(work, changes, paths_now, reasons)


def _above(path: Path, level: int) -> str:
    return path[level - 1] if level else ""


def _explain_names(
    work: Matching, changes: Changes, paths: dict[int, Path], reasons: dict[int, Reason]
) -> None:
    """Say of places that failed under their new name what they became."""
    for place in paths:
        if place in work.matched:
            continue
        old = work.table.paths[place][-1]
        known = changes.by_name.get(clean_name(old))
        failed = work.reasons.get(place)
        if (
            known
            and failed
            and failed.key in {"join.taken", "join.doubled_name", "join.ambiguous_name"}
        ):
            work.reasons[place] = Reason("join.merged", described(known))
        elif place in reasons and place not in work.proposed:
            work.reasons[place] = reasons[place]
