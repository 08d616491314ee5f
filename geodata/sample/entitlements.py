"""Households that are entitled to a payment and never get it: two for each kind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from geodata.sample.people import DISABLED
from geodata.sample.planted import Case
from geodata.sample.world import World

# Item of the account -> the rule that must find that it never came.
RULES = {
    "d4": "pension_not_paid",
    "d6d": "old_age_allowance_not_paid",
    "d6f": "disability_allowance_not_paid",
    "d6g": "education_allowance_not_paid",
}
_EACH = 2
# The rules need a year of accounts.
_MONTHS = 12


def denied(world: World) -> Mapping[str, np.ndarray]:
    """Return the households (rows) whose account never shows an item; no household twice."""
    plan, persons, homes = world.plan, world.persons, world.households
    who = persons["household"].to_numpy()
    last = plan.first + len(plan.months) - 1
    age = (last - persons["birth"].to_numpy()) // 12
    # Ages are a year above and below the edges, so that no birthday falls into the twelve months.
    pupil = (age >= 8) & (age <= 14)
    disabled = (persons["health"].to_numpy() & DISABLED) > 0
    towns = world.places.villages["township_code"].to_numpy()[homes["village"]]
    silent = towns == world.places.townships["code"].iloc[plan.silent]
    odd = np.isin(homes["village"], [*plan.misspelt, *plan.merged[:2]])
    fit = world.registered & ~silent & ~odd
    able = {
        "d4": age >= 62,
        "d6d": age >= 82,
        "d6f": disabled & world.economy.traits["dibao"].to_numpy()[who],
        "d6g": pupil & homes["former_poor"].to_numpy()[who],
    }
    found: dict[str, np.ndarray] = {}
    taken = np.zeros(len(homes), dtype=bool)
    for item, mask in able.items():
        chosen = np.unique(who[mask & fit[who] & ~taken[who]])[:_EACH]
        taken[chosen] = True
        found[item] = chosen
    return found


def entitlement_cases(world: World) -> list[Case]:
    """Return the households that a rule must flag, when there is a year of accounts."""
    if len(world.plan.months) < _MONTHS:
        return []
    return [
        Case(RULES[item], "household", f"99{number + 1:011d}")
        for item, chosen in denied(world).items()
        for number in chosen
    ]
