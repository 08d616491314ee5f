"""Decisions of people about a join: accept, reject or alias, with who, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.errors import JoinError
from geodata.joining.crosswalk import Changes, PlaceChange
from geodata.joining.matching import JoinSide, Link, Matching, Reason, named_key
from geodata.joining.names import clean_name

ACCEPT, REJECT, ALIAS = "accept", "reject", "alias"
DECISION = "decision"
COLUMNS = ["boundary_key", "table_key", "decision", "who", "when", "why"]
_WORDS = {
    **dict.fromkeys(("accept", "accepted", "yes", "采纳", "接受", "同意", "是", "确认"), ACCEPT),
    **dict.fromkeys(("reject", "rejected", "no", "拒绝", "否决", "否", "不同意", "不是"), REJECT),
    **dict.fromkeys(("alias", "别名", "改名", "视同"), ALIAS),
}
_HEADINGS = {
    "boundary_key": ("boundary_key", "边界", "边界标识", "边界键"),
    "table_key": ("table_key", "表格", "表格标识", "表格键"),
    "decision": ("decision", "决定", "处理", "处理决定"),
    "who": ("who", "处理人", "决定人"),
    "when": ("when", "处理时间", "时间", "日期"),
    "why": ("why", "理由", "原因", "说明"),
}


@dataclass(frozen=True)
class Decision:
    """One decision: the keys of both sides, what was decided, and who, when, why."""

    boundary_key: str
    table_key: str
    kind: str
    who: str = ""
    when: str = ""
    why: str = ""


def read_decisions(source: Any) -> tuple[Decision, ...]:
    """Return the decisions of a table; rows whose decision is still open are left out.

    Raises JoinError when a needed column is absent, a decision is not understood, or two of them
    contradict each other.
    """
    if source is None:
        return ()
    if isinstance(source, tuple):
        return source
    frame: pd.DataFrame = getattr(source, "frame", source).fillna("").astype(str)
    columns = _columns(frame)
    decisions = []
    for row, line in enumerate(frame.to_dict("records"), 2):
        values = {role: str(line.get(column, "")).strip() for role, column in columns.items()}
        word = values.pop("decision").casefold()
        if not word:
            continue
        if word not in _WORDS:
            raise JoinError("join.unknown_decision", row=row, value=word)
        keys = {role: _plain_key(values.pop(role)) for role in ("boundary_key", "table_key")}
        decisions.append(Decision(kind=_WORDS[word], **keys, **values))
    _refuse_contradictions(decisions)
    return tuple(decisions)


def _refuse_contradictions(decisions: list[Decision]) -> None:
    """Raise JoinError where one pair is accepted and rejected, or one row goes to two features."""
    rejected = {(d.table_key, d.boundary_key) for d in decisions if d.kind == REJECT}
    accepted: dict[str, set[str]] = {}
    for decision in decisions:
        if decision.kind == ACCEPT:
            accepted.setdefault(decision.table_key, set()).add(decision.boundary_key)
    for table_key, boundary_keys in sorted(accepted.items()):
        both = {key for key in boundary_keys if (table_key, key) in rejected}
        if both or len(boundary_keys) > 1:
            named = "、".join(sorted(both or boundary_keys))
            raise JoinError("join.contradicting_decisions", table=table_key, boundaries=named)


def _plain_key(key: str) -> str:
    """Return a key without the apostrophe that keeps a spreadsheet from running it."""
    return key[1:] if key[:2] in {"'=", "'+", "'-", "'@"} else key


def _columns(frame: pd.DataFrame) -> dict[str, str]:
    alike = {clean_name(str(column)): str(column) for column in frame.columns}
    by_role = {}
    for role, headings in _HEADINGS.items():
        names = [alike[name] for heading in headings if (name := clean_name(heading)) in alike]
        if names:
            by_role[role] = names[0]
    lacking = {"boundary_key", "table_key", "decision"} - by_role.keys()
    if lacking:
        raise JoinError("join.no_decision_column", column="、".join(sorted(lacking)))
    return by_role


def alias_changes(decisions: tuple[Decision, ...], table: JoinSide) -> Changes:
    """Return the alias decisions as changes: the last name of one key is that of the other."""
    entries = []
    keys = set(table.keys)
    named = {named_key(table, place): list(path) for place, path in enumerate(table.paths)}
    for decision in decisions:
        if decision.kind == ALIAS:
            key, new = decision.table_key, decision.boundary_key.split("/")
            old = named[key] if key in named and key not in keys else key.split("/")
            parent = old[-2] if len(old) > 1 else ""
            entries.append(PlaceChange(old_name=old[-1], new_name=new[-1], parent=parent))
            entries.append(
                PlaceChange(old_code=decision.table_key, new_codes=(decision.boundary_key,))
            )
    return Changes(tuple(entries))


def apply_decisions(work: Matching, decisions: tuple[Decision, ...]) -> list[Reason]:
    """Settle what was accepted, exclude what was rejected; return what no longer applies.

    A key that several features share cannot be accepted, for it does not say which is meant. A code
    of the table means all places that have it, with names behind it those of these names, which
    goes before what is said of the code alone.
    """
    features = _places_of(work.boundary.keys)
    places = _places_of(work.table.keys)
    named = _places_of([named_key(work.table, place) for place in range(len(work.table))])
    stale = []

    def order(decision: Decision) -> tuple[object, ...]:
        of_code = decision.table_key in places
        return decision.kind != REJECT, of_code, decision.table_key, decision.boundary_key

    for decision in sorted(decisions, key=order):
        if decision.kind == ALIAS:
            continue
        ours = features.get(decision.boundary_key, [])
        theirs = places.get(decision.table_key) or named.get(decision.table_key, [])
        if not ours or not theirs:
            values = {"boundary": decision.boundary_key, "table": decision.table_key}
            stale.append(Reason("join.stale_decision", values))
        elif decision.kind == REJECT:
            work.rejected.update((place, feature) for place in theirs for feature in ours)
        elif len(ours) > 1:
            stale.append(Reason("join.doubled_decision", {"boundary": decision.boundary_key}))
        else:
            for place in theirs:
                if place not in work.matched and (place, ours[0]) not in work.rejected:
                    work.accept(place, Link(ours[0], DECISION))
    return stale


def _places_of(keys: list[str]) -> dict[str, list[int]]:
    by_key: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if key:
            by_key.setdefault(key, []).append(place)
    return by_key
