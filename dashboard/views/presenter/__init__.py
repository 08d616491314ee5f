"""Presenting: the map as large as the screen with one sentence, the story of a theme, the list of stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import panel as pn
import param

from dashboard.answers.story import StoryStep, story_of
from dashboard.answers.titles import headline_of
from dashboard.panel_specs import panel_specs
from dashboard.session.meeting import Decisions
from dashboard.session.state import OF_LAYER, State
from dashboard.session.stops import Stops
from dashboard.texts import text
from dashboard.view import RANKING, VIEWS
from dashboard.web.component import Component, Viewer
from dashboard.web.page_sentence import page_sentence
from geodata.errors import GuatuError
from geodata.escaping import plain_text

_WORDS = (
    *("start", "tell", "add", "list", "leave", "previous", "next", "remove", "none", "menu"),
    *("notes", "notes_title", "notes_only", "notes_next", "open"),
    *("decide", "decision", "owner", "due", "keep"),
)
_LONGEST = 120
# How much larger the map's own words are for the back row, and those of a page full of words.
_MAP, _PAGE = 1.75, 1.25


class Presenter(Component):
    """A menu, and while presenting a caption with lines beside the map, keys, and the speaker's window.

    It answers start, tell, leave, next, previous, add, go, step, remove, notes, spotlight, open, decide.
    """

    stops = param.List(default=[])
    at = param.Integer(default=-1)
    steps = param.List(default=[], doc="label, title, line, rows, seconds of each step of a story")
    step = param.Integer(default=-1, doc="position of the step that is told")
    said = param.List(default=["", ""], doc="the sentence under the picture, and the line below it")
    notes = param.List(default=[], doc="what the speaker alone reads, by step; once asked for")
    presenting = param.Boolean(default=False)
    big = param.Number(default=1.0, doc="how much larger words are than on a desk")
    note = param.String()
    decides = param.Boolean(default=False, doc="whether a decision may be taken here")
    texts = param.Dict(default={}, constant=True)


class PresenterView(Viewer):
    """The bar, bound to one state and its stops; no stop and no step names a person."""

    def __init__(self, state: State, stops: Stops) -> None:
        super().__init__()
        self.state, self.stops = state, stops
        self.decisions = Decisions(state)
        self._noted = self._going = False
        self.bar = Presenter(
            texts={name: text(f"presenter.{name}", state.lang) for name in _WORDS},
            margin=(0, 4),
            align="center",
            **self._shown(),
        )
        self.bar.on_message(self._answer)
        followed = ["presenting", "story", "view", "side", "dark", *OF_LAYER]
        state.param.watch(self._follow, followed)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.bar

    def _answer(self, message: dict[str, object]) -> None:
        kind, index = message.get("type"), message.get("index")
        state = self.state
        if kind == "start":
            self.bar.note = ""
            state.choose_side(RANKING)
            state.presenting = True
        elif kind == "tell":
            self._tell()
        elif kind == "leave":
            self._noted = False
            state.presenting = False
        elif kind in ("next", "previous"):
            self._move(1 if kind == "next" else -1)
        elif kind == "go" and type(index) is int:
            self._go(index)
        elif kind == "step" and type(index) is int:
            self._step(index)
        elif kind == "add":
            self._change(lambda: self.stops.add(self._sentence()), "added")
        elif kind == "remove" and type(index) is int:
            self._change(lambda: self.stops.remove(index), "removed")
        elif kind == "decide":
            self._decide(message)
        elif kind == "notes":
            self._noted = True
            self._follow()
        elif kind == "spotlight":
            state.spotlight = not state.spotlight
        elif kind == "open" and state.story:
            state.presenting = False
            state.list_counted()

    def _decide(self, message: dict[str, object]) -> None:
        """Enter a decision about what is shown: what, who and by when."""
        said, owner, due = (message.get(name) for name in ("text", "owner", "due"))
        if not all(isinstance(one, str) for one in (said, owner, due)) or not self.bar.decides:
            return
        self._change(
            lambda: self.decisions.add(str(said), owner=str(owner), due=str(due)), "decided"
        )

    def _tell(self) -> None:
        """Begin the story of the indicator looked at, or say why there is none."""
        try:
            steps = story_of(self.state.source, self.state.shown)
        except GuatuError as error:
            self.bar.note = plain_text(page_sentence(error, self.state.lang), 300)
            return
        self._read(steps[0].address)

    def _steps(self) -> tuple[StoryStep, ...]:
        """Return the steps of the story that is told; none where none is."""
        state = self.state
        if not (state.presenting and state.story) or state.view == VIEWS[0]:
            return ()
        try:
            return story_of(state.source, state.shown)
        except GuatuError:
            return ()

    def _move(self, by: int) -> None:
        if self.bar.steps:
            self._step(self.bar.step + by)
        else:
            self._go(self.bar.at + by)

    def _step(self, index: int) -> None:
        steps = self._steps()
        if 0 <= index < len(steps):
            self._read(steps[index].address)

    def _go(self, index: int) -> None:
        """Show a stop; before the first and after the last nothing moves."""
        stops = self.stops.all
        if not 0 <= index < len(stops):
            return
        shown = f"&presenting={int(self.state.presenting)}"
        self._read(stops[index].address + shown, at=index)
        self._follow()

    def _read(self, address: str, at: int = -1) -> None:
        state = self.state
        self._going = True
        try:
            self.bar.at = at
            state.read(f"{address}&lang={state.lang}&dark={int(state.dark)}")
        finally:
            self._going = False

    def _follow(self, *events: object) -> None:
        if not self._going:
            self.bar.at = -1 if events else self.bar.at
        if self.state.presenting or self.bar.presenting:
            self.bar.param.update(**self._shown())

    def _shown(self) -> dict[str, object]:
        """Return what the bar shows of the state."""
        state, steps = self.state, self._steps()
        at = next((n for n, one in enumerate(steps) if one.step == state.story), -1)
        told = [asdict(one) for one in steps]
        for one in told:
            one["rows"] = [list(row.values()) for row in one["rows"]]
        notes = [list(one.pop("notes")) for one in told]
        stops = self._sentences()
        kept = getattr(self, "bar", None)
        stop = kept.at if kept is not None else -1
        said = list(self._said()) if state.presenting and at < 0 else ["", ""]
        if at >= 0:
            said = [steps[at].title, steps[at].line]
        elif 0 <= stop < len(stops):
            said = [stops[stop], ""]
        return {
            "stops": stops,
            "steps": told,
            "step": at,
            "said": said,
            "notes": notes if self._noted else [],
            "presenting": state.presenting,
            "big": self._big(),
            "decides": state.presenting and self.decisions.allowed,
        }

    def _big(self) -> float:
        state = self.state
        if not state.presenting:
            return 1.0
        panel = panel_specs().get(state.side)
        words = state.view == VIEWS[0] or state.side != RANKING
        return _PAGE if words or (panel is not None and panel.whole) else _MAP

    def _said(self) -> tuple[str, str]:
        """Return the finding of this moment in a sentence and a line."""
        state = self.state
        if state.view == VIEWS[0]:
            return self._sentence(), ""
        headline = headline_of(state.source, state.shown, state.layer)
        return plain_text(headline.short, 2 * _LONGEST), plain_text(headline.line, 2 * _LONGEST)

    def _change(self, change: Callable[[], object], said: str) -> None:
        try:
            change()
            note = text(f"presenter.{said}", self.state.lang)
        except GuatuError as error:
            note = page_sentence(error, self.state.lang)
        self.bar.param.update(stops=self._sentences(), note=plain_text(note, 300), at=-1)

    def _sentences(self) -> list[str]:
        return [plain_text(stop.sentence, _LONGEST) for stop in self.stops.all]

    def _sentence(self) -> str:
        """Return the finding of this moment, as the headline says it."""
        state = self.state
        if state.view == VIEWS[0]:
            return text(
                "matters.presented", state.lang, area=state.atlas.title, period=state.period
            )
        return headline_of(state.source, state.shown, state.layer).title
