"""``guatu trace``: a file that lies somewhere is found again in the audit."""

from __future__ import annotations

import hashlib
import zipfile

import pytest

from dashboard.content.workbook import subjects_workbook
from dashboard.texts import text
from geodata.access import Actor, AuditEntry, Reader, Request, open_guard
from tests.geodata.access.county import VILLAGES, door

OFFICER = Actor("li.na", "township_officer", (VILLAGES[0][:9],))
SECRET = "0f1e2d3c"


@pytest.fixture
def left(tmp_path):
    """Return a workspace's folder and the mark of a list that left it, after another that did."""
    shared = door(tmp_path / "audit")
    Reader(OFFICER, shared).export(Request("household", place=VILLAGES[0]))
    mark = Reader(OFFICER, shared).export(Request("household")).watermark
    return tmp_path, mark


def workbook(file, mark: str, lang: str = "zh", cell: str = "h1"):
    note = text("households.watermark", lang, mark=f"li.na {mark}")
    content = subjects_workbook(["code", "why"], [[cell, ""]], title="list", notes=[note])
    file.write_bytes(content.getvalue())
    return file


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_is_found_by_its_number_also_when_it_was_changed(left, run, tmp_path, lang):
    folder, mark = left
    for name, cell in (("as it left.xlsx", "h1"), ("改过的.xlsx", "changed")):
        code, printed = run(
            "trace", workbook(tmp_path / name, mark, lang, cell), "--workspace", folder
        )
        assert (code, "li.na" in printed) == (0, True)
        assert f"第 {mark.split('-')[0]} 条" in printed
        assert len(printed.strip().splitlines()) == 2


def test_the_number_is_found_in_a_page_and_as_it_is_read_from_paper(left, run, tmp_path):
    folder, mark = left
    page = tmp_path / "page.html"
    page.write_text(f"<p>已脱敏，审计编号{mark}</p>", encoding="utf-8")
    for asked in (page, mark):
        code, printed = run("trace", asked, "--workspace", folder)
        assert (code, "li.na" in printed) == (0, True)


@pytest.mark.parametrize("form", ["pptx", "pdf", "html", "png"])
def test_a_briefing_is_found_by_its_content_whatever_its_form_and_name(tmp_path, run, form):
    file = tmp_path / f"renamed.{form}"
    file.write_bytes(b"PK\x03\x04 any content" + form.encode())
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    trail = open_guard(tmp_path).trail
    trail.record(AuditEntry.by(OFFICER, "export", reason="briefing", detail={"sha256": digest}))
    code, printed = run("trace", file, "--workspace", tmp_path)
    assert (code, "完全相同" in printed) == (0, True)
    file.write_bytes(file.read_bytes() + b" ")
    assert run("trace", file, "--workspace", tmp_path)[0] == 1


def test_a_number_whose_digits_are_not_those_of_its_record_is_of_nothing(left, run, tmp_path):
    folder, mark = left
    seq, digits = mark.split("-")
    for wrong in (f"{seq}-{SECRET}", f"9{seq}-{digits}", f"{int(seq) - 1}-{digits}"):
        code, printed = run("trace", workbook(tmp_path / "x.xlsx", wrong), "--workspace", folder)
        assert (code, "没有“x.xlsx”" in printed) == (1, True)


def test_what_was_refused_left_nothing_to_be_found(tmp_path, run):
    trail = open_guard(tmp_path).trail
    detail = {"sha256": SECRET * 8}
    record = trail.record(AuditEntry.by(OFFICER, "export", outcome="refused", detail=detail))
    assert run("trace", f"{record.seq}-{SECRET}", "--workspace", tmp_path)[0] == 1


@pytest.mark.parametrize("asked", ["nowhere.xlsx", "12-xyz", "", "-", "1-0a1b2c3d4"])
def test_what_is_no_file_and_no_number_is_one_sentence(left, run, asked):
    code, printed = run("trace", "--workspace", left[0], "--", asked)
    assert (code, "既不是文件，也不是编号" in printed) == (2, True)


def test_a_file_that_cannot_be_read_says_what_to_do(left, run, tmp_path):
    file = workbook(tmp_path / "torn.xlsx", left[1])
    content = bytearray(file.read_bytes())
    content[30:400] = bytes(370)
    file.write_bytes(bytes(content))
    code, printed = run("trace", file, "--workspace", left[0])
    assert (code in (1, 2), "guatu trace 123-0a1b2c3d" in printed) == (True, True)
    assert "Traceback" not in printed


def test_a_file_that_unpacks_to_more_than_is_looked_through_ends(left, run, tmp_path, monkeypatch):
    monkeypatch.setattr("dashboard.commands.trace._LONGEST", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as parts:
        for at in range(3):
            parts.writestr(f"{at}.xml", b" " * 10**6 + left[1].encode())
    assert run("trace", tmp_path / "bomb.xlsx", "--workspace", left[0])[0] == 1


def test_who_asks_is_on_record(left, run):
    folder, mark = left
    run("trace", mark, "--workspace", folder)
    asked = open_guard(folder).trail.records(act="audit")[-1]
    assert (asked.actor[:4], asked.subject) == ("cli:", mark.split("-")[0])
