"""What the browser side of a component sends, as it comes in."""

from __future__ import annotations

from panel.models.esm import DataEvent

from dashboard.web.component import Component


def send(component: Component, message: dict[str, object]) -> None:
    """Hand a message to the component by the way on which Panel hands it what a browser sent."""
    component._process_event(DataEvent(None, message))
