"""What came into force, ended or was replaced between two days."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from geodata.policy.parameter import Lookup
from geodata.policy.policy import Policy


@dataclass(frozen=True)
class ParameterChange:
    """A parameter whose answer on a later day differs from the one on an earlier day."""

    key: str
    before: Lookup
    after: Lookup


def changes_since(
    policy: Policy, place: str, *, since: datetime.date, day: datetime.date
) -> tuple[ParameterChange, ...]:
    """Return the parameters of a place whose value or state on `day` differs from that on `since`."""
    pairs = ((p.key, p.at(place, since), p.at(place, day)) for p in policy)
    return tuple(
        ParameterChange(key, before, after)
        for key, before, after in pairs
        if (before.state, before.value) != (after.state, after.value)
    )
