"""The mock inspection beside the map: rates, villages, townships, households, how it was drawn."""

from __future__ import annotations

import datetime
import secrets
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui
from param.parameterized import Event

from dashboard.content.rows import HouseholdRows
from dashboard.panels.sample.numbers import SampleNumbers
from dashboard.panels.sample.sample_rows import (
    HOUSEHOLD_COLUMNS,
    TOWNSHIP_COLUMNS,
    VILLAGE_COLUMNS,
    columns,
    rate_tiles,
    township_rows,
    village_rows,
)
from dashboard.session.sampling import Sampling
from dashboard.texts import text
from dashboard.views.later import later
from dashboard.views.text_table import TextTable, row_of
from dashboard.web.component import Viewer
from dashboard.web.markup import element, filled
from dashboard.web.page_sentence import page_sentence
from geodata.cartography.words import period_text
from geodata.errors import GuatuError
from geodata.escaping import plain_text
from geodata.evaluation.book import design_lines
from geodata.i18n import listed

_STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
_RATES = Path(__file__).with_name("rates.html")
_WATCHED = ["side", "period", "seed", "numbers", "limits", "place", "presenting", "theme"]
PARTS = ("villages", "townships", "households", "design")
_AGAINST = ("", "wrong_exit_rate", "missed_rate", "satisfaction")
_SEEDS = 1_000_000


