"""The ranking of places: worst first, with the change, linked both ways with the map."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import panel as pn
import param

from dashboard.answers.answer import ranking_of
from dashboard.answers.month_window import courses_of, side_by_side
from dashboard.session.state import OF_LAYER, State
from dashboard.texts import text
from dashboard.view import RANKED
from dashboard.web.component import Component, Viewer, styles_of
from geodata.cartography import Layer
from geodata.cartography.classes import NO_DATA
from geodata.cartography.decimals import is_steady
from geodata.cartography.headline import course_of, others_text
from geodata.cartography.words import number_text, period_text, share_parts, state_text
from geodata.escaping import plain_text

# Rows of a page until the browser says how many have room; it may have no more than MOST.
ROWS, MOST = 12, 60


class RankingList(Component):
    """Rows of a ranking, a page of them; it answers with the key of a place, a page, or room for rows."""

    table = param.Dict(default={})
    dark = param.Boolean(default=False)

    _stylesheets: ClassVar[list[str]] = styles_of(__file__, "spark.css")


class RankingView(Viewer):
    """The ranking of the places on the map."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state, self.rows, self.first, self._turned = state, ROWS, 0, False
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
            # Worst change first, what says nothing as no change; the rank stays that of the figure.
            worst_last = state.layer.indicator.worse == "low"
            told = ranked["moved"].fillna(0.0).mask(ranked["change"].isna())
            order = told.sort_values(ascending=worst_last, kind="stable").index
            ranked = ranked.loc[order]
        if state.selected:
            ranked = ranked[ranked.index.isin(state.selected)]
        if state.place in ranked.index and not self._turned:
            at = int(ranked.index.get_indexer(pd.Index([state.place]))[0])
            self.first = at // self.rows * self.rows
        self.first = min(self.first, max(len(ranked) - 1, 0) // self.rows * self.rows)
        shown = ranked.iloc[self.first : self.first + self.rows]
        return {
            "title": self._title(len(ranked)),
            "columns": self._columns(len(ranked)),
            "sorted": "change" if by_change else "value",
            "items": self._items(ranked, shown, state.layer),
            "rest": self._rest(ranked),
            "zeros": self._zeros(ranked),
            "pages": [self.first > 0, self.first + self.rows < len(ranked)],
        }

    def _rest(self, ranked: pd.DataFrame) -> str:
        """Return in words what comes after the page: how many places, from which figure to which."""
        state, layer = self.state, self.state.layer
        rest = ranked.iloc[self.first + self.rows :]
        known = rest[rest["rank"].notna() & (rest["value"] != 0)]["value"]
        if known.empty:
            return others_text(layer, state.lang).strip(" （）()")
        sign = layer.indicator.unit.sign
        ends = [number_text(one, layer.decimals) + sign for one in (known.iloc[-1], known.iloc[0])]
        key = "ranking.rest_alike" if ends[0] == ends[1] else "ranking.rest"
        level = text(f"atlas.{state.level}", state.lang)
        return text(key, state.lang, count=len(known), level=level, low=ends[0], high=ends[1])

    def _zeros(self, ranked: pd.DataFrame) -> str:
        """Return how many places have nothing of what is bad; empty where nothing is not good."""
        state = self.state
        zeros = int((ranked["value"] == 0).sum())
        if state.layer.indicator.worse != "high" or not zeros:
            return ""
        level = text(f"atlas.{state.level}", state.lang)
        return text("ranking.zeros", state.lang, count=zeros, level=level)

    def _by_change(self) -> bool:
        state = self.state
        if state.ranked:
            return bool(state.ranked == "change")
        return bool(state.compare) and state.compared == "change"

    def _title(self, count: int) -> str:
        """Return what the list is of, where it is not all of the map."""
        state = self.state
        if not state.selected:
            return ""
        level = text(f"atlas.{state.level}", state.lang)
        name = plain_text(state.atlas.name(state.area), 20)
        period = period_text(state.period, state.lang)
        said = {"level": level, "place": name, "count": count, "period": period}
        return text("ranking.selected", state.lang, **said)

    def _columns(self, count: int) -> list[str]:
        state, lang = self.state, self.state.lang
        indicator = state.layer.indicator
        level = text("ranking.places", lang, level=text(f"atlas.{state.level}", lang), count=count)
        months = text("ranking.months", lang, count=len(self._periods()))
        counted = indicator.base.text(lang, "2") if self._has_parts() and indicator.base else ""
        since = period_text(state.compare, lang) if state.compare else ""
        change = (
            text("ranking.since", lang, period=since) if since else text("ranking.change", lang)
        )
        unit = indicator.unit_in(lang) or text("ranking.value", lang)
        return [text("ranking.rank", lang), level, months, unit, counted, change]

    def _periods(self) -> tuple[str, ...]:
        return side_by_side(self.state.periods, self.state.period)

    def _has_parts(self) -> bool:
        """Return whether whom a share counts stands beside it: small places must not mislead."""
        return bool(self.state.layer.indicator.counts_things)

    def _items(
        self, ranked: pd.DataFrame, shown: pd.DataFrame, layer: Layer
    ) -> list[dict[str, object]]:
        state, periods = self.state, self._periods()
        positions = layer.keys.get_indexer(shown.index)
        tallest = ranked["value"].abs().max()
        tied = ranked["rank"].value_counts()
        nested = ranked["parent_name"].nunique() > 1
        courses = courses_of(state.source, state.shown).reindex(shown.index).to_numpy(dtype=float)
        rows = zip(shown.index, shown.to_dict("records"), courses, positions, strict=True)
        items = []
        # One small mapping a row for the browser; no more rows than it has room for.
        for key, row, course, position in rows:
            class_ = int(layer.classes[position])
            known = class_ != NO_DATA
            above = row["parent_name"] if nested and pd.notna(row["parent_name"]) else ""
            items.append(
                {
                    "key": key,
                    "id": int(position),
                    "rank": self._rank(row["rank"], tied) if pd.notna(row["rank"]) else "—",
                    "name": plain_text(row["name"]),
                    "basis": layer.indicator.basis_in(state.lang),
                    "parent": plain_text(above),
                    "note": text("ranking.few", state.lang)
                    if row["few"]
                    else state_text(row["state"], state.lang),
                    "values": [None if np.isnan(one) else float(one) for one in course],
                    "now": periods.index(state.period) if state.period in periods else -1,
                    "value": number_text(row["value"], layer.decimals),
                    "share": round(100 * abs(row["value"]) / tallest, 1)
                    if known and tallest
                    else 0,
                    "colour": _colour(layer, class_),
                    "parts": self._parts(row),
                    **self._change(row, layer),
                    "here": key == state.place,
                }
            )
        return items

    def _rank(self, rank: int, tied: pd.Series) -> str:
        if tied[rank] < 2:
            return str(rank)
        return text("ranking.tied", self.state.lang, rank=rank)

    def _parts(self, row: Mapping[Hashable, Any]) -> str:
        told = share_parts(
            row["numerator"], row["denominator"], self.state.layer.indicator, self.state.lang
        )
        return f"{told[0]}/{told[1]}" if told and self._has_parts() else ""

    def _change(self, row: Mapping[Hashable, Any], layer: Layer) -> dict[str, str]:
        """Return the change in words and its course; a dash where it says nothing."""
        change, base, indicator = row["change"], row["denominator"], layer.indicator
        if pd.isna(change) or is_steady(change, base, indicator, layer.decimals):
            return {"change": "—", "course": "plain"}
        arrow = "▲" if change > 0 else "▼"
        amount = number_text(abs(change), layer.decimals)
        return {"change": f"{arrow} {amount}", "course": course_of(row["moved"], indicator.worse)}

    def _update(self, *events: object) -> None:
        self._turned, self.first = False, 0
        self.list.table = self._table()

    def _turn(self, first: int, rows: int) -> None:
        """Show the page that begins with a row, or holds it where there is room for other rows."""
        self._turned = rows == self.rows
        self.first, self.rows = max(first, 0) // rows * rows, rows
        self.list.table = self._table()

    def _darken(self, *events: object) -> None:
        self.list.dark = self.state.dark

    def _answer(self, message: dict[str, object]) -> None:
        key, to, rows = (message.get(name) for name in ("key", "to", "rows"))
        known = isinstance(key, str) and key in self.state.atlas.places.index
        if message.get("type") == "click" and known:
            self.state.go(str(key))
        elif message.get("type") == "sort" and message.get("by") in RANKED[1:]:
            self.state.ranked = message["by"]
        elif message.get("type") == "page" and type(to) is int and to in (-1, 1):
            self._turn(self.first + to * self.rows, self.rows)
        elif message.get("type") == "room" and type(rows) is int:
            self._turn(self.first, min(max(rows, 3), MOST))


def _colour(layer: Layer, class_: int) -> dict[str, str]:
    colours = layer.palette.colours
    return {look: row[class_] if class_ < len(row) else "" for look, row in colours.items()}
