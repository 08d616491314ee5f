"""Places by months: each cell is what the map of that month shows, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dashboard.answers import answer_of, layer_of
from dashboard.answers.as_json import answer_json
from dashboard.answers.month_grid import grid_of
from geodata.cartography import NO_DATA

pytestmark = pytest.mark.xdist_group("sampled")


def test_every_cell_has_the_class_of_the_map_of_its_month(source):
    for theme in source.themes:
        view = source.view(theme=theme)
        grid = grid_of(source, view)
        assert grid.months[-1].period == view.period
        for at, month in enumerate(grid.months):
            layer = layer_of(source, replace(view, period=month.period))
            shown = dict(zip(layer.keys, layer.classes, strict=True))
            states = dict(zip(layer.keys, layer.states, strict=True))
            for row in grid.rows:
                cell = row.cells[at]
                assert cell.at == (-1 if shown[row.code] == NO_DATA else int(shown[row.code]))
                assert (cell.state == "") == (cell.at >= 0)
                assert cell.state in ("", states[row.code])
                assert cell.said


def test_the_places_stand_as_in_the_ranking_of_the_shown_month(source):
    view = source.view()
    ranked = answer_of(source, view).ranked
    assert [row.code for row in grid_of(source, view).rows] == [str(code) for code in ranked.index]


def test_a_place_without_a_figure_has_no_number_and_part_of_one_is_told(source):
    view = source.view()
    values = source.atlas.values
    assert values["missing"].notna().any()
    hollow = [cell for row in grid_of(source, view).rows for cell in row.cells if not cell.whole]
    frames = [
        source.atlas.frame(view.indicator, one.period, view.level)
        for one in grid_of(source, view).months
    ]
    inside = list(source.atlas.places_in(view.place, view.level))
    part = sum(
        int(np.count_nonzero((one.loc[inside, "missing"] > 0) & one.loc[inside, "value"].notna()))
        for one in frames
    )
    assert len(hollow) == part


def test_the_command_prints_the_grid_where_it_is_looked_at(source):
    told = answer_json(source, source.view(side="months"))["months"]
    assert [one["code"] for one in told["rows"]] == [
        row.code for row in grid_of(source, source.view()).rows
    ]
    assert "months" not in answer_json(source, source.view())
