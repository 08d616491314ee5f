"""All parameters that are known, and the lookup of several at once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from geodata.errors import PolicyError
from geodata.i18n import nearest
from geodata.policy.parameter import DatedValue, Lookup, Parameter
from geodata.policy.reference import Reference

_YEARS_AGO = re.compile(r"\.years_ago_([1-9][0-9]?)$")


def split_years(key: str) -> tuple[str, int]:
    """Return the key of a parameter and how many years ago its value is meant.

    ``its.key.years_ago_2`` is the value of two years ago: a threshold of the year it judges.
    """
    match = _YEARS_AGO.search(key)
    return (key[: match.start()], int(match[1])) if match else (key, 0)


def day_meant(key: str, day: datetime.date) -> datetime.date:
    """Return the day whose value a key means: the day itself, or the last of an earlier year."""
    years = split_years(key)[1]
    return datetime.date(day.year - years, 12, 31) if years else day


@dataclass(frozen=True)
class Policy:
    """Parameters by key; immutable, so that a what-if works on a copy."""

    parameters: Mapping[str, Parameter]

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters.values())

    def __getitem__(self, key: str) -> Parameter:
        """Return one parameter; an unknown key raises PolicyError naming the nearest known ones."""
        key = split_years(key)[0]
        if key not in self.parameters:
            near = nearest(key, self.parameters, most=3, cutoff=0.5)
            raise PolicyError("policy.unknown_key", name=key, near=near)
        return self.parameters[key]

    def at(self, key: str, place: str, day: datetime.date) -> Lookup:
        """Return the value of one key for a place code on a day."""
        return self[key].at(place, day_meant(key, day))

    def comparable(
        self, keys: Iterable[str], place: str, day: datetime.date
    ) -> dict[str, float | int | str | None]:
        """Return each key's value as it is compared (money in fen), None where it is not usable."""
        return {key: self.at(key, place, day).comparable for key in keys}

    def texts(self, keys: Iterable[str]) -> frozenset[str]:
        """Return those of the keys whose values are words."""
        return frozenset(key for key in keys if self[key].is_text)

    def with_values(self, values: Mapping[str, float | int | bool | str | None]) -> Policy:
        """Return a copy in which the given keys have one value everywhere and always."""
        changed = {}
        for key, value in values.items():
            scope = {"zh": "", "en": ""}
            reference = Reference("unset" if value is None else "county", "W")
            changed[key] = replace(self[key], values=(DatedValue(value, ("",), scope, reference),))
        return Policy({**self.parameters, **changed})

    def prefix_width(self, keys: Iterable[str]) -> int:
        """Return the longest place prefix that any value of these keys is written for."""
        return max((len(p) for k in keys for v in self[k].values for p in v.places), default=0)
