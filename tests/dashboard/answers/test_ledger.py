"""The wall of a ledger says what indicators, lists and rules say, and nothing of it is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dashboard.answers import Source, county_source
from dashboard.answers.as_json import answer_json
from dashboard.answers.due_items import due_of
from dashboard.answers.ledger import BANDS, STAGES, LedgerWall, _band, ledger_of
from dashboard.answers.listing import page_list
from dashboard.view import View
from geodata.access import Actor, command_actor
from geodata.i18n import LANGUAGES
from geodata.periods import last_day, shift_month
from geodata.workspace.clocks import COLOURS

pytestmark = pytest.mark.xdist_group("sampled")
THEME = "rectification"


def _wall(source: Source, **told):
    wall = ledger_of(source, source.view(theme=THEME, **{"lang": "zh", **told}))
    assert wall is not None
    return wall


def _figure(source: Source, indicator: str, period: str) -> float:
    return float(source.atlas.series(indicator, source.root)["numerator"][period])


def test_bands_stages_rows_and_entries_hold_every_problem_once(source, sampled):
    compared = 0
    for period in sampled.months:
        wall = _wall(source, period=period)
        assert wall.open == _figure(source, "open_problems", period) == len(wall.entries)
        assert wall.open + wall.closed == _figure(source, "all_problems", period)
        assert [band.key for band in wall.bands] == list(BANDS)
        assert Counter(e.band for e in wall.entries) == {
            b.key: b.count for b in wall.bands if b.count
        }
        assert sum(stage.count for stage in wall.stages) == wall.open + wall.closed
        assert [stage.key for stage in wall.stages] == list(STAGES)
        assert wall.stages[-1].count == wall.closed
        for rows in (wall.townships, wall.departments):
            assert sum(row.open for row in rows) == wall.open
            assert all(row.open == sum(cell.open for cell in row.cells) for row in rows)
        cells = [cell for row in wall.townships for cell in row.cells]
        assert sum(cell.closed for cell in cells) == wall.closed
        villages = source.atlas.places_in(None, source.atlas.lowest, period)
        assert {cell.place for cell in cells} >= set(villages)
        compared += wall.open
    assert compared > 5


def test_the_list_behind_the_wall_is_of_the_open_entries(source):
    wall = _wall(source)
    assert page_list(source, View.parse(wall.address, source)).count == wall.open


def test_entries_and_cells_stand_in_order_of_urgency(source):
    wall = _wall(source)
    keys = [(BANDS.index(e.band), 0 if e.days is None else e.days) for e in wall.entries]
    assert keys == sorted(keys)
    order = [*BANDS, "done", "none"]
    for row in wall.townships:
        bands = [order.index(cell.band) for cell in row.cells]
        assert bands == sorted(bands)
    for cell in (cell for row in wall.townships for cell in row.cells):
        own = [entry for entry in wall.entries if entry.place == cell.place]
        assert cell.open == len(own)
        assert cell.band == (own[0].band if own else "done" if cell.closed else "none")


@pytest.mark.parametrize(
    ("line", "colour", "days", "wanted"),
    [
        (-1, "blue", 40, ("past", -1)),
        (0, "yellow", 2, ("yellow", 2)),
        (None, "red", -1, ("red", -1)),
        (None, "yellow", 0, ("yellow", 0)),
        (5, "none", 11, ("later", 11)),
        (None, None, None, ("undated", None)),
    ],
)
def test_the_bottom_line_goes_before_the_day_of_a_task(line, colour, days, wanted):
    row = pd.DataFrame({"bottom_line": pd.array([line], dtype="Int64")})
    task = pd.Series({"colour": colour, "days": pd.NA if days is None else days})
    assert _band(next(row.itertuples()), task) == wanted


def test_without_an_open_task_only_the_bottom_line_makes_urgent():
    rows = pd.DataFrame({"bottom_line": pd.array([-3, None], dtype="Int64")}).itertuples()
    assert [_band(row, None) for row in rows] == [("past", -3), ("undated", None)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_entry_says_what_is_wrong_and_what_is_next(source, lang):
    wall = _wall(source, lang=lang)
    assert wall.sentence
    for entry in wall.entries:
        assert entry.title
        assert entry.said
        assert entry.unit
        if entry.band in BANDS[:4]:
            assert entry.next_step, entry


def test_no_person_is_named_on_a_projector_or_for_the_public(source):
    view = source.view(theme=THEME, lang="zh")
    shown = ledger_of(source, view).entries
    named = [entry.owners for entry in shown]
    for kept in (replace(view, presenting=True), replace(view, public=True)):
        hidden = [entry.owners for entry in ledger_of(source, kept).entries]
        assert hidden != named
        assert all(len(a) <= len(b) for a, b in zip(hidden, named, strict=True))


def test_a_township_sees_its_own_villages_alone(sampled):
    whole = county_source(sampled, command_actor())
    township = next(row.key for row in _wall(whole).townships if row.open)
    own = county_source(sampled, Actor("t", "township_officer", (township,)))
    wall = _wall(own)
    assert [row.key for row in wall.townships] == [township]
    assert wall.open == next(row.open for row in _wall(whole).townships if row.key == township)


def test_show_tells_the_wall_where_it_is_looked_at(source):
    view = source.view(theme=THEME, side="ledger", lang="zh")
    told = answer_json(source, view)["ledger"]
    assert [entry["code"] for entry in told["entries"]] == [e.code for e in _wall(source).entries]
    assert "ledger" not in answer_json(source, replace(view, side="ranking"))


def test_another_theme_keeps_no_ledger(source):
    assert ledger_of(source, source.view(theme="water")) is None


def _bare(wall: LedgerWall) -> LedgerWall:
    return replace(wall, address="")


def test_as_of_the_last_day_the_wall_is_that_of_the_month(source, sampled):
    for period in sampled.months:
        on = last_day(period).isoformat()
        assert _bare(_wall(source, period=period, on=on)) == _bare(_wall(source, period=period))


def test_as_of_any_day_the_wall_says_what_is_due_on_it(source, sampled):
    period = sampled.months[-1]
    coloured = 0
    for on in (f"{period}-05", f"{period}-19", f"{shift_month(period, 1)}-08"):
        wall = _wall(source, period=period, on=on)
        assert (wall.day, bool(wall.note)) == (on, on[:7] != period)
        assert wall.open + wall.closed == sum(stage.count for stage in wall.stages)
        day = date.fromisoformat(on)
        guard = sampled.guard
        due = due_of(sampled, command_actor(), guard, day, lang="zh", kinds=["task", "bottom_line"])
        for entry in wall.entries:
            tasks = [
                one
                for one in due.items
                if one.kind == "task" and one.id.startswith(f"{entry.code}-")
            ]
            lines = [one.days_left for one in due.items if one.id == entry.code]
            if lines and (lines[0] or 0) < 0:
                assert (entry.band, entry.days) == ("past", lines[0])
            elif tasks:
                order = [COLOURS.index(one.colour) for one in tasks]
                first = tasks[order.index(min(order))].colour
                assert entry.band == {"none": "later"}.get(first, first)
                coloured += entry.band in ("red", "yellow", "blue")
    assert coloured > 3


def test_no_person_is_named_on_a_projector_as_of_a_day(source, sampled):
    on = f"{sampled.months[-1]}-19"
    for shown in ({"presenting": True}, {"public": True}):
        told, bare = (_wall(source, on=on, **more).entries for more in ({}, shown))
        assert any(a.owners != b.owners for a, b in zip(told, bare, strict=True))


def test_a_township_sees_its_own_villages_alone_as_of_a_day(sampled):
    atlas = county_source(sampled, command_actor()).atlas
    township = str(atlas.places_in(None, "township")[0])
    source = county_source(sampled, Actor("t", "township_officer", (township,)))
    wall = _wall(source, on=f"{sampled.months[-1]}-19")
    assert wall.entries
    assert all(entry.place.startswith(township) for entry in wall.entries)
