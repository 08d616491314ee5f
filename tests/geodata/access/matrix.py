"""Every role, scope, place asked for, form in which rows leave, and question: what may come out.

``python -m tests.geodata.access.matrix`` walks all cases; the test walks some, the same each time.
"""

from __future__ import annotations

import hashlib
import itertools
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd

from geodata.access import Actor, Door, Reader, Request, data_classes, load_roles, table_privacy
from geodata.errors import ScopeError
from tests.geodata.access.county import NOW, PARENT, TOWNSHIPS, VILLAGES, households, limits

SCOPES = (
    (),
    (VILLAGES[0],),
    (VILLAGES[0], VILLAGES[-1]),
    (TOWNSHIPS[0],),
    (TOWNSHIPS[2], VILLAGES[0]),
    ("990101",),
    ("9901",),
    ("*",),
)
PLACES = ("", *PARENT)
LIMITS, ROWS = limits(), households()
TABLE, KEYS = "household", {"place_code", "household_code"}
PRIVACY = table_privacy()[TABLE]
OPEN, MASKED = "per_capita_income", "head_certificate"
NUMBER = "99010119500101" + "1" + VILLAGES[0][-3:]
# How a question names a column; a sealed or masked one may only be looked for by a whole value.
QUESTIONS: Mapping[str, Mapping[str, Any]] = {
    "all": {},
    "whole number": {"filters": ((MASKED, "is", NUMBER),)},
    "beginning of a number": {"filters": ((MASKED, "contains", NUMBER[:6]),)},
    "above a number": {"filters": ((MASKED, "at_least", NUMBER),)},
    "in the order of numbers": {"order": (MASKED,)},
    "not described": {"order": ("-new_column",)},
    "some columns": {"columns": (MASKED, OPEN)},
    "above an amount": {"filters": ((OPEN, "at_least", 0),)},
}
REFUSED = {"beginning of a number", "above a number", "in the order of numbers", "not described"}


class Case(NamedTuple):
    """One case; `form` is a key of FORMS, `question` of QUESTIONS."""

    role: str
    scope: tuple[str, ...]
    place: str
    form: str
    question: str


@dataclass
class Record:
    seq: int


