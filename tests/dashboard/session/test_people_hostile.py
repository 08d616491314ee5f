"""Hostile names in every field about people are text in list, card, visit list and workbook."""

from __future__ import annotations

import html.parser

import openpyxl
import pytest

from dashboard.content.rows import COLUMNS, HouseholdRows
from dashboard.content.workbook import households_workbook
from dashboard.panels.households.visit_drawer import visits_html
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.session.visit_list import visit_list
from dashboard.views.card.card_html import card_html
from geodata.access import EVERYWHERE, Actor, open_guard
from geodata.atlas import open_atlas
from tests.hostile_names import NAMES, RARE
from tests.invented_county import COUNTY, HOUSEHOLDS

ALLOWED = {
    "header",
    "h1",
    "h2",
    "p",
    "section",
    "div",
    "span",
    "b",
    "small",
    "ul",
    "li",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}


class Tags(html.parser.HTMLParser):
    """Collects the tags and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture(scope="module")
def people(counties, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile") / "county"
    county = counties.copy(folder, names=tuple(NAMES.values()))
    folder = county.setup.config.folder
    state = State(open_atlas(folder), f"?place={COUNTY}", themes=county.setup.themes)
    return People(state, county, Actor("lead", "leader", (EVERYWHERE,)), open_guard(folder))


def harmless(text: str) -> None:
    found = Tags(text)
    assert found.tags <= ALLOWED
    assert found.attributes <= {"class", "id"}
    assert not any(sign in text for sign in "\u202e\u2067\x07\x1b")


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_card_shows_every_name_as_text(people, number):
    people.household = HOUSEHOLDS[number][0]
    head, body = card_html(people.content())
    harmless(head + body)


def test_rare_characters_are_kept(people):
    people.household = HOUSEHOLDS[list(NAMES).index("rare")][0]
    assert RARE["rare"] in card_html(people.content())[1]


def test_visit_list_shows_every_name_as_text(people):
    text = visits_html(visit_list(people), "zh")
    harmless(text)
    assert "&lt;script&gt;window.hacked=1&lt;/script&gt;" in text


def test_list_and_workbook_hold_text_alone(people):
    people.state.go(COUNTY)
    people.size = 100
    rows = HouseholdRows(people.county.setup.rules, people.village, "zh")
    for row in people.rows.itertuples():
        cells = [cell for cell in rows.cells(row, list(COLUMNS)) if isinstance(cell, str)]
        assert not any(sign in "".join(cells) for sign in "\u202e\u2067\x07\x1b\n\t")
    frame, mark = people.exported()
    file = households_workbook(frame, rows, list(COLUMNS), title="=1+1", notes=[mark])
    sheet = openpyxl.load_workbook(file).active
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert all(cell.data_type != "f" for cell in cells)
    helpers = [str(cell.value) for cell in cells if isinstance(cell.value, str)]
    assert '\'=HYPERLINK(A1、"y")' in helpers
    assert not any(value.startswith(("=", "+", "@")) for value in helpers)
