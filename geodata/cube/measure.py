"""An indicator as it is defined once: who is counted, what is summed, and which end is worse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.entries import check_value, mapping_of
from geodata.errors import ThemeError
from geodata.rules import Subject, base_subjects

WORSE = ("high", "low", "none")
ADDS_UP = ("sum", "ratio")
_FIELDS = (
    "title",
    "unit",
    "worse",
    "adds_up",
    "subject",
    "numerator",
    "denominator",
    "scope",
    "rules",
    "explained_by",
    "target",
    "document",
)


@dataclass(frozen=True)
class Measure:
    """One indicator of a theme.

    Over the subjects in `scope` it sums `numerator` and `denominator`, SQL over the features of
    `theme` and `subject`; a subject with an unknown part counts as missing. With `rules` the
    numerator is whether any of them is broken; a subject is missing when none can be answered. `adds_up` sum has no denominator. Sums of yuan are
    written in fen and shown in yuan when the unit is 元. `target` is a policy parameter,
    `explained_by` the rules whose findings explain a figure that is not a count of them.
    """

    key: str
    theme: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    worse: str
    adds_up: str
    subject: str = "household"
    numerator: str = ""
    denominator: str = "1"
    scope: str = "TRUE"
    rules: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()
    target: str = ""
    document: Mapping[str, str] | None = None

    @property
    def table(self) -> str:
        """Return the name of the feature set the indicator sums over."""
        return f"{self.theme}_{self.subject}"

    @property
    def own_rules(self) -> tuple[str, ...]:
        """Return the rules whose findings say why the figure is what it is."""
        return self.rules or self.explained_by

    @property
    def is_money(self) -> bool:
        """Return whether the numerator is summed in fen and shown in yuan."""
        return self.unit["zh"].startswith("元")


def read_measures(
    file: Path, theme: str, subjects: Mapping[str, Subject] | None = None
) -> tuple[Measure, ...]:
    """Return the indicators of one file in order; raises ThemeError naming what is wrong.

    `subjects` are those they may be about; by default those that every theme knows.
    """
    known = tuple(subjects or base_subjects())
    entries = mapping_of(file)
    return tuple(_read(file, theme, key, entry, known) for key, entry in entries.items())


def _read(
    file: Path, theme: str, key: str, entry: Mapping[str, Any], subjects: tuple[str, ...]
) -> Measure:
    place = f"{file} {key}"
    unknown = [name for name in entry if name not in _FIELDS]
    if unknown:
        raise ThemeError(
            "rules.fault_field", place=place, field=unknown[0], near=", ".join(_FIELDS)
        )
    if bool(entry.get("rules")) == bool(entry.get("numerator")):
        raise ThemeError("rules.fault_absent", place=place, field="numerator | rules")
    for field, known in (("worse", WORSE), ("adds_up", ADDS_UP), ("subject", subjects)):
        check_value(place, field, entry.get(field, known[0]), known)
    listed = {name: tuple(entry.get(name, ())) for name in ("rules", "explained_by")}
    given = {name: value for name, value in entry.items() if name not in listed}
    for name in ("numerator", "denominator", "scope"):
        if name in given:
            given[name] = str(given[name])
    return Measure(key=key, theme=theme, **listed, **given)
