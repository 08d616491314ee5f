"""The finding in a sentence, and under it the figure of the shown place itself."""

from __future__ import annotations

import dataclasses

import panel as pn

from dashboard.maps.sampled import SampledLayer
from dashboard.maps.wall import TICKED, WallLayer
from dashboard.people import People
from dashboard.state import State
from dashboard.texts import text
from geodata.cartography import CategoryLayer
from geodata.cartography.change_layer import ChangeLayer
from geodata.cartography.headline import headline, whole_figure
from geodata.cartography.layer import indicator_decimals
from geodata.cartography.words import figure_text, period_text, scale_of
from geodata.escaping import html_text
from geodata.workspace.change import moved_text, split_text

_CSS = """
:host { width: 100%; }
h1 { margin: 0; font-size: calc(clamp(19px, 1.5vw, 32px) * var(--big, 1)); line-height: 1.25; font-weight: 700; word-break: keep-all;
  overflow-wrap: anywhere; text-wrap: balance; }
p { margin: 4px 0 0; font-size: calc(clamp(16px, 1.1vw, 22px) * var(--big, 1)); opacity: 0.85; }
"""


class HeadlineView(pn.viewable.Viewer):
    """The title of the page; all of it is text from data and escaped."""

    def __init__(self, state: State, people: People | None = None) -> None:
        super().__init__()
        self.state, self.people = state, people
        self.pane = pn.pane.HTML(
            self._content(), stylesheets=[_CSS], sizing_mode="stretch_width", margin=(4, 8)
        )
        watched = ["place", "indicator", "period", "level", "classes", "compare", "compared"]
        watched += ["sample", "seed"]
        state.param.watch(self._update, watched)

    def __panel__(self) -> pn.viewable.Viewable:
        return self.pane

    def _content(self) -> str:
        state = self.state
        layer = dataclasses.replace(state.layer, place=state.place)
        whole = whole_figure(state.atlas, state.layer, state.lang)
        if isinstance(layer, ChangeLayer):
            finding = self._changed(layer)
        elif isinstance(layer, WallLayer):
            finding = self._ticked(layer)
        elif isinstance(layer, SampledLayer):
            finding = whole = self._sampled(layer)
        elif isinstance(layer, CategoryLayer):
            finding, whole = self._clusters(whole)
        else:
            finding = headline(state.atlas, layer, state.lang)
        whole = self._moved() or whole
        second = f"<p>{html_text(whole, 400)}</p>" if whole != finding else ""
        return f"<h1>{html_text(finding, 400)}</h1>{second}"

    def _changed(self, layer: CategoryLayer) -> str:
        """Return how many places became worse, stayed and became better."""
        counts = [row.count for row in layer.legend(self.state.lang)]
        return self._counted(
            f"map.changed_{'plain' if layer.indicator.worse == 'none' else 'judged'}",
            layer,
            before=period_text(self.state.compare, self.state.lang),
            worse=counts[0] + counts[1],
            same=counts[2],
            better=counts[3] + counts[4],
        )

    def _moved(self) -> str:
        """Return how the figure of the shown place moved between the compared months, and why.

        Empty without a comparison, and where the viewer may not see the place as a whole.
        """
        state, people = self.state, self.people
        if not state.compare or people is None or not state.place:
            return ""
        if not people.actor.allows(state.place, "rows"):
            return ""
        found = people.county.change(
            state.place, state.indicator, before=state.compare, month=state.period
        )
        indicator, lang = state.atlas.indicator(state.indicator), state.lang
        since = period_text(state.compare, lang)
        moved = moved_text(found, indicator, lang, since=since)
        if not moved:
            return ""
        figure = figure_text(
            found["after"] * scale_of(indicator),
            indicator,
            decimals=indicator_decimals(state.atlas, indicator),
            lang=lang,
        )
        split = split_text(found, indicator, lang)
        named = {"place": state.atlas.name(state.place), "period": period_text(state.period, lang)}
        told = text("map.moved", lang, figure=figure, moved=moved, **named)
        return told + (text("map.moved_split", lang, split=split) if split else "")

    def _ticked(self, layer: CategoryLayer) -> str:
        """Return how many places are ticked off, of all that could be judged."""
        counts = [row.count for row in layer.legend(self.state.lang)]
        return self._counted("map.ticked", layer, done=counts[TICKED], all=sum(counts[:-1]))

    def _sampled(self, layer: CategoryLayer) -> str:
        """Return how many villages of the shown place are in the sample, and how they were chosen."""
        counts = [row.count for row in layer.legend(self.state.lang)]
        weak, lot = sum(counts[:2]), sum(counts[2:4])
        known = {"seed": self.state.seed, "all": weak + lot, "weak": weak, "lot": lot}
        return self._counted("map.sampled", layer, **known)

    def _counted(self, key: str, layer: CategoryLayer, **counts: object) -> str:
        state, lang = self.state, self.state.lang
        theme = state.themes[state.theme].title[lang] if state.theme in state.themes else ""
        about = theme if isinstance(layer, WallLayer) else layer.indicator.title_in(lang)
        place, period = state.atlas.name(state.area), period_text(layer.period, lang)
        return text(key, lang, place=place, period=period, about=about, **counts)

    def _clusters(self, whole: str) -> tuple[str, str]:
        """Return what the hot spots say of the shown place, and why when it is one of them."""
        state, layer = self.state, self.state.layer
        counted = state.hotspots.finding(layer.inside, state.lang)
        title = layer.indicator.title_in(state.lang)
        finding = text(
            "map.hotspot_headline",
            state.lang,
            place=state.atlas.name(state.area),
            period=period_text(layer.period, state.lang),
            indicator=title,
            finding=counted,
        )
        if state.place not in layer.keys:
            return finding, whole
        why = state.hotspots.why(state.place, state.lang)
        named = {"place": state.atlas.name(state.place), "why": why}
        return finding, text("map.hotspot_why", state.lang, **named)

    def _update(self, *events) -> None:
        self.pane.object = self._content()
