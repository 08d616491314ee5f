"""The fields of a sample: its seed, its numbers and the day of the limits."""

from __future__ import annotations

import datetime

import panel as pn
import panel_material_ui as pmui

from dashboard.session.sampling import Sampling, numbers_text
from dashboard.texts import text
from dashboard.view import MOST
from dashboard.web.component import Viewer
from geodata.escaping import capped
from geodata.workspace.drawing import NUMBERS


class SampleNumbers(Viewer):
    """Small fields, folded away until a parameter is missing or they are asked for.

    They show what is given, else what is in force, and are empty where a number is missing. What is
    written and cannot be read is put back as it was.
    """

    def __init__(self, sampling: Sampling) -> None:
        super().__init__()
        self.sampling, lang = sampling, sampling.state.lang
        slim = {"size": "small", "margin": (6, 6, 2, 0)}
        self.seed = pmui.TextInput(label=text("sampling.seed", lang), width=100, **slim)
        self.fields = {
            name: pmui.TextInput(label=text(f"sampling.{name}", lang), width=150, **slim)
            for name in NUMBERS
        }
        self.day = pmui.TextInput(label=text("sampling.limits", lang), width=150, **slim)
        self.box = pn.FlexBox(
            *self.fields.values(), self.day, sizing_mode="stretch_width", margin=0, visible=False
        )
        self._showing = False
        for field in (self.seed, *self.fields.values(), self.day):
            field.param.watch(self._take, "value")
        self.fill()

    def __panel__(self) -> pn.viewable.Viewable:
        return self.box

    def fold(self) -> None:
        """Open the fields, or fold them away."""
        self.box.visible = not self.box.visible

    def fill(self, *, opened: bool = False) -> None:
        """Show what the state holds, and what is in force in the empty fields."""
        state = self.sampling.state
        given, known = self.sampling.given, self.sampling.in_force
        self._showing = True
        try:
            self.seed.value, self.day.value = str(state.seed), self.sampling.day.isoformat()
            for name, field in self.fields.items():
                value = known[name] if given[name] is None else given[name]
                field.value = "" if value is None else f"{value:.10g}"
        finally:
            self._showing = False
        self.box.visible = self.box.visible or opened

    def _take(self, *events: object) -> None:
        if self._showing:
            return
        state = self.sampling.state
        seed = capped(self.seed.value, 40).strip()
        given = {name: _number(field.value) for name, field in self.fields.items()}
        read = all(
            given[name] is not None or not field.value for name, field in self.fields.items()
        )
        day = _day(self.day.value)
        if not (seed.isdigit() and int(seed) <= MOST and read and day):
            self.fill()
            return
        known = self.sampling.in_force
        given = {name: None if value == known[name] else value for name, value in given.items()}
        usual = day == self.sampling.day.isoformat() and not state.limits
        state.param.update(seed=int(seed), numbers=numbers_text(given), limits="" if usual else day)


def _number(written: str) -> float | None:
    """Return a number from 0 that an address can hold; None for anything else."""
    plain = written.strip()
    if not (plain.isascii() and plain.replace(".", "", 1).isdigit()):
        return None
    return round(float(plain), 4) if float(plain) <= MOST else None


def _day(written: str) -> str:
    try:
        return datetime.date.fromisoformat(written.strip()).isoformat()
    except ValueError:
        return ""
