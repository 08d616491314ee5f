"""Old names and codes of places, what they became, and step 3b, which explains places by them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geodata.errors import JoinError
from geodata.joining.matching import Link, Matching, Reason
from geodata.joining.names import ALIAS, Path, clean_codes, clean_name, split_ending
from geodata.joining.steps import comparable_codes, find_parents, match_names

# Usual headings of such tables, most telling first.
_HEADINGS = {
    "old_code": "原区划代码 变更前代码 原代码 旧代码 旧编码 old_code from_code code 代码 区划代码",
    "new_code": "现区划代码 变更后代码 现代码 新代码 新编码 new_code to_code successor_code successor",
    "old_name": "原名称 变更前名称 旧名称 旧名 原名 曾用名 别名 old_name alias old from 名称",
    "new_name": "现名称 变更后名称 新名称 新名 现名 当前名称 规范名称 标准名称 new_name current new to name 名称",
    "reason": "变更原因 原因 reason kind 状态 status",
    "when": "变更/弃用时间 变更时间 生效时间 when date year 时间 日期",
    "start": "启用时间 start valid_from",
    "parent": "上级 上级名称 所在乡镇 parent",
}
# A successor with a year in brackets took over a part only; the rest is a list of whole successors.
_PART = re.compile(r"\d+\[[^\]]*\]")
_IN_USE = {"在用", "现行", "active", "in use"}


@dataclass(frozen=True)
class PlaceChange:
    """One entry: what a place was, what it became ("" or () when it was abolished), when and why."""

    old_name: str = ""
    new_name: str = ""
    old_code: str = ""
    new_codes: tuple[str, ...] = ()
    reason: str = ""
    when: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Changes:
    """All changes known, and since when each code is in use where a table says so."""

    entries: tuple[PlaceChange, ...] = ()
    starts: Mapping[str, str] | None = None

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.entries + other.entries, {**(self.starts or {}), **(other.starts or {})}
        )

    @cached_property
    def by_code(self) -> dict[str, list[PlaceChange]]:
        """Return the changes of each old code."""
        grouped: dict[str, list[PlaceChange]] = {}
        for change in self.entries:
            if change.old_code and change.old_code not in change.new_codes:
                grouped.setdefault(change.old_code, []).append(change)
        return grouped

    @cached_property
    def by_name(self) -> dict[str, list[PlaceChange]]:
        """Return the changes of each old name, cleaned."""
        grouped: dict[str, list[PlaceChange]] = {}
        for change in self.entries:
            if change.old_name and change.new_name:
                grouped.setdefault(clean_name(change.old_name), []).append(change)
        return grouped

    @cached_property
    def predecessors(self) -> dict[str, set[str]]:
        """Return the old codes that became each code."""
        earlier: dict[str, set[str]] = {}
        for change in self.entries:
            for code in change.new_codes:
                if code != change.old_code and change.old_code:
                    earlier.setdefault(code, set()).add(change.old_code)
        return earlier

    def successors(self, code: str, known: set[str]) -> list[str]:
        """Return the known codes that a code became, through any number of changes."""
        seen, wanted, later = {code}, [code], set()
        while wanted:
            for change in self.by_code.get(wanted.pop(), []):
                for new in change.new_codes:
                    if new in known:
                        later.add(new)
                    elif new not in seen:
                        seen.add(new)
                        wanted.append(new)
        return sorted(later)

    def is_renumbering(self, old: str, new: str) -> bool:
        """Return whether `new` is the same place as `old`: nothing else became it, nor was it there.

        Between them there may be further codes; each must have a single predecessor.
        """
        starts = self.starts or {}
        current, seen = new, {new}
        while current != old:
            before = self.predecessors.get(current, set())
            if len(before) != 1:
                return False
            (previous,) = before
            for change in self.by_code.get(previous, []):
                began = starts.get(current)
                if len(change.new_codes) != 1 or (began and change.when and began < change.when):
                    return False
            if previous in seen:
                return False
            seen.add(previous)
            current = previous
        return True

    def names_for(self, name: str, above: Collection[str] = ()) -> list[str]:
        """Return the names that an old name below one of `above` became, by any number of changes."""
        parents = {clean_name(parent) for parent in above}
        seen, wanted, names = {clean_name(name)}, [clean_name(name)], []
        while wanted:
            for change in self.by_name.get(wanted.pop(), []):
                fits = not change.parent or clean_name(change.parent) in parents
                if fits and clean_name(change.new_name) not in seen:
                    seen.add(clean_name(change.new_name))
                    wanted.append(clean_name(change.new_name))
                    names.append(change.new_name)
        return names

    def paths_for(self, path: Path, parent: Path = ()) -> list[Path]:
        """Return what an old path became, at most 49; `parent` is how its parent is called now."""
        paths: list[Path] = [()]
        above: set[str] = set()
        for level, name in enumerate(path):
            names = [name, *self.names_for(name, above)]
            paths = [(*begun, name) for begun in paths for name in names][:50]
            above = {*names, *parent[level : level + 1]}
        return paths[1:]


def read_changes(source: Any) -> Changes:
    """Return the changes of a table (frame or SourceTable), several tables, or a mapping old to new.

    The columns are told by their headings; without known ones the first two are old and new. Raises
    JoinError when a table has fewer than two columns.
    """
    if source is None:
        return Changes()
    if isinstance(source, Changes):
        return source
    if isinstance(source, Mapping):
        frame = pd.DataFrame({"old": list(source), "new": list(source.values())}, dtype=str)
        return _from_frame(frame)
    if isinstance(source, Sequence):
        return sum((read_changes(part) for part in source), Changes())
    return _from_frame(getattr(source, "frame", source))


def _from_frame(frame: pd.DataFrame) -> Changes:
    frame = frame.fillna("").astype(str)
    columns = _columns(frame)
    texts = {role: frame[column].str.strip() for role, column in columns.items()}
    blank = pd.Series("", index=frame.index, dtype=str)
    get = {role: texts.get(role, blank) for role in _HEADINGS}
    old_codes = clean_codes(get["old_code"])[0]
    latest = _latest_names(old_codes, get)
    columns_of = {**get, "old_code": old_codes}
    rows = zip(*columns_of.values(), strict=True)
    lines = [dict(zip(columns_of, row, strict=True)) for row in rows]
    # One entry a row; such tables hold a few thousand rows.
    entries = [_change(line, latest) for line in lines if line["reason"] not in _IN_USE]
    starts = {code: start for code, start in zip(old_codes, get["start"], strict=True) if start}
    return Changes(tuple(entries), starts)


def _change(line: Mapping[str, str], latest: Mapping[str, str]) -> PlaceChange:
    new_codes = _whole_successors(line["new_code"])
    return PlaceChange(
        old_name=line["old_name"],
        new_name=line["new_name"] or (latest.get(new_codes[0], "") if len(new_codes) == 1 else ""),
        old_code=line["old_code"],
        new_codes=new_codes,
        reason=line["reason"],
        when=line["when"],
        parent=line["parent"],
    )


def _columns(frame: pd.DataFrame) -> dict[str, str]:
    """Return the column of each role."""
    alike = {clean_name(str(column)): str(column) for column in frame.columns}
    columns: dict[str, str] = {}
    for role, headings in _HEADINGS.items():
        names = [clean_name(heading) for heading in headings.split()]
        fits = [
            alike[name] for name in names if name in alike and alike[name] not in columns.values()
        ]
        if fits:
            columns[role] = fits[0]
    if {"old_code", "new_code"} <= columns.keys() or {"old_name", "new_name"} <= columns.keys():
        return columns
    if frame.shape[1] < 2:
        raise JoinError("join.no_change_columns", columns="、".join(map(str, frame.columns)))
    first, second = map(str, frame.columns[:2])
    digits = clean_codes(frame[first])[0].str.fullmatch(r"\d{4,}").mean() > 0.8
    kind = "code" if digits else "name"
    return {f"old_{kind}": first, f"new_{kind}": second}


def _whole_successors(text: str) -> tuple[str, ...]:
    parts = [part for part in re.split(r"[;；、,，\s]+", text) if part]
    whole = [re.sub(r"\.0+$|[-\s]", "", part) for part in parts if not _PART.fullmatch(part)]
    return tuple(code for code in whole if code)


def _latest_names(codes: pd.Series, get: Mapping[str, pd.Series]) -> dict[str, str]:
    """Return the names of codes still in use, where a table lists them beside its changes."""
    used = get["reason"].isin(_IN_USE)
    return dict(zip(codes[used], get["old_name"][used], strict=True))


def described(changes: Iterable[PlaceChange]) -> dict[str, str]:
    """Return the values that explain changes in a sentence: old, new, why and when."""
    listed = list(changes)
    first = listed[0]
    new = "、".join(
        dict.fromkeys(" ".join(filter(None, (c.new_name, *c.new_codes))) for c in listed)
    )
    why = "，".join(filter(None, (first.when, first.reason)))
    return {"old": first.old_name or first.old_code, "new": new, "why": why}


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
        later = changes.successors(code, known)
        same = len(later) == 1 and changes.is_renumbering(code, later[0])
        feature = features[later[0]] if later else -1
        if same and later[0] not in doubled and work.is_free(feature, place):
            if (place, feature) not in work.rejected:
                work.accept(place, Link(feature, CROSSWALK))
            continue
        work.reasons[place] = _explained(changes, code, later, same)


def _explained(changes: Changes, code: str, later: list[str], same: bool) -> Reason:
    values = described(changes.by_code[code])
    if not later:
        return Reason("join.abolished" if not values["new"] else "join.successor_absent", values)
    if len(later) > 1:
        return Reason("join.split", {**values, "count": len(later)})
    return Reason("join.successor_taken" if same else "join.merged", values)


def _backward(work: Matching, changes: Changes, ours: pd.Series, theirs: pd.Series) -> None:
    """Match or explain features whose code was replaced by one that the table has."""
    places = {theirs[place]: place for place in range(len(work.table)) if theirs[place]}
    for feature in work.free_features():
        code = ours[feature]
        if code not in changes.by_code:
            continue
        later = changes.successors(code, set(places))
        place = places[later[0]] if later else -1
        same = len(later) == 1 and changes.is_renumbering(code, later[0])
        if same and place not in work.matched and (place, feature) not in work.rejected:
            work.accept(place, Link(feature, CROSSWALK))
        else:
            work.feature_reasons[feature] = _explained(changes, code, later, same)


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
    open_paths = {place: work.table.paths[place] for place in work.open_places()}
    parents = find_parents(work.boundary.paths, open_paths.values())
    renamed: dict[int, list[Path]] = {}
    for place, path in open_paths.items():
        parent = parents.get(path[:-1])
        paths = changes.paths_for(path, parent.path if parent and parent.certain else ())
        if paths:
            renamed[place] = paths
    reasons = dict(work.reasons)
    for turn in range(max(map(len, renamed.values()), default=0)):
        paths_now = {p: paths[turn] for p, paths in renamed.items() if turn < len(paths)}
        match_names(work, paths_now, ALIAS)
        _explain_names(work, changes, paths_now, reasons)


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
