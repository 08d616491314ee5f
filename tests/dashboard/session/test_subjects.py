"""What a rule found that is no household: its pages, its workbook, and who may have it."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from dashboard.panels.households.subject_listing import page_of, pages_of, subjects_table
from dashboard.panels.households.view import HouseholdsView
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.session.subjects import COLUMNS, About, SubjectList, exported_subjects, listed_about
from geodata.access import EVERYWHERE, Actor, open_guard
from geodata.atlas import open_atlas
from geodata.errors import ScopeError
from tests.invented_county import VILLAGES, WORKS

QUERY = "?theme=water&side=households&rule=no_keeper&lang=zh"


@pytest.fixture(scope="module")
def county(counties):
    return counties.shared(sites=True)


@pytest.fixture
def people_as(county, tmp_path):
    """Return what makes the reader of an actor who sees some places."""

    def make(prefixes=(EVERYWHERE,), query: str = QUERY, role: str = "leader") -> People:
        state = State(open_atlas(county.setup.config.folder), query, themes=county.setup.themes)
        return People(state, county, Actor("lead", role, prefixes), open_guard(tmp_path))

    return make


def _many(county, count: int) -> SubjectList:
    rows = pd.DataFrame({"subject": [f"W{at:03d}" for at in range(count)]})
    rows = rows.assign(name="", place_code=VILLAGES[0], reason="=1+1")
    rule = county.setup.rules["no_keeper"]
    about = About(rule.key, rule.about, rule.title, (rule.key,), rule.severity)
    return SubjectList(about, rows[COLUMNS])


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (20, 1), (21, 2), (45, 3)])
def test_every_row_is_on_one_page(county, count, pages):
    found = _many(county, count)
    assert pages_of(found, 20) == pages
    shown = [code for at in range(pages) for code in page_of(found, (at, 20))["subject"]]
    assert shown == found.rows["subject"].tolist()


def test_the_note_counts_all_and_names_the_page(county):
    kept = {"title": "", "lang": "zh", "names": str}
    table = subjects_table(_many(county, 45), (2, 20), **kept)
    assert [row["cells"][0] for row in table["rows"]] == [f"W{at:03d}" for at in range(40, 45)]
    assert "共 45 个" in table["note"]
    assert table["note"].endswith("第 3/3 页。")
    assert "页" not in subjects_table(_many(county, 5), (0, 20), **kept)["note"]


def test_pages_are_turned_and_a_click_takes_the_row_that_is_shown(county, people_as):
    people = people_as()
    view = HouseholdsView(people, 0)
    view.listing.listed = _many(county, 21)
    view.next.clicks += 1
    assert people.page == 1
    assert [row["cells"][0] for row in view.sheet.table["rows"]] == ["W020"]
    assert (view.back.disabled, view.next.disabled) == (False, True)
    view.next.clicks += 1
    assert people.page == 1
    view._answer({"type": "row", "index": 0})
    assert people.state.point == "works:W020"


def test_workbook_holds_the_mark_and_no_formula_and_is_in_the_audit(people_as):
    people = people_as()
    view = HouseholdsView(people, 0)
    assert view.export.visible
    assert not view.search.visible
    sheet = openpyxl.load_workbook(view._export()).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    assert sheet["A4"].value == WORKS
    record = people.guard.trail.records()[-1]
    exported = [one for one in people.guard.trail.records() if one.act == "export"]
    assert exported[-1].reason == "no_keeper"
    assert f"lead {exported[-1].seq}-" in sheet["A2"].value
    assert record.actor == "lead"


def test_nothing_leaves_from_outside_the_own_places(people_as):
    people = people_as((VILLAGES[2],))
    found, _ = exported_subjects(people, listed_about(people))
    assert found.rows.empty
    with pytest.raises(ScopeError):
        exported_subjects(people_as(role="auditor"), listed_about(people))
