"""A parameter of the policy: its values by place and day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geodata.policy.lookup import Lookup
from geodata.policy.reference import Reference
from geodata.quantity import MONEY, Unit


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
class Parameter:
    """A named value of the policy by place and day; `file` is where its values are written.

    `quantity` is a key of `geodata.quantity.QUANTITIES`.
    """

    key: str
    title: Mapping[str, str]
    quantity: str
    unit: Unit
    values: tuple[DatedValue, ...]
    file: Path

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
        found = [
            (len(prefix), value.since or datetime.date.min, -number, value)
            for number, value in enumerate(self.values)
            if value.covers(day) and (prefix := value.prefix_for(place)) is not None
        ]
        if not found:
            return Lookup(self, place, day, "not_in_force", None)
        chosen = max(found, key=lambda candidate: candidate[:3])[3]
        return Lookup(self, place, day, chosen.state, chosen)
