"""The wall of a service of a theme, as the browser draws it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import param

from dashboard.answers.service_wall import ServiceWall, service_of
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.views.wall_view import WallView
from dashboard.web.component import Component

# No more points are sent than a page has room for; the list of points has all.
_MOST = 40
_STATES = ("high", "medium", "low", "fine_step")


class ServiceBoard(Component):
    """Points as rows and steps as columns, joined by a line; it answers with the key of a point."""

    wall = param.Dict(default={})
    texts = param.Dict(default={}, constant=True)


class ServiceView(WallView[ServiceWall]):
    """The wall of a state."""

    board: ServiceBoard

    def __init__(self, state: State) -> None:
        texts = {name: text(f"service.{name}", state.lang) for name in _STATES}
        super().__init__(
            state, "service", ServiceBoard(texts=texts, sizing_mode="stretch_both", margin=0)
        )

    def _read(self) -> ServiceWall | None:
        return service_of(self.state.source, self.state.shown)

    def _draw(self, wall: ServiceWall) -> None:
        self.board.wall = self._drawn(wall)

    def _drawn(self, wall: ServiceWall) -> dict[str, Any]:
        shown = wall.points[:_MOST]
        return {
            "sentence": wall.sentence,
            "kind": wall.kind,
            "heads": [[head.title, *self._counts(head.grave, head.broken)] for head in wall.heads],
            "points": [asdict(point) for point in shown],
            "fine": self._said("fine", wall.fine) if wall.fine else "",
            "more": [self._said("more", n) if n else "" for n in range(len(wall.points) + 1)],
            "count": len(wall.points),
        }

    def _counts(self, grave: int, broken: int) -> tuple[str, str]:
        if not broken:
            return text("service.clear", self.state.lang), "good"
        return (self._said("grave", grave), "bad") if grave else (self._said("broken", broken), "")

    def _said(self, name: str, count: int) -> str:
        return text(f"service.{name}", self.state.lang, count=count)

    def _answer(self, message: dict[str, object]) -> None:
        state, key = self.state, str(message.get("key"))
        theme = state.themes.get(state.theme)
        known = {point["key"] for point in self.board.wall.get("points", ())}
        if theme is None or theme.service is None:
            return
        if message.get("type") == "point" and key in known:
            state.choose_point(theme.service.points, key)
        elif message.get("type") == "more":
            state.choose_side("points")
