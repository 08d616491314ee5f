"""What the wall of a ledger is made of, read once: entries, tasks, and what is next for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.answers.source import Source
from dashboard.answers.titles import short_name
from dashboard.answers.wall_rows import FLAG_COLUMNS, IS_FOUND, LONGEST
from dashboard.texts import text
from dashboard.view import View
from geodata.access import Reader, Request
from geodata.escaping import plain_text
from geodata.periods import last_day
from geodata.rules import Rule
from geodata.themes import Theme
from geodata.themes.base import LEDGER_ENTRY, LEDGER_TASK, Ledger

# From the most urgent on: past the bottom line, overdue, nearly due, due soon, later, without a day.
BANDS = ("past", "red", "yellow", "blue", "later", "undated")
_SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class LedgerRead:
    """What was read of a ledger: entries and tasks by the words of the theme, and the next step of each."""

    source: Source
    view: View
    theme: Theme
    ledger: Ledger
    entries: pd.DataFrame
    tasks: pd.DataFrame
    steps: Mapping[str, str]

    @property
    def lang(self) -> str:
        """Return the language of the view."""
        return self.view.lang

    @property
    def day(self) -> date:
        """Return the last day of the month."""
        return last_day(self.view.period)

    def said(self, name: str, **told: object) -> str:
        """Return a text about the ledger."""
        return text(f"ledger.{name}", self.lang, **told)

    def village(self, place: str) -> str:
        """Return the name of a village, or its code where the map does not know it."""
        places = self.source.atlas.places.index
        return (
            short_name(self.source.atlas.name(place)) if place in places else plain_text(place, 20)
        )

    def choice(self, name: str, value: Any) -> str:
        """Return a value of a list of allowed ones in words."""
        if pd.isna(value):
            return ""
        choices = self.theme.choices_of(self.ledger.of_entry[name])
        said = str(value) if choices is None else choices.label(str(value), self.lang)
        return plain_text(said, LONGEST)

    def day_text(self, day: date) -> str:
        """Return a day, with its year where that is another than the month's."""
        key = "day" if day.year == self.day.year else "day_year"
        return self.said(key, year=day.year, month=day.month, day=day.day)

    def limit(self, key: str) -> int | None:
        """Return how many days before its day a task takes a colour, as it is set or by default."""
        parameter = self.ledger.limits.get(key)
        if parameter is None:
            return None
        names = (parameter, f"{parameter}.default")
        numbers = (self.source.number_set(name, self.view.period) for name in names)
        return next((int(number) for number in numbers if number is not None), None)


def read_ledger(source: Source, view: View, theme: Theme, ledger: Ledger) -> LedgerRead:
    """Read entries, their tasks and what the rules found of both."""
    reader = source.county.places(view.period, actor=source.actor, guard=source.guard)
    key, task_key = (theme.subjects[one].key for one in (ledger.entry, ledger.tasks))
    entries = _rows(reader, theme, ledger.entry, (key,), LEDGER_ENTRY, ledger.of_entry)
    tasks = _rows(reader, theme, ledger.tasks, (key, task_key), LEDGER_TASK, ledger.of_task)
    for frame, name in ((entries, "closed"), (tasks, "open")):
        frame[name] = frame[name].fillna(False).astype(bool)
    tasks = tasks.rename(columns={key: "entry", task_key: "task_key"})
    order = tasks["colour"].map({name: at for at, name in enumerate(BANDS)}).fillna(len(BANDS))
    tasks = tasks.assign(order=order).sort_values(["order", "days", "task_key"], kind="stable")
    entries = entries.rename(columns={key: "entry"}).set_index("entry")
    steps = _next_steps(reader, theme, ledger, tasks, view.lang)
    return LedgerRead(source, view, theme, ledger, entries, tasks, steps)


def _rows(
    reader: Reader,
    theme: Theme,
    subject: str,
    keys: tuple[str, ...],
    words: tuple[str, ...],
    told: Mapping[str, str],
) -> pd.DataFrame:
    """Return the rows of a subject by the words that the theme tells; what it does not tell is unknown."""
    columns = (*keys, "place_code", *told.values())
    frame = reader.rows(Request(f"{theme.key}_{subject}", columns=columns)).frame
    unknown = pd.Series(pd.NA, index=frame.index)
    known = {word: frame[told[word]] if word in told else unknown for word in words}
    return pd.concat([frame[[*keys, "place_code"]], pd.DataFrame(known, index=frame.index)], axis=1)


def _next_steps(
    reader: Reader, theme: Theme, ledger: Ledger, tasks: pd.DataFrame, lang: str
) -> dict[str, str]:
    """Return by entry the remedy of the gravest finding of it or its tasks, one with a date first."""
    rules = [
        rule
        for rule in theme.rules
        if rule.subject in (ledger.entry, ledger.tasks) and rule.kind == "finding"
    ]

    def grave(rule: Rule) -> tuple[int, int]:
        due = theme.due.index(rule.key) if rule.key in theme.due else len(theme.due)
        return due, _SEVERITIES.index(rule.severity)

    rules.sort(key=grave)
    asked = (("rule", "in", tuple(rule.key for rule in rules)), IS_FOUND)
    flags = reader.rows(Request("flags", columns=FLAG_COLUMNS, filters=asked)).frame
    of_task = tasks.set_index("task_key")["entry"]
    whose = flags["subject"].where(
        flags["subject_kind"] == ledger.entry, flags["subject"].map(of_task)
    )
    broken = flags["rule"].groupby(whose).agg(set)
    return {
        str(entry): next(rule.remedy[lang] for rule in rules if rule.key in keys)
        for entry, keys in broken.items()
    }
