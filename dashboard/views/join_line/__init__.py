"""The line that is always there: which period, how many places have a figure, which have none."""

from __future__ import annotations

import panel as pn
import param

from dashboard.session.state import State
from dashboard.texts import text
from dashboard.web.component import Component, Viewer
from geodata.cartography.coverage import Coverage, coverage
from geodata.cartography.words import period_text
from geodata.escaping import plain_text


class JoinNote(Component):
    """A sentence, and tables behind a button."""

    content = param.Dict(default={})


class JoinLineView(Viewer):
    """How complete the map is."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state
        self.note = JoinNote(content=self._content(), sizing_mode="stretch_width")
        state.param.watch(self._update, ["place", "indicator", "period"])

    def __panel__(self) -> pn.viewable.Viewable:
        return self.note

    def _content(self) -> dict[str, object]:
        state = self.state
        complete = coverage(state.atlas, state.indicator, state.period, state.area)
        lines = [
            self._text("period", period=period_text(state.period, state.lang) or "—"),
            self._text(
                "with_data",
                count=complete.with_data,
                places=complete.places,
                level=_level(state),
            ),
        ]
        if complete.not_applicable:
            lines.append(
                self._text("not_applicable", count=complete.not_applicable, level=_level(state))
            )
        if complete.joined is not None and complete.features is not None:
            lines.append(self._text("joined", matched=complete.joined, features=complete.features))
        if complete.unshaped:
            lines.append(self._text("unshaped", count=len(complete.unshaped), level=_level(state)))
        elif complete.unmatched_rows:
            lines.append(self._text("rows", count=len(complete.unmatched_rows)))
        return {
            "sentence": "\n".join(lines),
            "button": self._text("open", count=len(complete.missing))
            if len(complete.missing)
            else self._text("open_rows", count=len(complete.unmatched_rows)),
            "close": self._text("close"),
            "parts": self._parts(complete),
        }

    def _parts(self, complete: Coverage) -> list[dict[str, object]]:
        missing, unmatched = complete.missing, complete.unmatched_rows
        tables = {
            "missing_title": (
                ("place", "parent", "reason"),
                [
                    [plain_text(row["name"]), _name(row["parent_name"]), self._text(row["reason"])]
                    for row in missing.to_dict("records")
                ],
            ),
            "rows_title": (("row",), [[plain_text(row)] for row in unmatched]),
        }
        return [
            {
                "title": self._text(title, count=len(rows)),
                "columns": [self._text(name) for name in columns],
                "rows": rows,
            }
            for title, (columns, rows) in tables.items()
            if rows
        ]

    def _text(self, name: str, **values: object) -> str:
        return text(f"join_line.{name}", self.state.lang, **values)

    def _update(self, *events: object) -> None:
        self.note.content = self._content()


def _level(state: State) -> str:
    return text(f"atlas.{state.atlas.lowest}", state.lang)


def _name(value: object) -> str:
    return plain_text(value) if isinstance(value, str) else ""
