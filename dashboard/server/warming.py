"""What the first viewer would wait for, done when the server starts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pandas as pd
from holoviews import render

from dashboard.charts import stacked
from dashboard.layers.finding_counts import FindingCounts
from dashboard.maps.coarse import coarse_json
from dashboard.server.memory import settle
from geodata.atlas import Atlas
from geodata.atlas.scoped import ScopedAtlas
from geodata.periods import last_day
from geodata.workspace import Workspace

# Each takes some seconds of a large county; those of single villages are many and quick.
_WARMED = 8


def warm_county(county: Workspace) -> None:
    """Open the last month and draw one chart that nobody sees.

    No row about a person leaves here; a county without a built month is left alone.
    """
    _draw()
    if county.months:
        county.warm()
    settle()


def warm_due(findings: FindingCounts) -> None:
    """Count what is due on the day of which the first page tells, before any scope."""
    if findings.county.months:
        findings.due(last_day(findings.county.months[-1]))


def warm_opening(atlas: Atlas) -> None:
    """Make the outlines with which the widest page opens."""
    top = atlas.places_in(None, atlas.levels[0])
    coarse_json(atlas, atlas.lowest, str(top[0]) if len(top) == 1 else None)


def warm_scopes(atlases: Iterable[ScopedAtlas]) -> None:
    """Work out what is hidden in the last month, for the first scopes of those who have accounts."""
    for atlas in islice(atlases, _WARMED):
        if atlas.periods:
            atlas.prepare(atlas.periods[-1])


def _draw() -> None:
    parts = pd.DataFrame({"a": [1.0, 2.0]}, index=["2024-01", "2024-02"])
    render(stacked.draw(parts, dark=False), backend="bokeh")
