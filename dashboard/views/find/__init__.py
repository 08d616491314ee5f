"""A box that finds everything: places, indicators, rules, parameters, pages, and households by number."""

from __future__ import annotations

import panel as pn
import param

from dashboard.answers.search import LONGEST, Hit, search
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import LISTING
from dashboard.web.component import Component, Viewer
from geodata.errors import GuatuError
from geodata.escaping import capped, plain_text, storable

_WORDS = ("find", "none")
# A number of a household is looked for from so many signs on: each look is on record.
_DIGITS = 4


class Find(Component):
    """What fits what was `sought`, by name, note and kind; a choice answers its position."""

    hits = param.List(default=[])
    sought = param.String()
    texts = param.Dict(default={}, constant=True)


class FindView(Viewer):
    """The box; what is chosen is opened. A household is found by number, by right and on record."""

    def __init__(self, state: State, people: People | None = None) -> None:
        super().__init__()
        self.state, self.people = state, people
        self._hits: tuple[Hit, ...] = ()
        self._households: list[tuple[str, str]] = []
        self.find = Find(
            texts={name: text(f"find.{name}", state.lang) for name in _WORDS},
            margin=(0, 8),
            align="center",
        )
        self.find.on_message(self._answer)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.find

    def _answer(self, message: dict[str, object]) -> None:
        if message.get("type") == "find":
            self._search(str(message.get("text", "")))
            return
        index = message.get("index")
        if message.get("type") != "go" or type(index) is not int or index < 0:
            return
        if index < len(self._hits):
            kept = f"&presenting={int(self.state.presenting)}"
            self.state.read(self._hits[index].address + kept)
        elif index < len(self._hits) + len(self._households):
            self._open(*self._households[index - len(self._hits)])

    def _open(self, code: str, place: str) -> None:
        """Open the card of a household beside the list of its village."""
        state, people = self.state, self.people
        if people is None or state.presenting:
            return
        state.go(place)
        state.param.update(side=LISTING, view="map")
        people.household = code

    def _search(self, sought: str) -> None:
        wanted, state = capped(storable(sought), LONGEST).strip(), self.state
        self._hits = search(state.source, state.shown, wanted)
        self._households = self._numbered(wanted)
        shown = [[one.name, one.note, text(f"find.{one.kind}", state.lang)] for one in self._hits]
        shown += [
            [plain_text(code, 30), self._village(place), text("find.household", state.lang)]
            for code, place in self._households
        ]
        # An answer given before the page was connected may not have arrived: it is sent anew.
        self.find.param.update(hits=[], sought="")
        self.find.param.update(hits=shown, sought=sought)

    def _village(self, place: str) -> str:
        return plain_text(self.state.atlas.name(place), 30)

    def _numbered(self, wanted: str) -> list[tuple[str, str]]:
        """Return code and village of the household with a number, where the viewer may read it."""
        people = self.people
        if people is None or self.state.presenting:
            return []
        if len(wanted) < _DIGITS or not (wanted.isascii() and wanted.isalnum()):
            return []
        try:
            return people.numbered(wanted)
        except GuatuError:
            return []
