"""What the wall of a ledger is made of, read once: entries, tasks, and what is next for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.answers.source import Source
from dashboard.answers.titles import short_name
from dashboard.answers.wall_rows import FLAG_COLUMNS, IS_FOUND, LONGEST
from dashboard.texts import text
from dashboard.view import View
from geodata.access import Request
from geodata.escaping import plain_text
from geodata.rules import Rule
from geodata.themes import Theme
from geodata.themes.base import LEDGER_ENTRY, LEDGER_TASK, Ledger
from geodata.workspace.as_of import tables_on

# From the most urgent on: past the bottom line, overdue, nearly due, due soon, later, without a day.
BANDS = ("past", "red", "yellow", "blue", "later", "undated")
_FOUND = (IS_FOUND,)
# Reads columns of a table as one viewer may see them.
ReadTable = Callable[[str, tuple[str, ...]], pd.DataFrame]
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
        """Return the day as of which it is told: that of the view, else the last of the month."""
        return self.view.as_of

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
    read = _reading(source, view, theme, ledger)
    key, task_key = (theme.subjects[one].key for one in (ledger.entry, ledger.tasks))
    entries = _rows(read, theme, ledger.entry, (key,), LEDGER_ENTRY, ledger.of_entry)
    tasks = _rows(read, theme, ledger.tasks, (key, task_key), LEDGER_TASK, ledger.of_task)
    for frame, name in ((entries, "closed"), (tasks, "open")):
        frame[name] = frame[name].fillna(False).astype(bool)
    tasks = tasks.rename(columns={key: "entry", task_key: "task_key"})
    order = tasks["colour"].map({name: at for at, name in enumerate(BANDS)}).fillna(len(BANDS))
    tasks = tasks.assign(order=order).sort_values(["order", "days", "task_key"], kind="stable")
    entries = entries.rename(columns={key: "entry"}).set_index("entry")
    steps = _next_steps(read, theme, ledger, tasks, view.lang)
    return LedgerRead(source, view, theme, ledger, entries, tasks, steps)


def _reading(source: Source, view: View, theme: Theme, ledger: Ledger) -> ReadTable:
    """Return what reads columns of a table for the viewer: as built for the month, or as of the view's day."""
    reader = source.county.places(view.period, actor=source.actor, guard=source.guard)
    if not view.on:
        return lambda table, columns: (
            reader.rows(
                Request(table, columns=columns, filters=_FOUND if table == "flags" else ())
            ).frame
        )
    on = tables_on(
        source.county.setup,
        view.period,
        view.as_of,
        theme.key,
        (ledger.entry, ledger.tasks),
    )

    def read(table: str, columns: tuple[str, ...]) -> pd.DataFrame:
        if table == "flags":
            return reader.computed(
                on.flags.loc[on.flags["answer"] == "yes", list(columns)], table
            ).frame
        return reader.computed(on.features[table][list(columns)], table).frame

    return read


def _rows(
    read: ReadTable,
    theme: Theme,
    subject: str,
    keys: tuple[str, ...],
    words: tuple[str, ...],
    told: Mapping[str, str],
) -> pd.DataFrame:
    """Return the rows of a subject by the words that the theme tells; what it does not tell is unknown."""
    columns = (*keys, "place_code", *told.values())
    frame = read(f"{theme.key}_{subject}", tuple(dict.fromkeys(columns)))
    unknown = pd.Series(pd.NA, index=frame.index)
    known = {word: frame[told[word]] if word in told else unknown for word in words}
    return pd.concat([frame[[*keys, "place_code"]], pd.DataFrame(known, index=frame.index)], axis=1)


def _next_steps(
    read: ReadTable, theme: Theme, ledger: Ledger, tasks: pd.DataFrame, lang: str
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
    flags = read("flags", FLAG_COLUMNS)
    of_task = tasks.set_index("task_key")["entry"]
    whose = flags["subject"].where(
        flags["subject_kind"] == ledger.entry, flags["subject"].map(of_task)
    )
    broken = flags["rule"].groupby(whose).agg(set)
    return {
        str(entry): next(rule.remedy[lang] for rule in rules if rule.key in keys)
        for entry, keys in broken.items()
        if keys & {rule.key for rule in rules}
    }
