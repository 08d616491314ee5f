"""The page of someone to whom no figure is open: it opens, and shows that there is none."""

from __future__ import annotations

import pytest

from dashboard.maps.screen import LIBRARY
from dashboard.pages.map_page import map_page
from dashboard.server.geometry import GeometryFiles
from dashboard.session.state import State
from geodata.access import Scope
from geodata.atlas.scoped import within_scope
from tests.invented import COUNTY, grid_atlas


@pytest.mark.parametrize(
    "scope",
    [
        Scope("leader", ("990101",)),
        Scope("village_officer", (f"{COUNTY}001001",)),
        Scope("village_officer", (f"{COUNTY}001002",)),
    ],
)
def test_the_page_opens_with_few_or_no_figures(scope):
    atlas = grid_atlas()
    page = map_page(
        State(within_scope(atlas, scope), ""),
        sources=GeometryFiles(atlas).sources,
        script=LIBRARY,
    )
    assert page.get_root() is not None
