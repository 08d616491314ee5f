"""The scorecard of one point: its figures, what is wrong, and the zones it serves."""

from __future__ import annotations

from pathlib import Path

import panel as pn
import panel_material_ui as pmui

from dashboard.panels.points.values import value_text
from dashboard.session.points_seen import Chosen, PointsSeen
from dashboard.texts import text
from dashboard.views.text_table import TextTable, row_of
from dashboard.web.component import filling
from dashboard.web.markup import filled
from geodata.cartography.words import number_text
from geodata.escaping import plain_text

_STYLE = Path(__file__).with_name("scorecard.css").read_text(encoding="utf-8")


class Scorecard:
    """The card in `column`; a click on a zone lists its households."""

    def __init__(self, points: PointsSeen) -> None:
        self.state = points.state
        # Code and village of each zone that is shown.
        self.zones: list[tuple[str, str]] = []
        slim = {"size": "small", "margin": (0, 6, 8, 0)}
        self.back = pmui.Button(label=self._text("all"), icon="chevron_left", **slim)
        self.listed = pmui.Button(
            label=self._text("households"), icon="groups", variant="contained", **slim
        )
        self.card = pn.pane.HTML("", stylesheets=[_STYLE], sizing_mode="stretch_width", margin=0)
        self.sheet = TextTable(dark=self.state.dark, sizing_mode="stretch_both", margin=0)
        self.back.on_click(lambda event: self.state.choose_point("", ""))
        self.listed.on_click(lambda event: self.state.choose_side("households"))
        self.sheet.on_message(self.answer)
        self.state.param.watch(lambda event: self.sheet.param.update(dark=event.new), "dark")
        top = pn.Row(self.back, self.listed, sizing_mode="stretch_width", margin=0)
        self.column = filling(top, self.card, self.sheet)

    def show(self, chosen: Chosen) -> None:
        """Show one point."""
        self.listed.visible = bool(chosen.kind.households)
        self.card.object = self._html(chosen)
        zones = chosen.zones
        self.zones = list(zip(zones["zone_code"], zones["place_code"], strict=True))
        kinds = {"zone": "text", "village": "text", "served": "number"} if self.zones else {}
        self.sheet.table = {
            "title": "",
            "note": self._text("zones_note") if self.zones else "",
            "columns": [{"label": self._text(f"column_{n}"), "kind": k} for n, k in kinds.items()],
            "rows": self._rows(chosen),
        }

    def answer(self, message: dict[str, object]) -> None:
        """List the households of the zone of a row, within its village where the map knows it."""
        index = row_of(message, len(self.zones))
        if index is not None:
            zone, village = self.zones[index]
            self.state.choose_zone(
                zone, village if village in self.state.atlas.places.index else None
            )

    def _text(self, name: str, **values: object) -> str:
        return text(f"points.{name}", self.state.lang, **values)

    def _html(self, chosen: Chosen) -> str:
        lang, row = self.state.lang, chosen.row
        features = self.state.themes[self.state.theme].features
        village = self.state.atlas.places["name"].get(row["place"], "")
        where = self._text("where", kind=chosen.kind.title[lang], village=village)
        facts = [
            (
                plain_text(features[name].title[lang], 30),
                plain_text(value_text(value, features[name], lang), 30),
            )
            for name, value in chosen.features.items()
        ]
        return filled(
            Path(__file__).with_name("scorecard.html"),
            name=plain_text(row["name"], 40),
            state=self._text(f"state_{row['state']}"),
            where=plain_text(where + ("" if row["located"] else self._text("unlocated"))),
            facts=facts,
            rules=[plain_text(rule.title[lang], 80) for rule in chosen.rules],
        )

    def _rows(self, chosen: Chosen) -> list[dict[str, object]]:
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
