"""The points of a theme as a list, and the scorecard of the one looked at."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from dashboard.points import Chosen, PointsSeen
from dashboard.texts import text
from dashboard.views.sheet import Sheet, row_of
from geodata.cartography.words import number_text
from geodata.errors import GuatuError
from geodata.escaping import html_text, plain_text
from geodata.rules import Feature
from geodata.themes import Points
from geodata.workspace.points import STATES

_WATCHED = ["place", "theme", "period", "side", "point"]
_MARKS = {"high": "high", "medium": "medium", "low": "low"}
_CSS = """
h2 { margin: 0 0 4px; font-size: clamp(18px, 1.25vw, 26px); }
p { margin: 0 0 8px; font-size: clamp(15px, 1vw, 20px); line-height: 1.45; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 8px 14px; margin: 0 0 10px; }
dt { font-size: clamp(13px, 0.85vw, 16px); opacity: 0.75; }
dd { margin: 0; font-size: clamp(18px, 1.25vw, 26px); font-weight: 700; }
ul { margin: 0 0 10px; padding-left: 1.2em; font-size: clamp(15px, 1vw, 20px); line-height: 1.45; }
"""


class PointsView(pn.viewable.Viewer):
    """A click on a row opens the scorecard, one on a zone lists its households."""

    def __init__(self, points: PointsSeen) -> None:
        super().__init__()
        self.points, self.state = points, points.state
        self._rows: list[tuple] = []
        # What the list is ordered by: a column, and whether the largest comes last; else the state.
        self._order: tuple[str, bool] | None = None
        slim = {"size": "small", "margin": (0, 6, 8, 0)}
        self.back = pmui.Button(label=self._text("all"), icon="chevron_left", **slim)
        self.listed = pmui.Button(
            label=self._text("households"), icon="groups", variant="contained", **slim
        )
        self.card = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
        self.sheet = Sheet(dark=self.state.dark, sizing_mode="stretch_both", margin=0)
        self.back.on_click(lambda event: self.state.choose_point("", ""))
        self.listed.on_click(lambda event: self.state.param.update(side="households"))
        self.sheet.on_message(self._answer)
        self.state.param.watch(self._update, _WATCHED)
        self.state.param.watch(lambda event: self.sheet.param.update(dark=event.new), "dark")
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        kept = {"sizing_mode": "stretch_both", "margin": 0, "styles": {"min-height": "0"}}
        top = pn.Row(self.back, self.listed, sizing_mode="stretch_width", margin=0)
        return pn.Column(top, self.card, self.sheet, **kept)

    def _text(self, name: str, **values: object) -> str:
        return text(f"points.{name}", self.state.lang, **values)

    def _update(self, *events: object) -> None:
        if self.state.side != "points" or not self.points.kinds:
            return
        try:
            chosen = self.points.chosen if self.state.point else None
            self._show(chosen) if chosen is not None else self._list()
        except GuatuError as error:
            self._put(f"<p>{html_text(error.sentence(self.state.lang), 400)}</p>", [], [])

    def _list(self) -> None:
        """Show every point of the area by kind, worst first, with what stands side by side."""
        self.back.visible = self.listed.visible = False
        rows = self.points.inside
        order = rows["state"].map({name: at for at, name in enumerate(STATES)})
        rows = rows.assign(order=order).sort_values(["order", "key"])
        columns = tuple(dict.fromkeys(name for kind in self.points.kinds for name in kind.columns))
        self._rows, table = [], []
        for kind in self.points.kinds:
            found = self._ordered(kind, rows[rows["kind"] == kind.table])
            own = self._of_kind(kind, found, columns)
            if own and len(self.points.kinds) > 1:
                own[0]["above"] = kind.title[self.state.lang]
            self._rows += [(kind.table, key) for key in found["key"]]
            table += own
        said = self._text("count", count=len(rows)) if len(rows) else self._text("none")
        self._put(f"<p>{html_text(said)}</p>", ("name", "state"), table, columns)

    def _ordered(self, kind: Points, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a kind in the order that was asked for, unknown last."""
        if self._order is None or self._order[0] not in kind.columns:
            return rows
        name, ascending = self._order
        values = self.points.columns(kind)[name].reindex(rows["key"]).to_numpy()
        by = {"ascending": ascending, "na_position": "last", "kind": "stable"}
        return rows.assign(asked=values).sort_values("asked", **by)

    def _of_kind(
        self, kind: Points, rows: pd.DataFrame, columns: tuple[str, ...]
    ) -> list[dict[str, object]]:
        lang, features = self.state.lang, self.state.themes[self.state.theme].features
        names, told = self.state.atlas.places["name"], self.points.columns(kind)
        return [
            {
                "cells": [
                    plain_text(row.name, 40),
                    self._text(f"state_{row.state}"),
                    *(
                        _shown(told[name].get(row.key), features[name], lang)
                        if name in kind.columns
                        else ""
                        for name in columns
                    ),
                ],
                "mark": _MARKS.get(row.state, ""),
                "small": plain_text(names.get(row.place, ""), 20),
            }
            for row in rows[["key", "name", "place", "state"]].itertuples(index=False)
        ]

    def _show(self, chosen: Chosen) -> None:
        """Show one point: figures, what is wrong, and the villages it serves."""
        lang, row = self.state.lang, chosen.row
        self.back.visible, self.listed.visible = True, chosen.kind.lists == "site"
        features = self.state.themes[self.state.theme].features
        village = self.state.atlas.places["name"].get(row["place"], "")
        where = self._text("where", kind=chosen.kind.title[lang], village=village)
        if not row["located"]:
            where += self._text("unlocated")
        facts = "".join(
            f"<div><dt>{html_text(features[name].title[lang], 30)}</dt>"
            f"<dd>{html_text(_shown(value, features[name], lang), 30)}</dd></div>"
            for name, value in chosen.features.items()
        )
        wrong = "".join(f"<li>{html_text(rule.title[lang], 80)}</li>" for rule in chosen.rules)
        wrong = f"<ul>{wrong}</ul>" if wrong else ""
        state = html_text(self._text(f"state_{row['state']}"))
        html = (
            f"<h2>{html_text(row['name'], 40)} · {state}</h2><p>{html_text(where)}</p>"
            f"<dl>{facts}</dl>{wrong}"
        )
        self._rows = list(zip(chosen.zones["zone_code"], chosen.zones["place_code"], strict=True))
        self._put(html, ("zone", "village", "served") if self._rows else (), self._zones(chosen))

    def _zones(self, chosen: Chosen) -> list[dict[str, object]]:
        names = self.state.atlas.places["name"]
        return [
            {
                "cells": [
                    plain_text(row.zone_code, 30),
                    plain_text(names.get(row.place_code, row.place_code), 20),
                    number_text(row.households, 0),
                ],
                "mark": "",
            }
            for row in chosen.zones.itertuples(index=False)
        ]

    def _put(
        self, html: str, columns, rows: list[dict[str, object]], features: tuple[str, ...] = ()
    ) -> None:
        self.card.object = html
        kinds = {"served": "number", "state": "word"}
        heads = [
            {"label": self._text(f"column_{name}"), "kind": kinds.get(name, "text")}
            for name in columns
        ]
        heads += [self._head(name) for name in features]
        note = self._text("zones_note") if "zone" in columns else ""
        self.sheet.table = {"title": "", "note": note, "columns": heads, "rows": rows}

    def _head(self, name: str) -> dict[str, str]:
        """Return the head of a column of features; a click orders by it."""
        title = self.state.themes[self.state.theme].features[name].title[self.state.lang]
        title = title[:1].upper() + title[1:]
        here = self._order is not None and self._order[0] == name
        marked = ("up" if self._order[1] else "yes") if self._order and here else ""
        return {"label": title, "kind": "number", "sort": name, "sorted": marked}

    def _sort(self, name: object) -> None:
        """Order by a column, the largest first; the same column again turns the order round."""
        known = {one for kind in self.points.kinds for one in kind.columns}
        if isinstance(name, str) and name in known:
            self._order = (name, self._order == (name, False))
            self._update()

    def _answer(self, message: dict[str, object]) -> None:
        if message.get("type") == "sort":
            self._sort(message.get("sort"))
            return
        index = row_of(message, len(self._rows))
        if index is None:
            return
        first, second = self._rows[index]
        if self.state.point:
            known = second in self.state.atlas.places.index
            self.state.choose_zone(first, second if known else None)
        else:
            self.state.choose_point(first, second)


def _shown(value: object, feature: Feature, lang: str) -> str:
    """Return a value of a scorecard with its unit; a dash when it is unknown."""
    if value is None or pd.isna(value):
        return "—"
    if isinstance(value, (bool,)):
        return text(f"points.{'yes' if value else 'no'}", lang)
    if isinstance(value, str):
        return value
    units: Mapping[str, str] = {"percent": "%", "persons": text("points.persons", lang)}
    amount = value / 100 if feature.unit == "yuan" else value
    decimals = 0 if float(amount).is_integer() else 2 if feature.unit == "percent" else 1
    return number_text(float(amount), decimals) + units.get(feature.unit, "")
