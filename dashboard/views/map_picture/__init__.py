"""The map as it is drawn on paper: copied to the clipboard, or saved as PNG or SVG."""

from __future__ import annotations

import base64

import panel as pn
import param

from dashboard.answers import answer_of
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.web.component import Component, Viewer
from dashboard.web.page_sentence import page_sentence
from geodata.access.chain import AuditEntry
from geodata.errors import GuatuError
from geodata.escaping import plain_text

_WORDS = ("copy", "png", "svg", "copied", "saved")
# Wishes of one page are numbered; no page has more.
_WISHES = 2**31
_KINDS = {"png": "image/png", "svg": "image/svg+xml"}


class MapPicture(Component):
    """Three buttons; each answers with the form it needs, and does its work when that is `made`."""

    made = param.Dict(default={}, doc="number of the wish, kind, name and content (base64)")
    note = param.String()
    texts = param.Dict(default={}, constant=True)


class MapPictureView(Viewer):
    """The buttons of a state: the picture is that of the same answer as slide and print."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        words = {name: text(f"map_picture.{name}", state.lang) for name in _WORDS}
        self.buttons = MapPicture(texts=words, margin=(6, 0), sizing_mode="stretch_width")
        self.buttons.on_message(self._answer)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.buttons

    def _answer(self, message: dict[str, object]) -> None:
        form, wish = str(message.get("form")), message.get("wish")
        if form not in _KINDS or type(wish) is not int or not 0 <= wish < _WISHES:
            return
        state = self.state
        try:
            content = self._drawn(form)
        except GuatuError as error:
            said = plain_text(page_sentence(error, state.lang), 300)
            self.buttons.param.update(made={"wish": wish}, note=said)
            return
        made = {
            "wish": wish,
            "kind": _KINDS[form],
            "name": f"{state.indicator}-{state.period}.{form}",
            "content": base64.b64encode(content).decode("ascii"),
        }
        self.buttons.param.update(note="", made=made)

    def _drawn(self, form: str) -> bytes:
        """Return the picture; that it was taken is on record where there is one."""
        source, view = self.state.source, self.state.shown
        drawn = answer_of(source, view).map()
        if source.guard is not None:
            about = {"theme": view.theme, "indicator": view.indicator, "period": view.period}
            entry = AuditEntry.by(
                source.actor, "figure", place=view.place or "", reason="picture", detail=about
            )
            source.guard.trail.record(entry)
        return drawn.picture(form)
