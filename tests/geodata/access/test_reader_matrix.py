"""Role x scope x place x form x question: nothing comes out that is not granted, and all that is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dashboard.briefing import formats
from geodata.access import Reader
from geodata.access import reader as module
from tests.geodata.access import matrix

# What a form that leaves may hold: figures of places, or rows that a reader gave for a file.
LEAVES = {"html": "figures", "pdf": "figures", "pptx": "figures"}


def test_every_form_in_which_rows_leave_a_reader_has_its_place():
    public = {name for name, one in vars(Reader).items() if callable(one) and name[0] != "_"}
    assert public == {form.partition(" ")[0] for form in matrix.FORMS}
    found = {file.stem for file in Path(formats.__file__).parent.glob("*.py")} - {"__init__"}
    assert found == set(LEAVES)


def test_the_whole_matrix_is_of_more_than_20000_cases():
    assert sum(1 for _ in matrix.cases()) >= 20_000


def test_no_case_of_some_leaks_and_none_that_is_granted_is_refused():
    count, leaks = matrix.walk(one_of=16)
    assert count >= 1_500
    assert leaks == []


def test_a_reader_that_forgets_a_check_is_found(monkeypatch):
    case = next(one for one in matrix.cases() if one[1:] == (("9901",), "", "rows", "all"))
    case = case._replace(role="analyst")
    assert matrix.fault(case) == ""
    with monkeypatch.context() as patched:
        patched.setattr(module, "mask_frame", lambda frame, *_, **__: (frame, {}))
        assert "readable" in matrix.fault(case)
    with monkeypatch.context() as patched:
        patched.setattr(Reader, "_within", lambda self, frame, starts, act: (frame, 0))
        inside = case._replace(scope=(matrix.VILLAGES[0],))
        assert "rows of" in matrix.fault(inside)
    with monkeypatch.context() as patched:
        patched.setattr(Reader, "_asks_hidden", lambda self, request: None)
        assert "digit by digit" in matrix.fault(case._replace(question="above a number"))
    with monkeypatch.context() as patched:
        plain = Reader.rows
        patched.setattr(
            Reader, "rows", lambda self, request, **_: plain(self, replace(request, place=""))
        )
        foreign = case._replace(scope=("990101",), place=matrix.VILLAGES[-1])
        assert "outside" in matrix.fault(foreign)
