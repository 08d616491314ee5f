"""Every point of the area by kind, worst first, with what stands side by side."""

from __future__ import annotations

import pandas as pd
import panel as pn

from dashboard.panels.points.values import value_text
from dashboard.session.points_seen import PointsSeen
from dashboard.texts import text
from dashboard.views.text_table import TextTable, row_of
from dashboard.web.component import filling
from dashboard.web.markup import element
from geodata.escaping import plain_text
from geodata.themes import Points
from geodata.workspace.points import STATES

_MARKS = ("high", "medium", "low")
_CSS = "p { margin: 0 0 8px; font-size: clamp(15px, 1vw, 20px); line-height: 1.45; }"


class PointList:
    """The list in `column`; a click on a row looks at its point, on a heading orders by it."""

    def __init__(self, points: PointsSeen) -> None:
        self.points, self.state = points, points.state
        # Kind and key of each row that is shown.
        self.rows: list[tuple[str, str]] = []
        # A column, and whether the largest comes last; without one the state orders.
        self.order: tuple[str, bool] | None = None
        self.count = pn.pane.HTML("", stylesheets=[_CSS], sizing_mode="stretch_width", margin=0)
        self.sheet = TextTable(dark=self.state.dark, sizing_mode="stretch_both", margin=0)
        self.sheet.on_message(self.answer)
        self.state.param.watch(lambda event: self.sheet.param.update(dark=event.new), "dark")
        self.column = filling(self.count, self.sheet)

    def show(self) -> None:
        """Show the points of the area."""
        rows = self.points.inside
        order = rows["state"].map({name: at for at, name in enumerate(STATES)})
        rows = rows.assign(order=order).sort_values(["order", "key"])
        columns = tuple(dict.fromkeys(name for kind in self.points.kinds for name in kind.columns))
        self.rows, table = [], []
        for kind in self.points.kinds:
            own = self.ordered(kind, rows[rows["kind"] == kind.table])
            lines = self._lines(kind, own, columns)
            if lines and len(self.points.kinds) > 1:
                lines[0]["above"] = kind.title[self.state.lang]
            self.rows += [(kind.table, key) for key in own["key"]]
            table += lines
        said = self._text("count", count=len(rows)) if len(rows) else self._text("none")
        self.count.object = element("p", said)
        kinds = {"name": "text", "state": "word"}
        heads = [{"label": self._text(f"column_{one}"), "kind": kinds[one]} for one in kinds]
        heads += [self._head(name) for name in columns]
        self.sheet.table = {"title": "", "note": "", "columns": heads, "rows": table}

    def ordered(self, kind: Points, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a kind in the order that was asked for, unknown last."""
        if self.order is None or self.order[0] not in kind.columns:
            return rows
        name, ascending = self.order
        values = self.points.columns(kind)[name].reindex(rows["key"]).to_numpy()
        return rows.assign(ordered=values).sort_values(
            "ordered", ascending=ascending, na_position="last", kind="stable"
        )

    def answer(self, message: dict[str, object]) -> None:
        """Look at the point of a row, or order by a heading."""
        if message.get("type") == "sort":
            self._sort(message.get("sort"))
            return
        index = row_of(message, len(self.rows))
        if index is not None:
            self.state.choose_point(*self.rows[index])

    def _text(self, name: str, **values: object) -> str:
        return text(f"points.{name}", self.state.lang, **values)

    def _lines(
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
                        value_text(told[name].get(row.key), features[name], lang)
                        if name in kind.columns
                        else ""
                        for name in columns
                    ),
                ],
                "mark": row.state if row.state in _MARKS else "",
                "small": plain_text(names.get(row.place, ""), 20),
            }
            for row in rows[["key", "name", "place", "state"]].itertuples(index=False)
        ]

    def _head(self, name: str) -> dict[str, str]:
        """Return the head of a column of features; a click orders by it."""
        title = self.state.themes[self.state.theme].features[name].title[self.state.lang]
        title = title[:1].upper() + title[1:]
        here = self.order is not None and self.order[0] == name
        marked = ("up" if self.order[1] else "yes") if self.order and here else ""
        return {"label": title, "kind": "number", "sort": name, "sorted": marked}

    def _sort(self, name: object) -> None:
        """Order by a column, the largest first; the same column again turns the order round."""
        known = {one for kind in self.points.kinds for one in kind.columns}
        if isinstance(name, str) and name in known:
            self.order = (name, self.order == (name, False))
            self.show()
