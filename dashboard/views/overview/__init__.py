"""The first view: every theme with its figure, small map, worst places and hot spots."""

from __future__ import annotations

import numpy as np
import panel as pn
import param

from dashboard.answers.layers import layer_of
from dashboard.layers.clusters import clusters_of
from dashboard.maps.picture import OUTSIDE, bounds, grounds, states_of
from dashboard.session.state import State
from dashboard.texts import text
from dashboard.view import View
from dashboard.web.component import Component, Viewer
from geodata.cartography import Layer, policy_limits, rank_places
from geodata.cartography.headline import (
    change_of_whole,
    figure_of_whole,
    headline,
    others_text,
)
from geodata.cartography.ranking import Worst, worst_of
from geodata.cartography.words import figure_text, number_text, period_text
from geodata.escaping import plain_text
from geodata.themes import Theme

WORST = 3


class Overview(Component):
    """Cards of themes; a click answers with the theme and a place, or no place."""

    title = param.String(constant=True)
    cards = param.List(default=[])
    outlines = param.String(constant=True, doc="address of the outlines of the lowest level")
    dark = param.Boolean(default=False)
    texts = param.Dict(default={}, constant=True)


class OverviewView(Viewer):
    """The themes of a state side by side, as of its period; hot spots follow when they are found."""

    def __init__(self, state: State, sources: list[dict[str, str]]) -> None:
        super().__init__()
        self.state = state
        self.overview = Overview(
            title=self._title(),
            cards=[self._card(theme) for theme in state.themes.values()],
            outlines=sources[-1]["outlines"],
            dark=state.dark,
            texts={"due": self._whose()}
            | {name: text(f"overview.{name}", state.lang) for name in ("enter", "failed")},
            sizing_mode="stretch_both",
            margin=0,
        )
        self.overview.on_message(self._answer)
        state.param.watch(lambda event: self.overview.param.update(dark=event.new), "dark")

    def __panel__(self) -> pn.viewable.Viewable:
        return self.overview

    def find_hotspots(self) -> None:
        """Add what the hot spots say to every card; the page is there before they are."""
        themes = self.state.themes
        self.overview.cards = [
            {**card, "hotspot": self._hotspot(themes[str(card["key"])]), "waiting": False}
            for card in self.overview.cards
        ]

    def _whose(self) -> str:
        """Return the heading of what is due, which says whose it is: it is counted in one's own places."""
        atlas, lang = self.state.atlas, self.state.lang
        own = atlas.own(atlas.places_in(None, atlas.lowest))
        level = text(f"atlas.{atlas.lowest}", lang)
        key = "due_all" if own.all() else "due_own"
        return text(f"overview.{key}", lang, count=int(own.sum()), level=level)

    def _title(self) -> str:
        state = self.state
        area, period = plain_text(state.atlas.title, 30), period_text(state.period, state.lang)
        return text("overview.title", state.lang, area=area, period=period)

    def _first(self, theme: Theme) -> tuple[str, str]:
        """Return the first layer of a theme that has figures, and the period in which it is shown."""
        atlas, period = self.state.atlas, self.state.period
        known = self.state.indicators_of(theme.key)
        indicator = next((key for key in known if atlas.periods_of(key)), known[0])
        periods = atlas.periods_of(indicator)
        return indicator, period if period in periods or not periods else periods[-1]

    def _card(self, theme: Theme) -> dict[str, object]:
        state, lang = self.state, self.state.lang
        atlas = state.atlas
        indicator, period = self._first(theme)
        layer = layer_of(state.source, self._view(theme))
        figure, parts = figure_of_whole(atlas, layer, lang)
        change, course = change_of_whole(atlas, layer, lang)
        return {
            "key": theme.key,
            "title": plain_text(theme.title[lang], 40),
            "indicator": plain_text(layer.indicator.title_in(lang), 60),
            "figure": figure,
            "parts": parts.strip(" （）()"),
            "change": change,
            "course": course,
            "target": self._target(theme, indicator, period),
            "worst": self._worst(layer),
            "tied": self._tied(layer),
            "due": self._due(theme, period),
            "hotspot": text("overview.waiting", lang),
            "waiting": True,
            "picture": {
                "classes": np.where(layer.inside, layer.classes, OUTSIDE).astype("uint8"),
                "colours": {name: list(one) for name, one in layer.palette.colours.items()},
                "states": states_of(layer),
                "grounds": grounds(),
                "bounds": bounds(atlas, state.root),
            },
        }

    def _worst(self, layer: Layer) -> list[dict[str, object]]:
        """Return the worst places with the class that colours them, worst first."""
        ranked, sign = self._pointed(layer).places, layer.indicator.unit.sign
        classes = layer.classes[layer.keys.get_indexer(ranked.index)]
        above = ranked["parent_name"].where(ranked["parent_name"].notna(), "")
        return [
            {
                "key": row.Index,
                "name": plain_text(row.name, 16),
                "above": plain_text(over, 16),
                "value": number_text(row.value, layer.decimals) + sign,
                "class": int(class_),
            }
            for row, over, class_ in zip(ranked.itertuples(), above, classes, strict=True)
        ]

    def _pointed(self, layer: Layer) -> Worst:
        ranked = rank_places(
            self.state.atlas,
            layer.indicator.key,
            layer.period,
            level=layer.level,
            place=layer.place,
        )
        return worst_of(ranked, layer.indicator.worse, WORST)

    def _tied(self, layer: Layer) -> str:
        """Return what is said under the worst places: ties, all alike, and those without a figure."""
        lang, worst = self.state.lang, self._pointed(layer)
        level = text(f"atlas.{layer.level}", lang)
        shown = figure_text(worst.value, layer.indicator, decimals=layer.decimals, lang=lang)
        key = "tied" if worst.places.empty else "more_tied"
        end = text(f"cartography.end_{layer.indicator.worse}", lang)
        counted = {"count": worst.tied, "level": level, "figure": shown, "end": end}
        said = text(f"overview.{key}", lang, **counted)
        alike = not worst.tied and worst.places.empty
        headed = headline(self.state.atlas, layer, lang) if alike else ""
        told = said if worst.tied else ""
        return plain_text(headed or told + others_text(layer, lang), 200)

    def _due(self, theme: Theme, period: str) -> list[dict[str, object]]:
        """Return the rules with findings that have a date to be met, and how many each has."""
        state, lang, rules = self.state, self.state.lang, theme.rules_by_key
        if state.findings is None:
            return []
        due = state.findings.due(state.atlas, theme.key, period)
        return [
            {
                "rule": rule.key,
                "title": plain_text(rule.title[lang], 40),
                "count": f"{count:,} {rule.about.counted(count, lang)}",
            }
            for rule, count in zip((rules[key] for key in due.index), due, strict=True)
        ]

    def _view(self, theme: Theme) -> View:
        """Return the view that a card shows of its theme."""
        state, (indicator, period) = self.state, self._first(theme)
        return View(
            theme=theme.key,
            place=state.root,
            indicator=indicator,
            period=period,
            level=state.atlas.lowest,
            lang=state.lang,
        )

    def _target(self, theme: Theme, indicator: str, period: str) -> str:
        """Return the parameter that the indicator is held against, or that it is not set."""
        key = next((one.target for one in theme.indicators if one.key == indicator), "")
        if self.state.policy is None or not key:
            return ""
        lang = self.state.lang
        parameter = self.state.policy[key]
        limits = policy_limits([key], self.state.policy, place=self.state.root or "", period=period)
        title = plain_text(parameter.title[lang], 40)
        if not limits.cuts:
            return text("overview.target_unset", lang, title=title)
        value = parameter.unit.after(f"{limits.cuts[0]:,.10g}", lang)
        return text("overview.target", lang, title=title, value=value)

    def _hotspot(self, theme: Theme) -> str:
        (indicator, _), atlas, lang = self._first(theme), self.state.atlas, self.state.lang
        if not atlas.periods_of(indicator):
            return text("overview.no_figures", lang)
        if atlas.indicator(indicator).worse == "none":
            return ""
        spots = clusters_of(self.state.source, self._view(theme))
        finding = spots.finding(lang) + spots.sight(lang)
        return text("overview.hotspot", lang, finding=finding)

    def _answer(self, message: dict[str, object]) -> None:
        theme, place, rule = (message.get(name) for name in ("theme", "place", "rule"))
        if message.get("type") != "enter" or not isinstance(theme, str):
            return
        if theme not in self.state.themes:
            return
        known = isinstance(place, str) and place in self.state.atlas.places.index
        self.state.enter(theme, str(place) if known else None)
        if rule in self.state.themes[theme].due:
            self.state.filter_rule(str(rule))
