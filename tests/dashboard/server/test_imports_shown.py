"""Alike issues in whole sentences, in both languages: no raw key and no empty field, whatever the kind."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from dashboard.server.imports_shown import issue_lines
from geodata.errors import SourceError
from geodata.escaping import without_folders
from geodata.intake.alike import alike
from geodata.intake.issues import Issues, severities
from geodata.store import SourceFile
from geodata.tables import tables

PLACED = {
    "file": "户信息.xlsx",
    "sheet": "sheet1",
    "row": 7,
    "header": "家庭纯收入",
    "value": "三千",
}
NOWHERE = {"file": "户信息.xlsx", "sheet": "", "row": None, "header": "", "value": ""}


def _lines(kind: str, lang: str, place: dict[str, object]) -> list[dict[str, str]]:
    issues = Issues(tables())
    row = pd.DataFrame([{**place, "detail": "12", "household_code": "1", "table": "household"}])
    issues.add(kind, row)
    return issue_lines(alike(issues.frame(), tables()), lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("place", [PLACED, NOWHERE], ids=["placed", "nowhere"])
def test_every_kind_of_issue_is_said_in_whole_sentences(
    lang: str, place: dict[str, object]
) -> None:
    for kind in severities():
        (line,) = _lines(kind, lang, place)
        said = " ".join(line.values())
        assert not re.search(r"\b[a-z]+_[a-z_]+\b|\{|issues\.|—", said), (kind, said)
        assert line["sentence"], kind
        assert line["advice"], kind
        assert line["where"].startswith("户信息.xlsx"), kind
        for name in ("row", "sheet", "header"):
            assert (str(place[name]) in line["where"]) or not place[name], (kind, name)
        value = str(place["value"])
        assert not value or value[0] in line["sentence"] + line["value"], (kind, said)


def test_rows_of_one_kind_are_one_line_that_counts_them() -> None:
    issues = Issues(tables())
    rows = pd.DataFrame([{**PLACED, "row": row, "value": f"x{row}"} for row in range(3, 12)])
    issues.add("not_a_number", rows)
    issues.add("not_whole", rows.head(1))
    first, second = alike(issues.frame(), tables())
    assert (first["count"], first["row_count"], first["rows"]) == (9, 9, [3, 4, 5, 6, 7])
    assert (second["kind"], second["count"]) == ("not_whole", 1)
    line = issue_lines([first], "zh")[0]
    assert "等 9 行" in line["where"]
    assert "x3" in line["sentence"]
    assert alike(issues.frame().head(0), tables()) == []


@pytest.mark.parametrize("kind", [kind for kind, grave in severities().items() if grave == "error"])
def test_what_is_told_of_a_column_counts_as_all_its_rows(kind: str) -> None:
    issues = Issues(tables())
    issues.add("certificate_check", pd.DataFrame([{**PLACED, "row": row} for row in range(3, 12)]))
    issues.add(kind, pd.DataFrame([{**PLACED, "row": None}]))
    issues.add("future_day", pd.DataFrame([{**PLACED, "row": 3}, {**PLACED, "row": 5}]))
    sources = [SourceFile("户信息.xlsx", "sheet1", "households", "", 80, 80, 0)]
    lines = alike(issues.frame(), tables(), sources)
    assert lines[0]["kind"] == kind
    assert [line["weight"] for line in lines[1:]] == [9, 2][: len(lines) - 1] or kind in (
        "certificate_check",
        "future_day",
    )


def test_no_folder_of_the_server_is_in_a_sentence_of_a_page(tmp_path: Path) -> None:
    folder = tmp_path / "一个 county"
    for file, shown in (
        (folder / "raw" / "2031-01", "raw/2031-01"),
        (Path("/srv/county-data/places.csv"), "places.csv"),
        (Path("/etc/guatu/x.toml"), "x.toml"),
    ):
        for key in ("readers.absent", "imports.no_files", "store.damaged_pointer"):
            sentence = SourceError(key, file=str(file), folder=str(file)).sentence("zh")
            assert str(file) in sentence
            said = without_folders(sentence, folder)
            assert shown in said, said
            assert not re.search(r"(?<![\w])/\w", said), said
    for kept in ("http://localhost/b/c", "12/5", "km/h", "2031/01/05", "/imports"):
        assert without_folders(f"x {kept} y", folder) == f"x {kept} y"
