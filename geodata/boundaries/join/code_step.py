"""Step 1: places and features with the same code."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from geodata.boundaries.join.code_text import LOST_DIGITS, one_width, restore_zeros
from geodata.boundaries.join.matching import Link, Matching, Reason
from geodata.boundaries.join.names import clean_name, split_ending
from geodata.boundaries.join.siblings import AMBIGUOUS

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
        found = [f for f in features.get(code, []) if (place, f) not in work.rejected]
        if len(found) > 1:
            found = _same_name(work, place, found) or found
        if len(found) == 1:
            work.accept(place, Link(found[0], CODE))
            note_other_name(work, place, found[0])
        else:
            work.reasons[place] = _reason(work, place, found, widths, features, beginnings)


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
    found: list[int],
    widths: set[int],
    features: dict[str, list[int]],
    beginnings: Counter[str],
) -> Reason:
    shown, code = work.table.keys[place], work.table.codes[place]
    if work.table.code_faults[place] == LOST_DIGITS:
        return Reason("join.lost_digits", {"code": shown})
    if not code:
        return Reason("join.blank_code")
    if len(found) > 1:
        return Reason(f"join.{AMBIGUOUS}_code", {"code": shown, "count": len(found)})
    if beginnings[code] and code not in features:
        return Reason("join.code_above", {"code": shown, "count": beginnings[code]})
    shorter = [code[:width] for width in sorted(widths) if 1 < width < len(code)]
    shorter = [other for other in shorter if other in features]
    if shorter:
        return Reason("join.code_below", {"code": shown, "other": shorter[-1]})
    return Reason("join.no_code", {"code": shown})
