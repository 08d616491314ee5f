"""What one viewer may read beside the map, in one: households, points, the stops of a briefing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.panel_specs import panel_faults
from dashboard.session.people import People
from dashboard.session.points_seen import PointsSeen
from dashboard.session.state import State
from dashboard.session.stops import Stops
from geodata.access import Actor, Guard
from geodata.themes import ThemeFault
from geodata.workspace import Workspace


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


def county_parts(state: State, county: Workspace, actor: Actor, guard: Guard) -> Parts:
    """Return what an actor may read of a workspace beside the map; the state then answers from it."""
    state.source = replace(state.source, workspace=county, viewer=actor, guard=guard)
    registry, place = county.setup.registry, county.setup.config.county.code
    return Parts(
        People(state, county, actor, guard),
        PointsSeen(state, county, actor, guard),
        Stops(state, actor, guard),
        (*registry.faults, *panel_faults()) if actor.allows(place, "themes") else (),
    )
