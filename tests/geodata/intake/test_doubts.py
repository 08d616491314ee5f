"""A list that came every month and does not come now stops an import, as one that lost half does."""

from __future__ import annotations

import pytest

from geodata.config import ImportSettings
from geodata.intake.doubts import absent, doubts
from geodata.intake.schema import Schema
from geodata.store import SourceFile

LAYOUTS = Schema().layouts
LISTS = [layout for layout in LAYOUTS if layout.tables[0].nature == "state"]
SETTINGS = ImportSettings()


def _absent(came, *rows, layout):
    feeds = [{layout.name: {"990101100": count}} if count else {} for count in rows]
    return [fault.kind for fault in absent(came, feeds, LAYOUTS, SETTINGS)]


@pytest.mark.parametrize("layout", LISTS, ids=lambda layout: layout.name)
def test_a_list_that_came_every_month_is_missed(layout):
    many, few = SETTINGS.small_rows, SETTINGS.small_rows - 1
    assert _absent([], many, many, many, layout=layout) == ["absent"]
    assert _absent([], many, many, layout=layout) == ["absent"]
    assert _absent([layout], many, many, layout=layout) == []
    # One that comes by the quarter, one that came once, and one of few rows may rest.
    assert _absent([], many, 0, 0, layout=layout) == []
    assert _absent([], many, layout=layout) == []
    assert _absent([], many, few, layout=layout) == []


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_events_may_rest_and_a_table_may_come_under_another_layout(layout):
    many, table = SETTINGS.small_rows, layout.tables[0]
    others = [one for one in LAYOUTS if one.tables[0].name == table.name and one is not layout]
    if table.nature != "state":
        assert _absent([], many, many, layout=layout) == []
    for other in others:
        assert _absent([other], many, many, layout=layout) == []


@pytest.mark.parametrize("layout", LISTS, ids=lambda layout: layout.name)
def test_a_list_of_which_half_came_is_refused(layout):
    def told(stored):
        source = SourceFile("表.xlsx", "sheet1", layout.name, "", stored, stored, 0)
        last = {layout.name: {"990101100": 100}}
        faults = doubts({}, SETTINGS, sources=[(source, layout)], feeds=[last], layouts=[layout])
        return [fault.kind for fault in faults]

    least = round(SETTINGS.stored_percent)
    assert told(least) == ["shrunk"]
    assert told(least + 1) == []
