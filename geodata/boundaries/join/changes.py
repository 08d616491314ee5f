"""Old names and codes of places and what they became: aliases and tables of boundary changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from geodata.boundaries.join.code_text import clean_codes
from geodata.boundaries.join.names import clean_name
from geodata.errors import JoinError

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
class Change:
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

    entries: tuple[Change, ...] = ()
    starts: Mapping[str, str] | None = None

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.entries + other.entries, {**(self.starts or {}), **(other.starts or {})}
        )

    @cached_property
    def by_code(self) -> dict[str, list[Change]]:
        """Return the changes of each old code."""
        found: dict[str, list[Change]] = {}
        for change in self.entries:
            if change.old_code and change.old_code not in change.new_codes:
                found.setdefault(change.old_code, []).append(change)
        return found

    @cached_property
    def by_name(self) -> dict[str, list[Change]]:
        """Return the changes of each old name, cleaned."""
        found: dict[str, list[Change]] = {}
        for change in self.entries:
            if change.old_name and change.new_name:
                found.setdefault(clean_name(change.old_name), []).append(change)
        return found

    @cached_property
    def predecessors(self) -> dict[str, set[str]]:
        """Return the old codes that became each code."""
        found: dict[str, set[str]] = {}
        for change in self.entries:
            for code in change.new_codes:
                if code != change.old_code and change.old_code:
                    found.setdefault(code, set()).add(change.old_code)
        return found

    def successors(self, code: str, known: set[str]) -> list[str]:
        """Return the known codes that a code became, through any number of changes."""
        seen, wanted, found = {code}, [code], set()
        while wanted:
            for change in self.by_code.get(wanted.pop(), []):
                for new in change.new_codes:
                    if new in known:
                        found.add(new)
                    elif new not in seen:
                        seen.add(new)
                        wanted.append(new)
        return sorted(found)

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

    def names_for(self, name: str, parent: str = "") -> list[str]:
        """Return the names that an old name became, through any number of changes."""
        seen, wanted, found = {clean_name(name)}, [clean_name(name)], []
        while wanted:
            for change in self.by_name.get(wanted.pop(), []):
                fits = not change.parent or clean_name(change.parent) == clean_name(parent)
                if fits and clean_name(change.new_name) not in seen:
                    seen.add(clean_name(change.new_name))
                    wanted.append(clean_name(change.new_name))
                    found.append(change.new_name)
        return found


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
    lines = pd.DataFrame({**get, "old_code": old_codes}).to_dict("records")
    # One entry a row; such tables hold a few thousand rows.
    entries = [_change(line, latest) for line in lines if line["reason"] not in _IN_USE]
    starts = {code: start for code, start in zip(old_codes, get["start"], strict=True) if start}
    return Changes(tuple(entries), starts)


def _change(line: Mapping[str, str], latest: Mapping[str, str]) -> Change:
    new_codes = _whole_successors(line["new_code"])
    return Change(
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
    found: dict[str, str] = {}
    for role, headings in _HEADINGS.items():
        names = [clean_name(heading) for heading in headings.split()]
        fits = [
            alike[name] for name in names if name in alike and alike[name] not in found.values()
        ]
        if fits:
            found[role] = fits[0]
    if {"old_code", "new_code"} <= found.keys() or {"old_name", "new_name"} <= found.keys():
        return found
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


def described(changes: Iterable[Change]) -> dict[str, str]:
    """Return the values that explain changes in a sentence: old, new, why and when."""
    listed = list(changes)
    first = listed[0]
    new = "、".join(
        dict.fromkeys(" ".join(filter(None, (c.new_name, *c.new_codes))) for c in listed)
    )
    why = "，".join(filter(None, (first.when, first.reason)))
    return {"old": first.old_name or first.old_code, "new": new, "why": why}
