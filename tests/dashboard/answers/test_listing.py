"""What an address narrows the list of households to."""

from __future__ import annotations

from dataclasses import replace

from dashboard.answers.listing import household_filters
from dashboard.view import View
from geodata.atlas import open_atlas
from geodata.workspace.points import point_tables


def test_a_site_narrows_the_list_only_by_points_that_households_name(county):
    setup, atlas = county.setup, open_atlas(county.setup.config.folder)
    named = set()
    for theme in setup.themes:
        for kind in theme.points:
            view = replace(View(), theme=theme.key, point=f"{kind.table}:x", site="x")
            tables = {
                str(asked).partition(":")[0]
                for _, comparison, asked in household_filters(setup, atlas, view)
                if comparison == "among"
            }
            assert tables <= set(point_tables(setup))
            assert bool(tables) == bool(kind.households)
            named.add(bool(tables))
    assert named == {True, False}
