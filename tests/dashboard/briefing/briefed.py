"""The invented county as a source of briefings."""

from __future__ import annotations

from dashboard.answers import Source, county_source
from geodata.access import Actor
from geodata.workspace import Workspace
from tests.invented_county import COUNTY

AT, BY = "2025-02-05 09:00", "王五"


def source_of(
    county: Workspace, role: str = "leader", prefixes: tuple[str, ...] = (COUNTY,)
) -> Source:
    return county_source(county, Actor("wangwu", role, prefixes), at=AT, by=BY)
