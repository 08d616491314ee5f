"""The whole invented county before it is written: places, people, plan, water and economy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyproj import Transformer

from geodata.sample.households import make_households, make_persons
from geodata.sample.income import (
    Economy,
    MonthlyAccounts,
    living_on_policy,
    living_on_policy_alone,
    make_economy,
    month_account,
)
from geodata.sample.monitoring import HOUSE_RISK, WATER_RISK, family_facts, make_episodes
from geodata.sample.places import CRS, Places, make_places
from geodata.sample.plan import LAST_MONTH, Plan, line_of, make_plan, month_number
from geodata.sample.sites import make_sites, relocate
from geodata.sample.water import dry_days, make_works


@dataclass(frozen=True)
class World:
    """The invented county: who lives where, and what is planted. Tables are joined by row number."""

    seed: int
    places: Places
    plan: Plan
    sites: pd.DataFrame
    households: pd.DataFrame
    persons: pd.DataFrame
    episodes: pd.DataFrame
    works: pd.DataFrame
    economy: Economy

    @property
    def registered(self) -> np.ndarray:
        """Return which households are formerly poor or at some time monitored."""
        return (self.households["former_poor"] | (self.episodes["identified"] >= 0)).to_numpy()


@dataclass(frozen=True)
class Month:
    """The county at the end of a month.

    `state` has one row per household; sums of money are yuan of the 12 months up to it. `account`
    is the month's own, `work_months` the months worked of 12 per person, `dry` the days without
    water per village.
    """

    number: int
    state: pd.DataFrame
    account: MonthlyAccounts
    work_months: np.ndarray
    dry: np.ndarray


def make_world(
    *, villages: int, households: int, months: int, seed: int, until: str = LAST_MONTH
) -> World:
    """Return the invented county, `until` its last month; the same numbers give the same county."""
    places = make_places(villages, max(villages // 16, 2), seed)
    rng = np.random.default_rng([seed, 3])
    plan = make_plan(rng, places, months, until)
    sites = make_sites(rng, places)
    homes = relocate(rng, places, make_households(rng, places, households), sites)
    homes[["longitude", "latitude"]] = _degrees(homes)
    alone = living_on_policy_alone(homes)
    homes.loc[alone, ["farmland", "orchard_land"]] = 0.0
    last = month_number(until)
    persons = make_persons(rng, homes, last)
    # Where policy pays for nearly everybody, few work.
    idle = living_on_policy(homes)[persons["household"]]
    idle &= np.random.default_rng([seed, 44]).random(len(persons)) < 0.65
    persons["works"] &= ~(idle | alone[persons["household"]])
    facts = family_facts(persons, households, plan.first)
    later = family_facts(persons, households, last)
    for name in ("worker", "labour"):  # a risk or a removal must fit the family to the end
        facts[name] = np.minimum(facts[name], later[name])
    episodes = make_episodes(rng, homes, facts, plan)
    poor = (episodes["identified"] >= 0).to_numpy()
    size = np.bincount(homes["village"], minlength=villages)
    works = make_works(rng, places, plan, size)
    economy = make_economy(seed, homes, persons, poor=poor, plan=plan)
    return World(seed, places, plan, sites, homes, persons, episodes, works, economy)


def _degrees(homes: pd.DataFrame) -> np.ndarray:
    """Return longitude and latitude (CGCS2000) to six decimals, about 0.1 m."""
    to_degrees = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    return np.column_stack(to_degrees.transform(homes["x"], homes["y"])).round(6)


def live(world: World, extra: int = 0) -> Iterator[Month]:
    """Yield the county month by month, and `extra` months beyond the last one shown."""
    plan = world.plan
    year: list[tuple[np.ndarray, ...]] = []
    incomes: list[np.ndarray] = []
    for number in range(plan.first - 11, plan.first + len(plan.months) + extra):
        account = month_account(world.economy, number)
        spent = (account.out_of_pocket, account.claims, account.rigid)
        year.append((account.parts(), *spent, account.working))
        year = year[-12:]
        if number < plan.first:
            continue
        parts, own, claims, rigid, worked = (
            np.sum(entries, axis=0) for entries in zip(*year, strict=True)
        )
        rng = np.random.default_rng([world.seed, 6, number])
        dry = dry_days(rng, world.works, plan, number)
        state = _state(world, number, dry)
        state[["wage", "business", "property", "transfer", "expense"]] = parts.T
        state["net"] = parts[:4].sum(axis=0) - parts[4]
        state["per_head"] = state["net"] / state["people"]
        state["out_of_pocket"], state["claims"], state["rigid"] = own, claims, rigid
        incomes.append(state["per_head"].to_numpy())
        before = incomes[-13] if len(incomes) > 12 else incomes[-1]
        state["poorer"] = incomes[-1] < 0.72 * before
        # What is left after illness and misfortune is not enough to live on.
        state["poorer"] |= (state["net"] + claims - rigid) / state["people"] < line_of(number)
        yield Month(number, state, account, worked.astype(int), dry)


def _state(world: World, number: int, dry: np.ndarray) -> pd.DataFrame:
    """Return what is on the lists about each household in a month, without its money."""
    facts = family_facts(world.persons, len(world.households), number)
    episodes, village = world.episodes, world.households["village"].to_numpy()
    identified = episodes["identified"].to_numpy()
    listed = (identified >= 0) & (identified <= number)
    removed = listed & (episodes["removed"] >= 0) & (episodes["removed"] <= number)
    active, since = listed & ~removed, number - identified
    ridge = world.works["ridge"].to_numpy()[village]
    thirsty = np.where(ridge, dry[village] > 5, since < 6)
    merged, into, month = world.plan.merged
    here = np.where((village == merged) & (number >= world.plan.first + month), into, village)
    return pd.DataFrame(
        {
            "village": here,
            "people": np.maximum(facts["people"].to_numpy(), 1),
            "labour": facts["labour"],
            "listed": listed,
            "removed": removed,
            "water_problem": active & (episodes["risk_1"] == WATER_RISK) & thirsty,
            "house_problem": active & (episodes["risk_1"] == HOUSE_RISK) & (since < 9),
            "dibao": world.economy.traits["dibao"] & (listed | world.households["former_poor"]),
            "tekun": (facts["people"] == 1)
            & (facts["labour"] == 0)
            & ~world.economy.traits["dibao"]
            & (listed | world.households["former_poor"]),
            "dry_days": dry[village],
            "serious": _in_difficulty(world, number),
        }
    )


def _in_difficulty(world: World, number: int) -> np.ndarray:
    """Return for whom serious difficulty was reported: two in three of those struck by a misfortune."""
    surges = world.economy.surges
    struck = surges[(surges["month"] <= number) & (number < surges["month"] + 12)]["household"]
    return np.isin(np.arange(len(world.households)), struck[struck % 3 > 0])
