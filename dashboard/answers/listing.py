"""The list that belongs to a figure: whom its numerator counts, within what the viewer may list."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.answers.source import Source
from dashboard.view import View
from geodata.access import Request
from geodata.workspace.counted import COUNTED


@dataclass(frozen=True)
class Listing:
    """What a list holds: the kind of subject and how many; both None where there is no list.

    `count` is None alone where the viewer may list nobody of the place.
    """

    kind: str | None = None
    count: int | None = None


def listing_of(source: Source, view: View) -> Listing:
    """Return the list of whom the figure of a view counts, in the viewer's part of the place."""
    workspace = source.workspace
    if workspace is None or view.period not in workspace.months:
        return Listing()
    indicator = workspace.setup.indicators.get(view.indicator)
    if indicator is None or not indicator.lists:
        return Listing()
    kind = indicator.lists
    place, actor = view.place or "", source.actor
    if not actor.scope.narrowed(place, "rows"):
        return Listing(kind)
    read = workspace.people if kind == "household" else workspace.places
    reader = read(view.period, actor=actor, guard=source.guard)
    return Listing(kind, reader.count(Request(f"{COUNTED}{view.indicator}", place)))
