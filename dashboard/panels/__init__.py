"""What stands beside the map: one folder a panel, found by its name.

A folder holds `panel.yaml` (see `dashboard.panel_specs`), a function `panel(state, parts)` in its
`__init__.py`, and what it draws with: scripts, styles, and texts in `texts.yaml`.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from panel.viewable import Viewable

from dashboard import panel_specs
from dashboard.people import People
from dashboard.points import PointsSeen
from dashboard.state import State
from dashboard.stops import Stops
from geodata.themes import ThemeFault

# A folder of panels that stands elsewhere is looked into as well.
__path__ = panel_specs.FOLDERS


@dataclass(frozen=True)
class Parts:
    """What a page may show beside the map: households, points, the stops of a briefing.

    `faults` are themes, layouts and panels that were left out, for those who may hear of them.
    """

    people: People | None = None
    points: PointsSeen | None = None
    stops: Stops | None = None
    faults: tuple[ThemeFault, ...] = ()

    def of_people(self) -> People:
        """Return what is read of households; raises ValueError where the page shows none."""
        if self.people is None:
            raise ValueError("the page shows no households")
        return self.people

    def of_points(self) -> PointsSeen:
        """Return the points; raises ValueError where the page shows none."""
        if self.points is None:
            raise ValueError("the page shows no points")
        return self.points


def panel_of(name: str, state: State, parts: Parts) -> Viewable:
    """Return the panel of a name, made for one session."""
    made: Viewable = importlib.import_module(f"{__name__}.{name}").panel(state, parts)
    return made
