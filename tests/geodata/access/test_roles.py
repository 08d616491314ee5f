"""The one table of masks: who sees which class of data, over every column and every role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from geodata.access import (
    Actor,
    Privacy,
    Reader,
    Request,
    Shown,
    data_classes,
    load_roles,
    roles,
    table_privacy,
)
from geodata.errors import ScopeError
from geodata.i18n import text
from geodata.tables import IDENTIFYING, PRIVACY, tables
from geodata.themes import own_themes
from tests.conftest import ROOT
from tests.geodata.access.county import NOW, VILLAGES, door

KNOWN = {**tables(), **{name: one for theme in own_themes() for name, one in theme.tables.items()}}
COLUMNS = table_privacy(KNOWN)
READS_ROWS = [name for name, role in load_roles().items() if "rows" in role.acts]
SECRET, SEEN = "a secret of its own", "***"
KEYS = {"place_code": VILLAGES[0], "household_code": "h1"}


def read(folder: Path, role: str, table: str, way: str) -> pd.DataFrame:
    """Return one row of a table with a secret in each column, as a role reads it in one way."""
    row = pd.DataFrame([dict.fromkeys(COLUMNS[table], SECRET) | KEYS])
    shared = replace(door(folder, lambda request, starts: row), privacy=COLUMNS)
    reader = Reader(Actor("li", role, (VILLAGES[0],)), shared)
    if way == "computed":
        return reader.computed(row, table).frame
    if way.startswith("card"):
        asked = {"household": "h1", "place": VILLAGES[0], "now": NOW, "leaving": way == "card file"}
        return reader.card([table], **asked)[table].frame
    return getattr(reader, way)(Request(table)).frame


@pytest.mark.parametrize("way", ["rows", "computed", "card", "export", "card file"])
@pytest.mark.parametrize("role", READS_ROWS)
def test_every_column_is_as_the_table_of_classes_says_in_every_way_it_is_read(tmp_path, role, way):
    classes, leaves = data_classes(), way in ("export", "card file")
    wrong = []
    for table, columns in COLUMNS.items():
        shown = read(tmp_path, role, table, way)
        for name, privacy in columns.items():
            known = classes[privacy.column_class]
            allowed = role in (known.exports if leaves else known.sees)
            if name not in KEYS and (shown[name].iloc[0] == SECRET) != allowed:
                wrong.append((table, name))
    assert wrong == []


def test_what_nobody_needs_is_seen_by_nobody_and_health_leaves_in_no_file():
    classes = data_classes()
    assert tuple(classes) == PRIVACY
    assert [key for key in IDENTIFYING if classes[key].sees] == []
    for key in ("ethnicity", "health", "disability"):
        assert classes[key].exports == frozenset()
        assert not classes[key].sees & {"analyst", "auditor", "administrator"}
    # One column holds both, so that who sees one sees the other.
    assert classes["health"].sees == classes["disability"].sees


@pytest.mark.parametrize(
    ("was", "then", "told"),
    [
        ("  sees: []\n  exports: []\nidentity", "  sees: [leader]\n  exports: []\nidentity", "account: no role"),
        ("sees: [township_officer, village_officer]", "sees: [mayor]", "ethnicity: unknown role 'mayor'"),
        ("health:", "helth:", "the classes must be"),
        ("village_officer]\n  exports: []\ndis", "village_officer]\n  exports: [analyst]\ndis", "without seeing"),
    ],
)  # fmt: skip
def test_a_table_of_classes_that_cannot_hold_is_refused(tmp_path, monkeypatch, was, then, told):
    content = (Path(roles.__file__).with_name("classes.yaml")).read_text(encoding="utf-8")
    assert was in content
    file = tmp_path / "classes.yaml"
    file.write_text(content.replace(was, then, 1), encoding="utf-8")
    monkeypatch.setattr(roles, "_CLASSES", file)
    monkeypatch.setattr(roles, "data_classes", roles.data_classes.__wrapped__)
    with pytest.raises(ValueError, match=told):
        load_roles.__wrapped__()


RULES = Privacy("restricted", "hidden", {"ill": "health"})


@pytest.mark.parametrize("role", READS_ROWS)
def test_a_rule_about_health_is_told_and_asked_for_by_whom_sees_health(tmp_path, role):
    listed = pd.DataFrame([KEYS | {"rules": "ill,poor"}, KEYS | {"rules": "ill"}])
    flags = pd.DataFrame([KEYS | {"rule": "ill"}, KEYS | {"rule": "poor"}])
    # What a list sums up of closed rules is summed up without them for whom they are closed to.
    frames = {"list": listed, "list_without_health": listed, "flags": flags}
    known = {"list": {"rules": replace(RULES, listed=True)}, "flags": {"rule": RULES}}
    asked: set[str] = set()

    def read(request, starts):
        asked.add(request.table)
        return frames[request.table]

    shared = replace(door(tmp_path, read), privacy=known)
    reader = Reader(Actor("li", role, (VILLAGES[0],)), shared)
    sees = role in data_classes()["health"].sees
    assert reader.rows(Request("list")).frame["rules"].tolist() == (
        ["ill,poor", "ill"] if sees else ["poor", ""]
    )
    assert asked == {"list" if sees else "list_without_health"}
    assert reader.rows(Request("flags")).frame["rule"].tolist() == ["ill", "poor"][not sees :]
    for filters in ((("rules", "has", "ill"),), (("rules", "in", ["poor", "ill"]),)):
        if sees:
            assert len(reader.rows(Request("list", filters=filters)).frame) == 2
        else:
            with pytest.raises(ScopeError):
                reader.rows(Request("list", filters=filters))
            with pytest.raises(ScopeError):
                reader.count(Request("list", filters=filters))


@pytest.mark.parametrize("role", READS_ROWS)
@pytest.mark.parametrize("name", [one for one in PRIVACY if one != "open"])
def test_a_word_of_a_class_is_asked_for_by_whom_sees_it_and_a_number_by_whom_knows_it(
    tmp_path, role, name
):
    known = {"person": {"column": Privacy(name, "hidden")}}
    row = pd.DataFrame([KEYS | {"column": "苗族"}])
    shared = replace(door(tmp_path, lambda request, starts: row), privacy=known)
    reader = Reader(Actor("li", role, (VILLAGES[0],)), shared)
    asked = Request("person", filters=(("column", "is", "苗族"),))
    if role in data_classes()[name].sees or name in ("identity", "account"):
        assert len(reader.rows(asked).frame) == 1
        return
    for read in (reader.rows, reader.count, reader.export):
        with pytest.raises(ScopeError):
            read(asked)


@pytest.mark.parametrize("role", READS_ROWS)
def test_rows_beside_an_export_are_masked_as_it_is(tmp_path, role):
    flags = pd.DataFrame([KEYS | {"rule": "ill"}, KEYS | {"rule": "poor"}])
    shared = replace(
        door(tmp_path, lambda request, starts: flags), privacy={"flags": {"rule": RULES}}
    )
    reader = Reader(Actor("li", role, (VILLAGES[0],)), shared)
    left = reader.rows(Request("flags"), leaving=True).frame["rule"].tolist()
    assert left == reader.export(Request("flags")).frame["rule"].tolist()
    assert "ill" not in left


def test_the_audit_keeps_no_value_of_a_stricter_class(tmp_path):
    asked = Request("person", filters=(("ethnicity", "is", "苗族"), ("sex", "is", "女")))
    row = pd.DataFrame([KEYS | {"sex": "女"}])
    shared = replace(door(tmp_path, lambda request, starts: row), privacy=COLUMNS)
    rows = Reader(Actor("li", "village_officer", (VILLAGES[0],)), shared).rows(asked)
    record = next(one for one in shared.trail.records() if one.seq == rows.record)
    kept: Shown = shared.trail.shown([record])[record.seq]
    assert [value for _, _, value in kept.filters] == [SEEN, "女"]


def test_the_documents_show_the_table_of_classes_as_it_is():
    lines = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    told = {
        line.split(" | ")[0].removeprefix("| "): line for line in lines if line.startswith("| ")
    }

    def named(names: frozenset[str]) -> str:
        known = [name for name in load_roles() if name in names]
        return ", ".join(text(f"access.role_{name}", "en") for name in known) or "nobody"

    for key, known in data_classes().items():
        assert told[key].endswith(f"| {named(known.sees)} | {named(known.exports)} |")
