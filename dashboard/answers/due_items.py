"""What is due on a day in the viewer's own places, each in a sentence."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from dashboard.answers.titles import short_name
from dashboard.texts import text
from geodata.access import Actor, Guard
from geodata.errors import StoreError
from geodata.escaping import plain_text
from geodata.i18n import listed
from geodata.tables import enumerations
from geodata.themes import Theme
from geodata.themes.base import DECISION, PARAMETER, Clock
from geodata.workspace import Workspace
from geodata.workspace.clocks import COLOURS, due_on, within_reach

_LONGEST = 80


@dataclass(frozen=True)
class DueItem:
    """One thing that is due: `kind` of clock, its key, where, when, how urgent, who answers, and all in words.

    `household` is None where it is about none, `due` and `days_left` where the day is not known.
    """

    kind: str
    id: str
    place: str
    household: str | None
    due: str | None
    days_left: int | None
    colour: str
    owner: str
    sentence: str


@dataclass(frozen=True)
class DueDay:
    """What is due as of a day, most urgent first; `month` is the last of which anything is known.

    `titles` names each kind, in the order of the themes.
    """

    day: datetime.date
    month: str
    items: tuple[DueItem, ...]
    titles: Mapping[str, str]

    def counts(self, kind: str) -> Counter[str]:
        """Return how many of a kind have each colour."""
        return Counter(one.colour for one in self.items if one.kind == kind)


def due_of(
    county: Workspace,
    actor: Actor,
    guard: Guard,
    day: datetime.date,
    *,
    place: str = "",
    lang: str,
    kinds: Iterable[str] | None = None,
) -> DueDay:
    """Return what is due as of a day within a place, as an actor may see it, on record.

    Raises StoreError for a day before all months or a place that is none, ScopeError where the actor
    may read no rows there.
    """
    month, frame = due_on(county.setup, day, kinds)
    listed_places = county.setup.place_register.places.index
    if place not in ("", *listed_places) and not any(frame["place_code"].str.startswith(place)):
        raise StoreError("workspace.no_place", month=month, place=place)
    read = partial(within_reach, frame, place=place)
    seen = read(
        county.people(month, actor=actor, guard=guard),
        county.places(month, actor=actor, guard=guard),
    )
    words = _DueSentences(county, lang)
    items = tuple(words.item(row) for row in seen.to_dict("records"))
    return DueDay(day, month, items, kinds_of_due(county, lang))


def kinds_of_due(county: Workspace, lang: str) -> dict[str, str]:
    """Return the title of each kind of what may be due, in the order of the themes."""
    clocks = [clock for theme in county.setup.themes for clock in theme.clocks]
    titles = {clock.key: clock.title[lang] for clock in clocks}
    return titles | {kind: text(f"due.{kind}", lang) for kind in (PARAMETER, DECISION)}


class _DueSentences:
    """Sentences about rows of what is due, in one language."""

    def __init__(self, county: Workspace, lang: str) -> None:
        self._setup, self._lang = county.setup, lang
        self._clocks: dict[str, tuple[Theme, Clock]] = {
            clock.key: (theme, clock) for theme in county.setup.themes for clock in theme.clocks
        }
        lists = [*enumerations().values()]
        lists += [one for theme in county.setup.themes for one in theme.lists.values()]
        self._choices = {
            choice.value: choice.title[lang] for one in lists for choice in one.choices
        }

    def item(self, row: Mapping[Any, Any]) -> DueItem:
        left = None if pd.isna(row["days_left"]) else int(row["days_left"])
        colour = str(row["colour"])
        return DueItem(
            kind=str(row["kind"]),
            id=str(row["id"]),
            place=str(row["place_code"]),
            household=None if pd.isna(row["household_code"]) else str(row["household_code"]),
            due=None if left is None else str(row["due_day"]),
            days_left=left,
            colour=colour if colour in COLOURS else COLOURS[-1],
            owner=self._owner(row),
            sentence=self._sentence(row, left),
        )

    def _owner(self, row: Mapping[Any, Any]) -> str:
        named = _parts(row["owner"])
        known = self._clocks.get(str(row["kind"]))
        office = known[1].office.get(self._lang, "") if known and not named else ""
        return listed(named or filter(None, [office]), self._lang)

    def _sentence(self, row: Mapping[Any, Any], left: int | None) -> str:
        lang, kind = self._lang, str(row["kind"])
        about = self._about(row)
        title = self._clocks[kind][1].title[lang] if kind in self._clocks else ""
        title = title or text(f"due.{kind}", lang)
        said = text("due.about", lang, title=title, about=about) if about else title
        if str(row["id"]) not in (row["household_code"], row["place_code"]) and kind != PARAMETER:
            said = text("due.numbered", lang, said=said, number=plain_text(row["id"], _LONGEST))
        said = text("due.at", lang, place=self._place(str(row["place_code"])), said=said)
        if left is None:
            said += text("due.undated", lang)
        else:
            key = "today" if left == 0 else "over" if left < 0 else "left"
            said += text(f"due.{key}", lang, days=abs(left), day=row["due_day"])
        if not pd.isna(row["first_due_day"]):
            by, why = _parts(row["moved_by"]), _parts(row["moved_why"])
            moved = {"first": row["first_due_day"], "day": row["moved_day"]}
            who = listed(by, lang) or text("due.nobody", lang)
            said += text("due.moved", lang, who=who, **moved)
            said += text("due.why", lang, why=listed(why, lang)) if why else ""
        if row["provisional"] is True:
            said += text("due.provisional", lang)
        return plain_text(said, 4 * _LONGEST)

    def _place(self, code: str) -> str:
        names = self._setup.place_register.places["name"]
        return short_name(str(names[code])) if code in names.index else plain_text(code, 20)

    def _about(self, row: Mapping[Any, Any]) -> str:
        """Return what a row is about: words of lists of allowed values and titles of rules in their language."""
        if row["kind"] == PARAMETER:
            key = str(row["id"])
            known = self._setup.policy.parameters.get(key)
            return key if known is None else known.title[self._lang]
        rules = self._setup.rules
        told = [
            rules[part].title[self._lang] if part in rules else self._choices.get(part, part)
            for part in _parts(row["about"])
        ]
        return listed((plain_text(one, _LONGEST) for one in told), self._lang)


def _parts(value: Any) -> list[str]:
    """Return the parts of a text between bars."""
    if value is None or pd.isna(value):
        return []
    return [plain_text(one, _LONGEST) for one in str(value).split("|") if one]
