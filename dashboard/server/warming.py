"""What the first viewer would wait for, done when the server starts."""

from __future__ import annotations

import pandas as pd
from holoviews import render

from dashboard.charts import stacked
from dashboard.server.memory import settle
from geodata.workspace import Workspace


def warm_county(county: Workspace) -> None:
    """Open the last month and draw one chart that nobody sees.

    No row about a person leaves here; a county without a built month is left alone.
    """
    _draw()
    if county.months:
        county.warm()
    settle()


def _draw() -> None:
    parts = pd.DataFrame({"a": [1.0, 2.0]}, index=["2024-01", "2024-02"])
    render(stacked.draw(parts, dark=False), backend="bokeh")
