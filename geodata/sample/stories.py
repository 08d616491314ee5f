"""Troubles that come and are mended over the months, a few at a time, so that no month is without."""

from __future__ import annotations

import numpy as np

from geodata.sample.households import CHRONIC, DISABLED, SERIOUS
from geodata.sample.monitoring import HOUSE_RISK, OTHER_RISK, WATER_RISK
from geodata.sample.world import World

# A trouble lasts so many months, and so many months as these on the whole.
_LASTING = np.array((2, 3, 4, 5))
_TURN = 7


def in_trouble(world: World, fit: np.ndarray, month: int, *, salt: int, at_once: int) -> np.ndarray:
    """Return which of the rows where `fit` holds are in a trouble in a month, about `at_once` of them.

    Each is in it once, for two to five months. Nobody of a village that is written wrongly or merged,
    or of the township that is silent in a month, is among them.
    """
    order = np.random.default_rng([world.seed, salt]).permutation(np.flatnonzero(fit))
    span = len(world.plan.months) + _LASTING.max()
    count = min(len(order), -(-at_once * span // int(_LASTING.mean())))
    # Counted back from the last month shown, in which the last has just come.
    back = np.arange(count)[::-1] * span // max(count, 1)
    onset = world.plan.first + len(world.plan.months) - 2 - back
    since = month - onset
    return np.sort(order[:count][(since >= 0) & (since < _LASTING[np.arange(count) % 4])])


def few(world: World, share: int) -> int:
    """Return one in so many households, at least two."""
    return max(2, len(world.households) // share)


def in_order(world: World) -> np.ndarray:
    """Return which villages (rows) report every month under one name."""
    plan, places = world.plan, world.places
    silent = places.villages["township_code"] == places.townships["code"].iloc[plan.silent]
    odd = np.isin(np.arange(len(silent)), [*plan.misspelt, *plan.merged[:2]])
    return np.asarray(~silent & ~odd)


def _of_former_poor(world: World) -> np.ndarray:
    """Return which persons belong to formerly poor households of villages in order."""
    homes = world.households
    fit = homes["former_poor"].to_numpy() & in_order(world)[homes["village"]]
    return np.asarray(fit[world.persons["household"]])


def out_of_school(world: World, month: int) -> np.ndarray:
    """Return the persons (rows) who have left compulsory school in a month, until they are brought back."""
    last = world.plan.first + len(world.plan.months) - 1
    years = (last - world.persons["birth"].to_numpy()) / 12
    fit = _of_former_poor(world) & (years > 13) & (years < 15.5)
    return in_trouble(world, fit, month, salt=71, at_once=few(world, 1500))


def uninsured(world: World, month: int) -> np.ndarray:
    """Return the persons (rows) without basic insurance: most at the turn of the year, then enrolled."""
    age = (world.plan.first - world.persons["birth"].to_numpy()) // 12
    fit = _of_former_poor(world) & (age >= 20) & world.persons["works"].to_numpy()
    always = in_trouble(world, fit, month, salt=72, at_once=few(world, 1500))
    rng = np.random.default_rng([world.seed, 73, month // 12])
    missed = rng.permutation(np.flatnonzero(fit))[: 4 * few(world, 1500)]
    return np.union1d(always, missed[month % 12 <= np.arange(len(missed)) % _TURN])


def without_supplement(world: World, month: int) -> np.ndarray:
    """Return the persons (rows) without supplementary insurance: more in some townships, fewer late in a year."""
    persons, villages = world.persons, world.places.villages
    town = villages["township_code"].factorize()[0][world.households["village"]]
    share = 4 + 4 * (town % 4) - month % 12 // 3
    number = np.arange(len(world.households))
    member = persons["number"].to_numpy() == 2
    return np.flatnonzero(member & (number * 7919 % 100 < share)[persons["household"]])


def without_medicine(world: World, month: int) -> np.ndarray:
    """Return the chronic patients (rows of persons) whose medicine did not come; more in winter."""
    fit = _of_former_poor(world) & ((world.persons["health"].to_numpy() & CHRONIC) > 0)
    winter = month % 12 in (0, 1, 10, 11)
    return in_trouble(world, fit, month, salt=74, at_once=few(world, 400 if winter else 800))


def without_contract(world: World, month: int) -> np.ndarray:
    """Return the chronic patients (rows of persons) without a contract of service."""
    fit = _of_former_poor(world) & ((world.persons["health"].to_numpy() & CHRONIC) > 0)
    return in_trouble(world, fit, month, salt=75, at_once=few(world, 1000))


def without_aid(world: World, month: int, *, salt: int) -> np.ndarray:
    """Return the seriously ill (rows of persons) whom a kind of aid has not reached; two kinds, two salts."""
    fit = _of_former_poor(world) & ((world.persons["health"].to_numpy() & SERIOUS) > 0)
    return in_trouble(world, fit, month, salt=salt, at_once=few(world, 1500))


def unnamed_measures(world: World, month: int) -> np.ndarray:
    """Return the households (rows) for whose measures nobody answers by name."""
    fit = (world.episodes["identified"] >= 0).to_numpy()
    return in_trouble(world, fit, month, salt=76, at_once=few(world, 300))


def idle_villages(world: World, month: int, *, salt: int) -> np.ndarray:
    """Return the villages (rows) where those meant by `salt` do not call in a month."""
    villages = len(world.places.villages)
    return in_trouble(world, in_order(world), month, salt=salt, at_once=max(1, villages // 25))


TEAM, COMMITTEE, REPORT = 77, 78, 79


def paid_though_safe(world: World, month: int) -> np.ndarray:
    """Return the safe houses paid for renovation: their certificate is older than the repair, until corrected."""
    number = np.arange(len(world.households))
    fit = renovated(world) & (number % 3 > 0) & in_order(world)[world.households["village"]]
    return in_trouble(world, fit, month, salt=80, at_once=few(world, 700))


def wrong_cause(world: World, month: int) -> np.ndarray:
    """Return the households (rows) down as poor by disability though nobody of them is disabled."""
    persons, risk = world.persons, world.episodes["risk_1"]
    disabled = persons["household"][(persons["health"] & DISABLED) > 0]
    fit = (world.episodes["identified"] >= 0) & ~risk.isin([HOUSE_RISK, OTHER_RISK, WATER_RISK])
    fit &= ~np.isin(np.arange(len(risk)), disabled) & in_order(world)[world.households["village"]]
    return in_trouble(world, fit.to_numpy(), month, salt=84, at_once=few(world, 300))


def two_posts(world: World, month: int) -> np.ndarray:
    """Return the households (rows) at home in their village whose holder of a public post has a second one."""
    holds = world.economy.traits["post_number"].to_numpy() > 0
    fit = holds & (world.households["site"] < 0) & in_order(world)[world.households["village"]]
    return in_trouble(world, fit, month, salt=83, at_once=few(world, 1000))


def renovated(world: World) -> np.ndarray:
    """Return which households (rows) were paid for the renovation of their house."""
    return np.random.default_rng([world.seed, 85]).random(len(world.households)) < 0.03
