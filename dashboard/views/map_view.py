"""The map: shows the layer of the state, turns clicks and selections into state."""

from __future__ import annotations

from typing import TypeGuard

import pandas as pd
import panel as pn

from dashboard.maps.picture import picture
from dashboard.maps.screen import CONTROLS, ScreenMap
from dashboard.session.points_seen import PointsSeen
from dashboard.session.state import OF_LAYER, State
from dashboard.texts import text
from dashboard.web.component import Viewer
from dashboard.web.markup import element
from geodata.atlas.selection import total_of
from geodata.cartography.decimals import indicator_decimals
from geodata.cartography.words import figure_text, parts_text, period_text, scale_of
from geodata.escaping import plain_text
from geodata.themes import Points
from geodata.workspace.points import STATES


class MapView(Viewer):
    """The map on the screen, bound to one state; while comparing, a second map beside it."""

    def __init__(
        self,
        state: State,
        sources: list[dict[str, str]],
        script: str,
        points: PointsSeen | None = None,
    ) -> None:
        super().__init__()
        self.state, self.points = state, points
        kept = {"script": script, "sources": sources, "dark": state.dark}
        kept |= {"texts": {name: text(f"map.{name}", state.lang) for name in CONTROLS}}
        self._drawn_points = pd.DataFrame()
        self.screen = ScreenMap(
            picture=self._picture(),
            marked=self._marked(),
            chosen=self._chosen(),
            spotlight=state.spotlight,
            sizing_mode="stretch_both",
            symbols=self._symbols(),
            **kept,
        )
        self.screen.on_message(self._answer)
        self._kept = kept
        self.beside: ScreenMap | None = None
        self.titles = [
            pn.pane.HTML("", stylesheets=["h3 { margin: 0; }"], margin=0, visible=False)
            for _ in range(2)
        ]
        self.first = self._framed(self.titles[0], self.screen)
        self.row = pn.Row(self.first, sizing_mode="stretch_both", margin=0)
        state.param.watch(self._repaint, OF_LAYER)
        state.param.watch(self._select, ["selected", "spotlight"])
        state.param.watch(self._darken, ["dark"])
        state.param.watch(
            lambda event: self.screen.param.update(symbols=self._symbols()), ["point"]
        )
        self._stand_beside()

    def __panel__(self) -> pn.viewable.Viewable:
        return self.row

    def _framed(self, title: pn.pane.HTML, screen: ScreenMap) -> pn.Column:
        return pn.Column(title, screen, sizing_mode="stretch_both", margin=(0, 4, 0, 0))

    def _picture(self) -> dict[str, object]:
        return picture(self.state.atlas, self.state.layer, lang=self.state.lang)

    def _marked(self) -> list[int]:
        """Return the positions of the selected places, or of the village looked at."""
        state = self.state
        keys = list(state.selected)
        if not keys and state.place and state.atlas.level_of(state.place) == state.level:
            keys = [state.place]
        positions = state.atlas.places_in(None, state.level).get_indexer(pd.Index(keys))
        return [int(at) for at in positions]

    def _chosen(self) -> str:
        """Return what is selected, and the figure of all of it together with how it was made."""
        state = self.state
        if not state.selected:
            return ""
        level = text(f"atlas.{state.level}", state.lang)
        count = text("map.chosen", state.lang, count=len(state.selected), level=level)
        total = total_of(state.atlas, state.indicator, state.period, state.selected)
        indicator = state.atlas.indicator(state.indicator)
        decimals = indicator_decimals(state.atlas, indicator)
        value = total["value"] * scale_of(indicator)
        figure = figure_text(value, indicator, decimals=decimals, lang=state.lang)
        parts = parts_text(total["numerator"], total["denominator"], indicator, state.lang)
        key = "chosen_median" if indicator.adds_up == "none" else "chosen_sum"
        known = {"with_data": int(total["places_with_data"]), "places": int(total["places"])}
        title = plain_text(indicator.title_in(state.lang), 60)
        said = text(f"map.{key}", state.lang, indicator=title, figure=figure, parts=parts, **known)
        return f"{count}\n{said}"

    def _symbols(self) -> dict[str, object]:
        """Return the points of the theme within the area and the rows of their legend."""
        if self.points is None or not self.points.kinds:
            return {"points": [], "kinds": []}
        state, rows = self.state, self.points.inside
        drawn = rows[rows["longitude"].notna()].reset_index(drop=True)
        self._drawn_points = drawn
        kinds = {kind.table: kind for kind in self.points.kinds}
        words = {name: text(f"points.state_{name}", state.lang) for name in STATES}
        points = [
            {
                "x": row["longitude"],
                "y": row["latitude"],
                "name": plain_text(row["name"], 40),
                "kind": kinds[row["kind"]].title[state.lang],
                "shape": kinds[row["kind"]].shape,
                "state": row["state"],
                "words": words[row["state"]],
                "shift": list(kinds).index(row["kind"]),
                "order": len(STATES) - STATES.index(row["state"]),
                "chosen": state.point == f"{row['kind']}:{row['key']}",
            }
            for row in drawn.to_dict("records")
        ]
        legend = [self._legend(kind, rows[rows["kind"] == table]) for table, kind in kinds.items()]
        return {"points": points, "kinds": legend}

    def _legend(self, kind: Points, rows: pd.DataFrame) -> dict[str, object]:
        counts, lang = rows["state"].value_counts(), self.state.lang
        undrawn = int(rows["longitude"].isna().sum())
        title = text(
            "points.undrawn" if undrawn else "points.legend",
            lang,
            kind=kind.title[lang],
            count=len(rows),
            **({"undrawn": undrawn} if undrawn else {}),
        )
        shown = [
            {"state": name, "label": text(f"points.state_{name}", lang), "count": int(counts[name])}
            for name in STATES
            if name in counts
        ]
        return {"title": title, "shape": kind.shape, "rows": shown}

    def _repaint(self, *events: object) -> None:
        self.screen.param.update(
            picture=self._picture(),
            marked=self._marked(),
            chosen=self._chosen(),
            symbols=self._symbols(),
        )
        self._stand_beside()

    def _stand_beside(self) -> None:
        """Show the compared period in a second map, made when it is first needed."""
        state = self.state
        wanted = bool(state.compare) and state.compared == "beside"
        self.screen.group = "compared" if wanted else ""
        for title, period in zip(self.titles, (state.period, state.compare), strict=True):
            title.object = element("h3", period_text(period, state.lang))
            title.visible = wanted
        if not wanted:
            self.row.objects = [self.first]
            self.beside = None
            return
        shown = picture(state.atlas, state.beside, lang=state.lang)
        if self.beside is None:
            self.beside = ScreenMap(
                picture=shown,
                marked=self._marked(),
                group="compared",
                sizing_mode="stretch_both",
                **(self._kept | {"dark": state.dark}),
            )
            self.beside.on_message(self._answer)
            self.row.objects = [self.first, self._framed(self.titles[1], self.beside)]
        else:
            self.beside.param.update(picture=shown, marked=self._marked())

    def _select(self, *events: object) -> None:
        chosen = {"marked": self._marked(), "spotlight": self.state.spotlight}
        self.screen.param.update(chosen=self._chosen(), **chosen)
        if self.beside is not None:
            self.beside.param.update(**chosen)

    def _darken(self, *events: object) -> None:
        for screen in (self.screen, self.beside):
            if screen is not None:
                screen.dark = self.state.dark

    def _answer(self, message: dict[str, object]) -> None:
        state = self.state
        keys = state.atlas.places_in(None, state.level)
        match message:
            case {"type": "up"}:
                state.up()
            case {"type": "spotlight"}:
                state.spotlight = not state.spotlight
            case {"type": "click", "id": position} if _known(position, len(keys)):
                state.go(keys[position])
            case {"type": "point", "at": position} if _known(position, len(self._drawn_points)):
                point = self._drawn_points.iloc[position]
                state.choose_point(point["kind"], point["key"])
            case {"type": "select", "ids": list(positions)}:
                state.selected = [keys[at] for at in positions if _known(at, len(keys))]


def _known(position: object, count: int) -> TypeGuard[int]:
    """Return whether what the browser sent is a position among so many."""
    return type(position) is int and 0 <= position < count
