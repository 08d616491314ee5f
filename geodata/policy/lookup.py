"""The answer to "which value holds here on this day", also when there is none."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.i18n import default_language, text

if TYPE_CHECKING:
    from geodata.policy.parameter import DatedValue, Parameter

STATES = ("in_force", "unconfirmed", "not_set", "not_in_force")


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
    found: DatedValue | None

    @property
    def value(self) -> float | int | bool | str | None:
        """Return the value in force, or None when the rule must answer unknown."""
        return self.found.value if self.found is not None and self.state == "in_force" else None

    @property
    def proposed(self) -> object | None:
        """Return the value that a person has still to confirm, or None."""
        return self.found.value if self.found is not None and self.state == "unconfirmed" else None

    @property
    def comparable(self) -> float | int | str | None:
        """Return the value as rules compare it: money in fen, truth as 0 or 1; None if not usable.

        A value in another unit than its parameter (working days against days) is not comparable.
        """
        value = self.value
        if value is None or (self.found and self.found.unit is not None):
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
