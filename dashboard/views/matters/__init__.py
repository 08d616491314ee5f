"""The first page: the matters of the month, gravest first, what is well, and every theme in a card."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import panel as pn
import param

from dashboard.answers.layers import layer_of
from dashboard.answers.matters import Matter, MonthMatters, matters_of
from dashboard.answers.strip import strip_of
from dashboard.maps.picture import OUTSIDE, bounds, grounds, states_of
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import VIEWS, View
from dashboard.views.due_callout import answered_due, due_callout
from dashboard.views.later import later
from dashboard.web.component import Component, Viewer
from geodata.cartography import Layer
from geodata.cartography.words import period_text
from geodata.escaping import plain_text
from geodata.themes import Theme

_WEB = Path(__file__).parents[2] / "web"
_TEXTS = ("enter", "failed", "list", "nobody", "gravest")


class Matters(Component):
    """Matters and cards of themes; a click answers with the address of a list, or a theme."""

    title = param.String(constant=True)
    subtitle = param.String()
    matters = param.List(default=[])
    good = param.String()
    unknown = param.String()
    due = param.Dict(default={}, doc="what is due as of the day; empty until it is known")
    cards = param.List(default=[])
    outlines = param.List(
        default=[], constant=True, doc="addresses of outlines, highest level first"
    )
    bounds = param.List(default=[], constant=True)
    dark = param.Boolean(default=False)
    texts = param.Dict(default={}, constant=True)

    _stylesheets: ClassVar[list[str]] = [
        file.read_text(encoding="utf-8")
        for file in (Path(__file__).with_name("style.css"), _WEB / "spark.css", _WEB / "due.css")
    ]


class MattersView(Viewer):
    """The matters of the month of a state, and its themes; names stay away from a projector."""

    def __init__(self, state: State, sources: list[dict[str, str]]) -> None:
        super().__init__()
        self.state = state
        lang = state.lang
        self.page = Matters(
            title=text("matters.home", lang),
            outlines=[source["outlines"] for source in sources],
            bounds=bounds(state.atlas, state.root),
            dark=state.dark,
            texts={name: text(f"matters.{name}", lang) for name in _TEXTS},
            sizing_mode="stretch_both",
            margin=0,
            **self._told(),
        )
        self._shown = self._asked()
        self.page.on_message(self._answer)
        state.param.watch(lambda event: self.page.param.update(dark=event.new), "dark")
        self._due_of: tuple[object, ...] = ()
        # It is counted when the page stands.
        later(self._tell_due)
        state.param.watch(self._follow, ["view", "period", "presenting", "on"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.page

    def _asked(self) -> tuple[object, ...]:
        """Return all that the page follows from."""
        return self.state.period, self.state.presenting

    def _follow(self, *events: object) -> None:
        # Out of sight it waits: what changes beside the map is told when it is seen again.
        asked = self._asked()
        if self.state.view == VIEWS[0] and asked != self._shown:
            self._shown = asked
            self.page.param.update(**self._told())
        self._tell_due()

    def _tell_due(self) -> None:
        state = self.state
        asked = (state.period, state.on)
        if state.view == VIEWS[0] and asked != self._due_of:
            self._due_of = asked
            self.page.due = due_callout(state)

    def _told(self) -> dict[str, Any]:
        state = self.state
        view = state.shown
        month = matters_of(state.source, view, state.source.officials(view))
        at = {key: n for n, key in enumerate(state.atlas.places_in(None, state.atlas.lowest))}
        return {
            "subtitle": self._subtitle(month),
            "matters": [_matter(one, at) for one in month.matters],
            "good": month.good,
            "unknown": month.unknown,
            # What the county delivers nothing for stands behind what there is something to see of.
            "cards": sorted(map(self._card, state.themes.values()), key=_is_blank),
        }

    def _subtitle(self, month: MonthMatters) -> str:
        """Return which month it is, of which places, and how many matters there are."""
        atlas, lang = self.state.atlas, self.state.lang
        own = atlas.own(atlas.places_in(None, atlas.lowest))
        level = text(f"atlas.{atlas.lowest}", lang)
        # Whose role reaches no place of its own sees the county, not nought places.
        part = own.any() and not own.all()
        whose = text("matters.own", lang, count=int(own.sum()), level=level) if part else ""
        key = "subtitle" if month.matters else "subtitle_none"
        if month.more:
            key = "subtitle_more"
        said = {"period": period_text(month.period, lang), "whose": whose}
        counts = {"count": len(month.matters), "more": month.more}
        return text(f"matters.{key}", lang, **said, **counts)

    def _view(self, theme: Theme) -> View:
        """Return what a card shows of its theme: its first figure, in the latest month it has."""
        state, atlas = self.state, self.state.atlas
        known = state.indicators_of(theme.key)
        first = [key for key in theme.strip if key in known] or list(known)
        indicator = next((key for key in first if atlas.periods_of(key)), first[0])
        periods = atlas.periods_of(indicator)
        period = state.period if state.period in periods or not periods else periods[-1]
        return View(
            theme=theme.key,
            place=state.root,
            indicator=indicator,
            period=period,
            level=atlas.lowest,
            lang=state.lang,
        )

    def _card(self, theme: Theme) -> dict[str, object]:
        source, view = self.state.source, self._view(theme)
        figures = strip_of(source, view)
        figure = next((one for one in figures if one.indicator == view.indicator), figures[0])
        return {
            "key": theme.key,
            "title": plain_text(theme.short[view.lang], 24),
            "indicator": plain_text(figure.title, 60),
            "number": figure.number,
            "unit": figure.unit,
            "note": figure.note,
            "moved": figure.moved,
            "way": figure.way,
            "course": figure.course,
            "values": list(figure.values),
            "now": figure.now,
            "picture": _picture(layer_of(source, view)),
        }

    def _answer(self, message: dict[str, object]) -> None:
        state = self.state
        address, theme = (str(message.get(name)) for name in ("address", "theme"))
        if answered_due(state, self.page.due, message):
            return
        if message.get("type") == "matter":
            if any(one["address"] == address for one in self.page.matters):
                state.read(address + ("&presenting=1" if state.presenting else ""))
        elif message.get("type") == "enter" and theme in state.themes:
            state.enter(theme, None)


def _is_blank(card: dict[str, Any]) -> bool:
    return all(value is None for value in card["values"])


def _matter(one: Matter, at: dict[str, int]) -> dict[str, Any]:
    """Return what the browser draws of one matter."""
    return {
        "number": f"{one.number:,}",
        "unit": one.unit,
        "sentence": one.sentence,
        "detail": one.detail,
        "post": one.post,
        "owners": one.owners,
        "action": one.action,
        "address": one.address,
        "concern": one.concern,
        "places": [
            [at[each.code], each.name, each.number, each.owner, each.said] for each in one.places
        ],
    }


def _picture(layer: Layer) -> dict[str, Any]:
    """Return the small map of a layer, in the form that its figures have."""
    return {
        "classes": np.where(layer.inside, layer.classes, OUTSIDE).astype("uint8"),
        "colours": {name: list(one) for name, one in layer.palette.colours.items()},
        "states": states_of(layer),
        "grounds": grounds(),
        "form": layer.form,
        "largest": layer.largest if layer.form == "circles" else 0,
        "values": np.nan_to_num(layer.values).astype("float32"),
    }
