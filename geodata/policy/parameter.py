"""A parameter of the policy: its values by place and day, and the answer to which one holds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geodata.i18n import default_language, text
from geodata.policy.reference import Reference
from geodata.quantity import MONEY, Unit

# Whom a value is set for when it is any place, and the levels of places it may be set for.
PLACE = "place"
PLACES = (PLACE, "village", "township", "county")
STATES = ("in_force", "unconfirmed", "not_set", "not_in_force")


@dataclass(frozen=True)
class DatedValue:
    """One value with the places and days it holds for.

    `value` None means that the county must set it. `places` are code prefixes, () when the source
    does not say where it holds; "" is the prefix of every place. `since` None means that the source
    shows no first day; `until` None that it is open. `proposal` marks a default that is not used
    before the county has set it. `unit` is given only when it differs from the parameter's.
    """

    value: float | int | bool | str | None
    places: tuple[str, ...]
    scope: Mapping[str, str]
    reference: Reference
    since: datetime.date | None = None
    until: datetime.date | None = None
    proposal: bool = False
    unit: Unit | None = None

    def covers(self, day: datetime.date) -> bool:
        """Return whether the day lies between first and last day, both included."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until)

    def prefix_for(self, place: str) -> str | None:
        """Return the longest of the value's prefixes that the place lies in, or None."""
        return max((p for p in self.places if place.startswith(p)), key=len, default=None)

    @property
    def state(self) -> str:
        """Return in_force, unconfirmed or not_set for this value by itself."""
        if self.value is None:
            return "not_set"
        undated = self.since is None and self.reference.status in ("sourced", "unverified")
        return "unconfirmed" if undated or self.proposal else "in_force"


@dataclass(frozen=True)
class Lookup:
    """One parameter at one place on one day.

    `state` is one of STATES; `found` is the dated value chosen, None when no value covers the
    place and day. Only a value in force is used; `proposed` shows one that waits for confirmation.
    """

    parameter: Parameter
    place: str
    day: datetime.date
    state: str
    dated: DatedValue | None

    @property
    def value(self) -> float | int | bool | str | None:
        """Return the value in force, or None when the rule must answer unknown."""
        return self.dated.value if self.dated is not None and self.state == "in_force" else None

    @property
    def proposed(self) -> object | None:
        """Return the value that a person has still to confirm, or None."""
        return self.dated.value if self.dated is not None and self.state == "unconfirmed" else None

    @property
    def comparable(self) -> float | int | str | None:
        """Return the value as rules compare it: money in fen, truth as 0 or 1; None if not usable.

        A value in another unit than its parameter (working days against days) is not comparable.
        """
        value = self.value
        if value is None or (self.dated and self.dated.unit is not None):
            return None
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return int(value)
        assert isinstance(value, (int, float))
        return round(value * self.parameter.unit.fen) if self.parameter.is_money else value

    def reason(self, lang: str | None = None) -> str:
        """Return why there is no usable value, in a few words; empty when there is one."""
        title = self.parameter.title[lang or default_language()]
        if self.state == "in_force":
            return (
                "" if self.comparable is not None else text("policy.other_unit", lang, title=title)
            )
        return text(f"policy.{self.state}", lang, title=title, value=self.proposed, day=self.day)

    def advice(self, lang: str | None = None) -> str:
        """Return how the county sets the value in its workspace."""
        return text("policy.how_to_set", lang, name=self.parameter.key, year=self.day.year)


@dataclass(frozen=True)
class Parameter:
    """A named value of the policy by place and day; `file` is where its values are written.

    `quantity` is a key of `geodata.quantity.QUANTITIES`. `each` is whom one value is set for: a thing
    (household, works), a level of places, or PLACE for any of them; empty where nothing is classed by it.
    """

    key: str
    title: Mapping[str, str]
    quantity: str
    unit: Unit
    values: tuple[DatedValue, ...]
    file: Path
    each: str = ""

    @property
    def is_money(self) -> bool:
        """Return whether values are written in yuan and compared in fen."""
        return self.unit.of == MONEY

    @property
    def is_text(self) -> bool:
        """Return whether values are words and not numbers."""
        return self.quantity == "words"

    def at(self, place: str, day: datetime.date) -> Lookup:
        """Return the value for a place code on a day.

        The longest prefix wins, then the latest first day that is not after the day.
        """
        fitting = [
            (len(prefix), value.since or datetime.date.min, -number, value)
            for number, value in enumerate(self.values)
            if value.covers(day) and (prefix := value.prefix_for(place)) is not None
        ]
        if not fitting:
            return Lookup(self, place, day, "not_in_force", None)
        chosen = max(fitting, key=lambda candidate: candidate[:3])[3]
        return Lookup(self, place, day, chosen.state, chosen)
