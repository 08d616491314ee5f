"""The ranking of places: worst first, with the change, linked both ways with the map."""

from __future__ import annotations

from typing import Any

import pandas as pd
import panel as pn
import param

from dashboard.answers.answer import ranking_of
from dashboard.session.state import OF_LAYER, State
from dashboard.texts import text
from dashboard.view import RANKED
from dashboard.web.component import Component, Viewer
from geodata.cartography import Layer
from geodata.cartography.classes import NO_DATA
from geodata.cartography.headline import course_of, others_text
from geodata.cartography.words import change_text, number_text, period_text, state_text
from geodata.escaping import plain_text

# A leader reads the first ten, an officer scrolls; everything is in the exports.
SHOWN = 100


class RankingList(Component):
    """Rows of a ranking; a click answers with the key of the place."""

    table = param.Dict(default={})
    dark = param.Boolean(default=False)


class RankingView(Viewer):
    """The ranking of the places on the map."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.list = RankingList(
            table=self._table(), dark=state.dark, sizing_mode="stretch_both", margin=0
        )
        self.list.on_message(self._answer)
        state.param.watch(self._update, [*OF_LAYER, "selected", "ranked"])
        state.param.watch(self._darken, ["dark"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.list

    def _table(self) -> dict[str, object]:
        state = self.state
        ranked = ranking_of(state.source, state.shown)
        by_change = self._by_change()
        if by_change:
            # Worst change first; the rank stays that of the figure.
            worst_last = state.layer.indicator.worse == "low"
            ranked = ranked.sort_values("change", ascending=worst_last, kind="stable")
        if state.selected:
            ranked = ranked[ranked.index.isin(state.selected)]
        shown = ranked.head(SHOWN)
        if state.place in ranked.index and state.place not in shown.index:
            shown = pd.concat([shown, ranked.loc[[state.place]]])
        hidden = len(ranked) - len(shown)
        more = text("ranking.more", state.lang, count=hidden) if hidden else ""
        return {
            "title": self._title(len(ranked)),
            "columns": self._columns(),
            "sorted": "change" if by_change else "value",
            "items": self._items(shown, state.layer),
            "more": more,
        }

    def _by_change(self) -> bool:
        state = self.state
        if state.ranked:
            return bool(state.ranked == "change")
        return bool(state.compare) and state.compared == "change"

    def _title(self, count: int) -> str:
        state = self.state
        level = text(f"atlas.{state.level}", state.lang)
        key = "ranking.selected" if state.selected else "ranking.title"
        name = plain_text(state.atlas.name(state.area), 20)
        period = period_text(state.period, state.lang)
        said = text(key, state.lang, level=level, place=name, count=count, period=period)
        return said if state.selected else said + others_text(state.layer, state.lang, among=True)

    def _columns(self) -> list[str]:
        unit = self.state.layer.indicator.unit_in(self.state.lang)
        names = [text(f"ranking.{name}", self.state.lang) for name in _COLUMNS]
        compare = self.state.compare
        since = period_text(compare, self.state.lang) if compare else ""
        change = text("ranking.since", self.state.lang, period=since) if since else names[3]
        return [*names[:2], unit or names[2], change]

    def _items(self, shown: pd.DataFrame, layer: Layer) -> list[dict[str, object]]:
        state, worse = self.state, layer.indicator.worse
        positions = layer.keys.get_indexer(shown.index)
        row: Any
        tallest = max(shown["value"].abs().max(), 1e-12) if shown["value"].notna().any() else 1.0
        nested = shown["parent_name"].nunique() > 1
        items = []
        # One small mapping a row for the browser; at most a hundred rows.
        for row, position in zip(shown.itertuples(), positions, strict=True):
            class_ = int(layer.classes[position])
            known = class_ != NO_DATA
            items.append(
                {
                    "key": row.Index,
                    "id": int(position),
                    "rank": str(row.rank) if known else "—",
                    "name": plain_text(row.name),
                    "basis": layer.indicator.basis_in(state.lang),
                    "parent": plain_text(row.parent_name)
                    if nested and pd.notna(row.parent_name)
                    else "",
                    "note": state_text(row.state, state.lang),
                    "value": number_text(row.value, layer.decimals),
                    "share": round(100 * abs(row.value) / tallest, 1) if known else 0,
                    "colour": _colour(layer, class_),
                    "change": change_text(row.change, layer.decimals),
                    "course": course_of(row.change, worse),
                    "here": row.Index == state.place,
                }
            )
        return items

    def _update(self, *events: object) -> None:
        self.list.table = self._table()

    def _darken(self, *events: object) -> None:
        self.list.dark = self.state.dark

    def _answer(self, message: dict[str, object]) -> None:
        key = message.get("key")
        known = isinstance(key, str) and key in self.state.atlas.places.index
        if message.get("type") == "click" and known:
            self.state.go(str(key))
        elif message.get("type") == "sort" and message.get("by") in RANKED[1:]:
            self.state.ranked = message["by"]


_COLUMNS = ("rank", "place", "value", "change")


def _colour(layer: Layer, class_: int) -> dict[str, str]:
    colours = layer.palette.colours
    return {look: row[class_] if class_ < len(row) else "" for look, row in colours.items()}
