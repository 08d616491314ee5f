"""The wall of the ledger of a theme, as the browser draws it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import panel as pn
import param

from dashboard.answers.ledger import URGENT, LedgerEntry, LedgerWall, ledger_of
from dashboard.answers.titles import short_name
from dashboard.panels.ledger.deed_forms import DeedForms
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import is_day_of
from dashboard.views.wall_view import WallView
from dashboard.web.component import Component, filling
from geodata.periods import last_day

# No more entries are sent than a page has room for.
_MOST = 40
_TEXTS = (
    *("open", "items", "measure", "next", "townships", "departments", "whole", "legend"),
    *("as_of", "month_end", "to_today"),
)
_LEGEND = ("done", "none", "later", "undated")


class LedgerBoard(Component):
    """Figures, stages, cells of villages and the first entries; it answers with a place, or asks for the list."""

    wall = param.Dict(default={})
    first = param.Dict(default={}, doc="heading and entries of the place looked at")
    texts = param.Dict(default={}, constant=True)


class LedgerView(WallView[LedgerWall]):
    """The wall of a state; of the place looked at the entries are told one by one."""

    board: LedgerBoard

    def __init__(self, state: State, people: People | None = None) -> None:
        texts = {name: text(f"ledger.{name}", state.lang) for name in _TEXTS} | {
            name: text(f"ledger.legend_{name}", state.lang) for name in _LEGEND
        }
        super().__init__(
            state, "ledger", LedgerBoard(texts=texts, sizing_mode="stretch_both", margin=0)
        )
        state.param.watch(self._move, ["place"])
        self.forms = None if people is None else DeedForms(people, lambda: self.wall, self.renew)

    def __panel__(self) -> pn.viewable.Viewable:
        wall = super().__panel__()
        return wall if self.forms is None else filling(wall, self.forms)

    def _read(self) -> LedgerWall | None:
        return ledger_of(self.state.source, self.state.shown)

    def _draw(self, wall: LedgerWall) -> None:
        self.board.wall = self._drawn(wall)
        self._move()

    def _today(self) -> str:
        """Return today where the month tells it, as the records count days; else the empty text."""
        state, guard = self.state, self.state.source.guard
        if guard is None:
            return ""
        today = guard.today()
        return today.isoformat() if is_day_of(today, state.period, state.periods) else ""

    def _drawn(self, wall: LedgerWall) -> dict[str, Any]:
        state = self.state
        lang = state.lang
        rows = {
            name: [
                {**asdict(row), "open": text("ledger.open_here", lang, count=row.open)}
                for row in getattr(wall, name)
            ]
            for name in ("townships", "departments")
        }
        past = wall.bands[0]
        today, end = self._today(), last_day(wall.period)
        return {
            "sentence": wall.sentence,
            "day": wall.day,
            "note": wall.note,
            "first_day": f"{wall.period}-01",
            "last_day": "" if wall.period == state.periods[-1] else end.isoformat(),
            "month_end": "" if wall.day == end.isoformat() else end.isoformat(),
            "to_today": "" if today == wall.day else today,
            "open": wall.open,
            "bands": [asdict(band) for band in wall.bands],
            "past": text("ledger.past", lang, count=past.count),
            "days": text("ledger.days", lang),
            "stages": [asdict(stage) for stage in wall.stages],
            **rows,
        }

    def _move(self, *events: object) -> None:
        """Tell the entries of the place looked at, and which cells lie in it."""
        state, wall = self.state, self.wall
        if wall is None or state.side != self.side:
            return
        whole = state.place in (None, state.root)
        inside = set(state.atlas.places_in(state.place, state.atlas.lowest)) | {state.place}
        entries = [one for one in wall.entries if whole or one.place in inside]
        urgent = [one for one in entries if one.band in URGENT] or entries
        shown = (entries if not whole else urgent)[:_MOST]
        self.board.first = {
            "title": self._title(len(shown), whole=whole),
            "entries": [self._entry(one) for one in shown],
            "left": [self._rest(n) for n in range(len(entries) + 1)],
            "count": len(entries),
            "titles": [self._title(n, whole=whole) for n in range(len(shown) + 1)],
            "here": "" if whole else state.place,
        }

    def _title(self, count: int, *, whole: bool) -> str:
        lang = self.state.lang
        name = "" if whole else short_name(self.state.atlas.name(self.state.place))
        if not count:
            return text("ledger.none" if whole else "ledger.none_here", lang, place=name)
        return text("ledger.first" if whole else "ledger.first_here", lang, count=count, place=name)

    def _rest(self, count: int) -> str:
        return text("ledger.rest" if count else "ledger.all", self.state.lang, count=count)

    def _entry(self, one: LedgerEntry) -> dict[str, Any]:
        lang = self.state.lang
        told = {name: getattr(one, name) for name in LedgerEntry.__dataclass_fields__}
        told["bare"] = one.evidence == 0
        for name, key in (("evidence", "evidence"), ("quiet_days", "quiet")):
            known = told[name]
            told[name] = "" if known is None else text(f"ledger.{key}", lang, count=known)
        return told

    def _answer(self, message: dict[str, object]) -> None:
        state, key = self.state, str(message.get("key"))
        if message.get("type") == "list" and self.wall is not None:
            place = f"&place={state.place}" if state.place else ""
            state.read(self.wall.address + place)
        elif message.get("type") == "day":
            state.choose_day(key)
        elif message.get("type") == "place":
            known = key in state.atlas.places.index
            state.go(key if known and key != state.place else None)
