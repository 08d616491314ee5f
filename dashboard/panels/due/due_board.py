"""The list of what is due as the browser draws it."""

from __future__ import annotations

from typing import Any

import param

from dashboard.answers.due_items import DueItem, kinds_of_due
from dashboard.answers.due_line import DueLine, due_line, due_list
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import DUE, EVERY_KIND, due_parts
from dashboard.views.wall_view import WallView
from dashboard.web.component import Component, together

# No more are sent than anybody reads; a place narrows them.
_MOST = 200
_TEXTS = ("none", "every", "card", "to_place")


class DueBoard(Component):
    """A heading, the kinds to choose from, and lines by colour; it answers with a line or a kind."""

    told = param.Dict(default={})
    texts = param.Dict(default={}, constant=True)


class DueView(WallView[tuple[DueItem, ...]]):
    """What is due of a state; a line opens the card of its household, else its place."""

    board: DueBoard

    def __init__(self, state: State, people: People | None) -> None:
        self.people = people
        self.line: DueLine | None = None
        texts = {name: text(f"due.{name}", state.lang) for name in _TEXTS}
        board = DueBoard(texts=texts, sizing_mode="stretch_both", margin=0)
        super().__init__(state, DUE, board, follows=("due", "place"))

    def _read(self) -> tuple[DueItem, ...]:
        return due_list(self.state.source, self.state.shown)

    def _draw(self, wall: tuple[DueItem, ...]) -> None:
        state, shown = self.state, wall[:_MOST]
        lang = state.lang
        self.line = due_line(state.source, state.shown)
        rest = len(wall) > len(shown)
        self.board.told = {
            "title": self._title(len(wall)),
            "rest": text("due.rest", lang, shown=len(shown)) if rest else "",
            "chosen": state.due,
            "kinds": [
                [one.kind, one.title, one.red, one.week]
                for one in (self.line.kinds if self.line else ())
            ],
            "rows": [self._row(one) for one in shown],
        }

    def _title(self, count: int) -> str:
        state = self.state
        kind, band = due_parts(state.due)
        titles = kinds_of_due(state.source.county, state.lang)
        what = titles.get(kind, text("due.everything", state.lang))
        what = text(f"due.of_{band}", state.lang, what=what) if band else what
        day = state.shown.as_of.isoformat()
        return text("due.listed", state.lang, what=what, day=day, count=count)

    def _row(self, one: DueItem) -> dict[str, Any]:
        opens = "card" if one.household and self.people is not None else "to_place"
        return {
            "colour": one.colour,
            "left": one.days_left,
            "sentence": one.sentence,
            "owner": one.owner,
            "opens": opens,
        }

    def _answer(self, message: dict[str, object]) -> None:
        state, wall = self.state, self.wall or ()
        kind, index = message.get("kind"), message.get("index")
        if isinstance(kind, str) and state.source.is_due_text(kind or EVERY_KIND):
            state.due = kind
        elif type(index) is int and 0 <= index < min(len(wall), _MOST):
            one = wall[index]
            if one.household and self.people is not None:
                self.people.household = one.household
            elif one.place in state.atlas.places.index:
                with together():
                    state.go(one.place)
