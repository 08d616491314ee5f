"""A panel that shows one answer to what is looked at, or why the viewer may not see it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar

import panel as pn
import param

from dashboard.session.state import State
from dashboard.web.component import Component, Viewer, filling
from dashboard.web.markup import element
from dashboard.web.page_sentence import page_sentence
from geodata.errors import GuatuError

Wall = TypeVar("Wall")


class WallView(Viewer, Generic[Wall]):
    """The wall of a state: asked for when its panel `side` stands in front, and once for what it is of.

    `follows` names what of the state it is of beside theme, month, day and projector.
    """

    def __init__(
        self, state: State, side: str, board: Component, *, follows: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        self.state, self.side, self.board = state, side, board
        self._of = ("theme", "period", "on", "presenting", *follows)
        self.wall: Wall | None = None
        self._refused = pn.pane.HTML("", sizing_mode="stretch_width", margin=0, visible=False)
        self._shown: tuple[object, ...] = ()
        board.on_message(self._answer)
        state.param.watch(self._follow, [*self._of, "side"])
        self._follow()

    def __panel__(self) -> pn.viewable.Viewable:
        return filling(self._refused, self.board)

    @abstractmethod
    def _read(self) -> Wall | None:
        """Return the wall of the state; raises GuatuError where the viewer may not see it."""

    @abstractmethod
    def _draw(self, wall: Wall) -> None:
        """Give the board what it draws."""

    @abstractmethod
    def _answer(self, message: dict[str, object]) -> None:
        """Do what the board asks for."""

    def renew(self) -> None:
        """Ask for the wall anew: what it is of has changed."""
        self._shown = ()
        self._follow()

    def _follow(self, *events: param.parameterized.Event) -> None:
        state = self.state
        wanted = tuple(getattr(state, name) for name in self._of)
        if state.side != self.side or wanted == self._shown:
            return
        self.wall = None
        try:
            self.wall = self._read()
        except GuatuError as error:
            self._refused.object = element("p", page_sentence(error, state.lang), 400)
        self._shown = wanted
        self._refused.visible, self.board.visible = self.wall is None, self.wall is not None
        if self.wall is not None:
            self._draw(self.wall)