class SamplingView(Viewer):
    """The sample is drawn when it is first looked at; a row leads to its village or its card."""

    def __init__(self, sampling: Sampling) -> None:
        super().__init__()
        self.sampling, self.state = sampling, sampling.state
        self._rows: list[str] = []
        slim = {"size": "small", "margin": (4, 6, 4, 0)}
        dark = {"variant": "contained", **slim}
        self.rates = pn.pane.HTML("", stylesheets=[_STYLE], sizing_mode="stretch_width", margin=0)
        self.again = pmui.Button(label=self._text("again"), icon="casino", **dark)
        self.options = pmui.Button(label=self._text("options"), icon="tune", **dark)
        self.then = pmui.Button(label="", icon="gavel", visible=False, **dark)
        self.export = pmui.FileDownload(
            callback=sampling.workbook, filename="sample.xlsx", label=self._text("export"), **slim
        )
        self.numbers = SampleNumbers(sampling)
        self.part = pmui.RadioButtonGroup(sizing_mode="stretch_width", margin=(4, 0))
        against = {self._text(f"against_{name}" if name else "all"): name for name in _AGAINST}
        self.against = pmui.Select(options=against, value="", width=220, **slim)
        self.back = pmui.Button(label="", icon="chevron_left", **dark)
        self.next = pmui.Button(label="", icon="chevron_right", **dark)
        self.whole = pmui.Button(label=self._text("back"), icon="zoom_out_map", **dark)
        self.pages = pn.FlexBox(
            self.against, self.back, self.next, self.export, sizing_mode="stretch_width", margin=0
        )
        self.sheet = TextTable(
            dark=self.state.dark, sizing_mode="stretch_both", min_height=300, margin=0
        )
        top = [self.numbers.seed, self.again, self.options, self.then, self.whole]
        self.column = pn.Column(
            self.rates,
            pn.FlexBox(*top, sizing_mode="stretch_width", margin=0),
            self.numbers,
            self.part,
            self.pages,
            self.sheet,
            sizing_mode="stretch_both",
            scroll="y",
            margin=0,
            styles={"min-height": "0"},
        )
        self._bind()
        self._update()

    def __panel__(self) -> pn.viewable.Viewable:
        return self.column

    def _draw_again(self, event: Event) -> None:
        self.state.seed = secrets.randbelow(_SEEDS)

    def _change_limits(self, event: Event) -> None:
        self.state.limits = self._other_day()

    def _bind(self) -> None:
        state, sampling = self.state, self.sampling
        self.again.on_click(self._draw_again)
        self.options.on_click(lambda event: self.numbers.fold())
        self.then.on_click(self._change_limits)
        self.whole.on_click(lambda event: state.go(None))
        self.part.param.watch(self._first_page, "value")
        self.against.param.watch(
            lambda event: sampling.param.update(against=event.new or "", page=0), "value"
        )
        self.back.on_click(lambda event: self._turn(-1))
        self.next.on_click(lambda event: self._turn(1))
        self.sheet.on_message(self._answer)
        sampling.param.watch(self._fill, ["page", "against"])
        state.param.watch(self._update, _WATCHED)
        state.param.watch(self._darken, "dark")

    def _text(self, name: str, **values: object) -> str:
        return text(f"sampling.{name}", self.state.lang, **values)

    def _darken(self, event: Event) -> None:
        self.sheet.dark = event.new
        self._fill()

    def _first_page(self, *events: object) -> None:
        self.sampling.page = 0
        self._fill()

    def _update(self, *events: object) -> None:
        """Draw once what is asked for now; until then the page says that it is at work."""
        state = self.state
        if state.side != "sample":
            state.sample = {}
            return
        shown = [name for name in PARTS if name != "households" or not state.presenting]
        options = {self._text(f"part_{name}"): name for name in shown}
        value = self.part.value if self.part.value in shown else shown[0]
        self.part.param.update(options=options, value=value)
        self.whole.visible = state.place != state.root
        self.sampling.page = 0
        self.column.loading = True
        later(self._draw)

    def _draw(self) -> None:
        state = self.state
        try:
            if state.side != "sample" or self._asks():
                return
            sample = self.sampling.classes
        except GuatuError as error:
            self._say(page_sentence(error, state.lang))
            return
        finally:
            self.column.loading = False
        self.numbers.fill()
        lowest = state.atlas.lowest
        state.param.update(sample=sample, level=lowest)
        self._fill()

    def _asks(self) -> bool:
        """Say which parameter is not set and open the fields for its number."""
        unset, setup = self.sampling.unset, self.sampling.people.county.setup
        if not unset:
            return False
        titles = listed(
            (setup.policy[key].title[self.state.lang] for key in unset), self.state.lang
        )
        month = period_text(self.state.period, self.state.lang)
        self._say(self._text("unset", titles=titles, keys=", ".join(unset), month=month))
        self.numbers.fill(opened=True)
        return True

    def _say(self, sentence: str) -> None:
        """Show a sentence in place of the sample."""
        self.state.sample = {}
        self.rates.object = element("p", sentence, 600)
        self.part.visible = self.pages.visible = self.sheet.visible = self.then.visible = False

    def _fill(self, *events: object) -> None:
        """Show the rates and the chosen part of the sample that is drawn."""
        state = self.state
        if state.side != "sample" or not state.sample:
            return
        sampling, lang = self.sampling, state.lang
        self.rates.object = self._head()
        other = self._other_day()
        limited = any(one.rate.limit is None for one in sampling.rates) or bool(state.limits)
        label = self._text("as_then", day=other) if other else self._text("as_month")
        self.then.param.update(visible=limited and (bool(other) or bool(state.limits)), label=label)
        self.part.visible = self.sheet.visible = True
        self.pages.visible = self.part.value == "households" and not state.presenting
        fill = {
            "villages": self._villages,
            "townships": self._townships,
            "households": self._households,
            "design": self._design,
        }
        chosen = self.part.value
        if chosen not in fill or (chosen == "households" and state.presenting):
            chosen = PARTS[0]
        self._rows = []
        self.sheet.table = {"title": "", "note": "", "rows": [], **fill[chosen](lang)}

    def _head(self) -> str:
        sampling, lang = self.sampling, self.state.lang
        drawn = sampling.draw
        counts = {"villages": len(drawn.villages), "households": len(drawn.households)}
        month = period_text(drawn.design.month, lang)
        title = self._text("title", month=month, seed=drawn.design.seed, **counts)
        sizes = {name: f"{drawn.frame_sizes[name]:,}" for name in ("villages", "households")}
        kind = "whole" if sampling.own in ((sampling.county,), ("",)) else "own"
        said = [self._text(kind, **sizes), *(note.sentence(lang) for note in drawn.notes)]
        return filled(
            _RATES,
            title=title,
            tiles=rate_tiles(sampling.rates, sampling.day.isoformat(), lang),
            words=" ".join([*said, self._text("high")]),
            dark=self.state.dark,
        )

    def _townships_of(self) -> dict[str, str]:
        atlas = self.state.atlas
        names = {}
        for key in self.sampling.draw.villages.index:
            path = atlas.path(key if key in atlas.places.index else None)
            names[str(key)] = atlas.name(path[-2]) if len(path) > 1 else ""
        return names

    def _villages(self, lang: str) -> dict[str, object]:
        rows = self.sampling.villages
        self._rows = [str(key) for key in rows.index]
        return {
            "columns": columns(VILLAGE_COLUMNS, lang),
            "rows": village_rows(rows, self._townships_of(), lang),
            "note": self._text("here", count=len(rows)),
        }

    def _townships(self, lang: str) -> dict[str, object]:
        rows = township_rows(self.sampling.villages, self._townships_of())
        note = self._text("townships", count=len(rows))
        return {"columns": columns(TOWNSHIP_COLUMNS, lang), "rows": rows, "note": note}

    def _households(self, lang: str) -> dict[str, object]:
        sampling = self.sampling
        rows = sampling.rows()
        self._rows = [str(code) for code in rows.index]
        self.back.disabled, self.next.disabled = (
            sampling.page == 0,
            sampling.page + 1 >= sampling.pages,
        )
        counts = {"count": len(sampling.listed), "page": sampling.page + 1, "pages": sampling.pages}
        note = self._text("page", **counts) if len(rows) else self._text("nobody_listed")
        cells = HouseholdRows(sampling.people.county.setup.rules, sampling.people.village, lang, "")
        return {
            "columns": columns(HOUSEHOLD_COLUMNS, lang),
            "note": note,
            "rows": [_household(row, cells, lang) for row in rows.itertuples()],
        }

    def _design(self, lang: str) -> dict[str, object]:
        titles = {one.key: one.title[lang] for one in self.sampling.people.county.indicators}
        lines = design_lines(self.sampling.draw, titles, lang)
        return {
            "columns": [{"label": "", "kind": "text"}, {"label": "", "kind": "text"}],
            "rows": [{"cells": [head, plain_text(said, 600)], "mark": ""} for head, said in lines],
        }

    def _turn(self, by: int) -> None:
        sampling = self.sampling
        sampling.page = min(max(sampling.page + by, 0), sampling.pages - 1)

    def _other_day(self) -> str:
        """Return the last day with limits while the month has none; the empty text to go back."""
        last: datetime.date | None = self.sampling.last_limited
        return last.isoformat() if last is not None and not self.state.limits else ""

    def _answer(self, message: dict[str, object]) -> None:
        index = row_of(message, len(self._rows))
        if index is None:
            return
        if self.part.value == "households":
            self.sampling.open(self._rows[index])
        elif self._rows[index] in self.state.atlas.places.index:
            self.state.go(self._rows[index])


def _household(row: Any, cells: HouseholdRows, lang: str) -> dict[str, object]:
    code, head, village, persons, findings = cells.cells(
        row, ("code", "head", "village", "persons", "findings")
    )
    shown = [
        code,
        head,
        village,
        "—" if persons is None else f"{persons:,.0f}",
        text(f"sampling.group_{row.group}", lang),
        text(f"sampling.chosen_{row.chosen}", lang),
        findings,
    ]
    return {"cells": shown, "mark": "high" if row.suspect else ""}