class Trail:
    """A trail that keeps what was written, so that thousands of reads take a minute."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def clock(self) -> Any:
        return NOW

    def record(self, entry: Any, shown: Any = None) -> Record:
        self.entries.append((entry, shown))
        return Record(len(self.entries))

    def times(self, *_: object) -> int:
        return 0


def read(request: Request, starts: tuple[str, ...]) -> pd.DataFrame:
    """Return what a store that knows no scope would give: everything, whatever was asked."""
    rows = ROWS
    if request.counting:
        return pd.DataFrame({"rows": [int(rows["place_code"].str.startswith(starts).sum())]})
    return rows[list(request.columns)] if request.columns else rows


def _card(reader: Reader, case: Case, *, leaving: bool) -> pd.DataFrame:
    place = case.place or VILLAGES[0]
    asked = {"household": f"{VILLAGES[0]}-1", "place": place, "now": NOW, "leaving": leaving}
    return reader.card([TABLE], **asked)[TABLE].frame


def _request(case: Case) -> Request:
    return replace(Request(TABLE, case.place), **QUESTIONS[case.question])


Form = Callable[[Reader, Case], "pd.DataFrame | int"]
# Every way in which rows or their number leave a reader, the act it needs, and whether it is a file.
# A new public method of Reader has no place here and fails the test.
FORMS: Mapping[str, tuple[str, bool, Form]] = {
    "rows": ("rows", False, lambda reader, case: reader.rows(_request(case)).frame),
    "count": ("rows", False, lambda reader, case: reader.count(_request(case))),
    "computed": (
        "rows",
        False,
        lambda reader, case: reader.computed(ROWS, TABLE, place=case.place).frame,
    ),
    "export": ("export", True, lambda reader, case: reader.export(_request(case)).frame),
    "card": ("card", False, lambda reader, case: _card(reader, case, leaving=False)),
    "card file": ("card", True, lambda reader, case: _card(reader, case, leaving=True)),
}
# These take no question: they are asked once.
UNASKED = {"computed", "card", "card file"}


def cases() -> Iterator[Case]:
    """Yield all cases."""
    for role, scope, place, form in itertools.product(load_roles(), SCOPES, PLACES, FORMS):
        for question in ("all",) if form in UNASKED else QUESTIONS:
            yield Case(role, scope, place, form, question)


def is_chosen(case: Case, one_of: int) -> bool:
    """Return whether a case is among one of so many, the same each time."""
    return hashlib.sha256(repr(case).encode()).digest()[0] % one_of == 0


def _above(place: str | None) -> list[str]:
    """Return a place and all above it by walking the tree, not by looking at digits."""
    return [] if place is None else [place, *_above(PARENT[place])]


def _villages(case: Case) -> set[str]:
    """Return the villages whose rows may come out, by the tree of places and roles.yaml alone."""
    act = FORMS[case.form][0]
    if act not in load_roles()[case.role].acts:
        return set()
    asked = case.place or (VILLAGES[0] if case.form.startswith("card") else "")
    inside = {one for one in VILLAGES if not asked or asked in _above(one)}
    return {one for one in inside if "*" in case.scope or {*case.scope} & {*_above(one)}}


def fault(case: Case) -> str:
    """Return what is wrong with a case, empty when it is answered as it must be."""
    _, leaves, form = FORMS[case.form]
    trail: Any = Trail()
    closed: Any = _Closed()
    reader = Reader(
        Actor("li", case.role, case.scope), Door(read, trail, closed, LIMITS, {TABLE: PRIVACY})
    )
    may, kinds = _villages(case), data_classes()
    try:
        told = form(reader, case)
    except ScopeError:
        outcomes = [entry.outcome for entry, _ in trail.entries]
        if outcomes != ["refused"]:
            return f"a refusal is on record as {outcomes}"
        return "" if not may or case.question in REFUSED else "refused"
    if case.question in REFUSED:
        return "a question that reads a masked column digit by digit was answered"
    if not may:
        return "answered outside the rights"
    if isinstance(told, int):
        return "" if told == 2 * len(may) else f"{told} rows counted"
    if len(trail.entries) != 1:
        return f"{len(trail.entries)} records"
    wanted = {one for one in may if not case.form.startswith("card") or one == VILLAGES[0]}
    if {*told["place_code"]} != wanted:
        return f"rows of {sorted({*told['place_code']} ^ wanted)}"
    if told.empty:
        return ""
    plain = ROWS.set_index("household_code")
    for name in set(told.columns) - KEYS:
        kind = kinds[PRIVACY[name].column_class] if name in PRIVACY else kinds["identity"]
        allowed = case.role in (kind.exports if leaves else kind.sees)
        same = (
            told[name].astype("str").to_numpy()
            == plain.loc[told["household_code"], name].astype("str").to_numpy()
        )
        if same.any() != allowed:
            return f"{name} is {'readable' if same.any() else 'masked'}"
    return ""


class _Closed:
    """No glass was broken."""

    def is_open(self, *_: object, **__: object) -> bool:
        return False


def walk(one_of: int = 1) -> tuple[int, list[tuple[Case, str]]]:
    """Return how many cases were walked, and those with a fault."""
    chosen = [case for case in cases() if is_chosen(case, one_of)]
    told = [(case, fault(case)) for case in chosen]
    return len(chosen), [(case, said) for case, said in told if said]


if __name__ == "__main__":
    began = time.monotonic()
    count, leaks = walk()
    for case, said in leaks[:20]:
        print(case, said)
    print(f"{count} cases, {len(leaks)} leaks, {time.monotonic() - began:.0f} s")
    sys.exit(bool(leaks))
