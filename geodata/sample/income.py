"""What a household earns and spends in a month, item by item of the household account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.sample.households import DISABLED, SERIOUS, labour_and_school
from geodata.sample.plan import Plan, line_of
from geodata.tables import income_items

PARTS = ("wage", "business", "property", "transfer", "expense")
# Wages by calendar month: the Spring Festival empties February.
_SEASON = np.array([0.96, 0.72, 0.97, 1.02, 1.03, 0.99, 1.0, 1.02, 1.04, 1.0, 1.03, 1.02])


@dataclass(frozen=True)
class Economy:
    """All that the accounts of the county are made from.

    `traits` has one row per household: who keeps animals, runs a shop, lets land, how much children
    send, who holds a public post. `shocks` has one row per planted household: household, cause
    (lost_work, illness, disaster), month. `surges` has the households whose spending leaps in a
    month: household, month, amount. `lost` gives the months (from, to) without work of each person.
    """

    seed: int
    households: pd.DataFrame
    persons: pd.DataFrame
    traits: pd.DataFrame
    shocks: pd.DataFrame
    surges: pd.DataFrame
    lost: np.ndarray

    def chance(self, month: int) -> np.random.Generator:
        """Return the random numbers of one month, the same in whatever order months are asked."""
        return np.random.default_rng([self.seed, 5, month])


@dataclass(frozen=True)
class MonthlyAccounts:
    """One month of all households: yuan per item, working persons, own and insured medical cost.

    `rigid` is what had to be spent: own medical cost, schools beyond the compulsory, misfortunes.
    """

    items: dict[str, np.ndarray]
    working: np.ndarray
    out_of_pocket: np.ndarray
    claims: np.ndarray
    rigid: np.ndarray

    def parts(self) -> np.ndarray:
        """Return the sums by part of income, (5, households), in the order of PARTS."""
        sums = np.zeros((len(PARTS), len(self.out_of_pocket)))
        for item, amount in self.items.items():
            sums[PARTS.index(income_items()[item].part)] += amount
        return sums


def make_economy(
    seed: int, households: pd.DataFrame, persons: pd.DataFrame, *, poor: np.ndarray, plan: Plan
) -> Economy:
    """Return the county's economy: nobody but the monitored (`poor`) lives far below the line.

    Families without enough earnings get support from their children, set so that a normal year
    ends above the monitoring line; then the planted shocks are dealt out.
    """
    rng = np.random.default_rng([seed, 4])
    count = len(households)
    # Who comes to be monitored earned less before: between a third and nine tenths.
    weak = np.where(poor, rng.uniform(0.33, 0.9, count), 1.0)
    households = households.assign(wealth=households["wealth"] * weak)
    dependent = living_on_policy(households)
    kept = np.random.default_rng([seed, 41])
    holds = (households["former_poor"] | poor) & (rng.random(count) < 0.16)
    holds |= dependent & (kept.random(count) < 0.8)
    post = np.where(holds, _post_holders(persons, count, plan), 0)
    traits = _traits(rng, households, post).assign(relieved=dependent)
    traits.loc[living_on_policy_alone(households), ["animals", "shop", "lets_land"]] = 0.0
    nobody = pd.DataFrame({"household": [], "cause": [], "month": [], "amount": []})
    nobody = nobody.astype({"household": int})
    none = np.zeros((len(persons), 2), dtype=int)
    calm = Economy(seed, households, persons, traits, nobody, nobody, none)
    people, labour = _people(persons, count, plan.first)
    dibao = (labour == 0) & ((households["former_poor"] & (rng.random(count) < 0.7)) | poor)
    dibao |= dependent & (kept.random(count) < 0.7)
    calm = _with(calm, dibao=dibao.to_numpy())
    # The leaner of the first and the last year counts: who retires between them needs support too.
    ends = (plan.first - 12, plan.first + len(plan.months) - 12)
    years = [sum(_net(month_account(calm, start + at)) for at in range(12)) for start in ends]
    earned = np.minimum(years[0], years[1])
    wanted = (
        line_of(plan.first)
        * people
        * np.where(poor, rng.uniform(0.82, 1.3, count), rng.uniform(1.22, 1.7, count))
    )
    support = np.where(earned < wanted, np.ceil((wanted - earned) / 120) * 10, 0)
    calm = _with(calm, support=support)
    income = earned + support * 12
    shocks = _shocks(rng, calm, income / people, poor=poor, plan=plan)
    lost = _lost_work(rng, households, persons, shocks, plan)
    well = ~poor & ~dependent & ~np.isin(np.arange(count), shocks["household"])
    surges = _surges(kept, np.flatnonzero(well), income, plan)
    return Economy(seed, households, persons, calm.traits, shocks, surges, lost)


def _traits(rng: np.random.Generator, households: pd.DataFrame, post: np.ndarray) -> pd.DataFrame:
    count = len(households)
    return pd.DataFrame(
        {
            "animals": np.where(rng.random(count) < 0.3, rng.lognormal(8.0, 0.5, count), 0),
            "shop": np.where(rng.random(count) < 0.04, rng.lognormal(7.3, 0.4, count), 0),
            "lets_land": np.where(rng.random(count) < 0.2, rng.lognormal(6.6, 0.4, count), 0),
            "dividend": np.where(households["former_poor"], rng.integers(3, 9, count) * 100, 0),
            "post_number": post,
            "dibao": False,
            "support": 0.0,
        }
    )


def living_on_policy(households: pd.DataFrame) -> np.ndarray:
    """Return who lives at the relocation site that has hardly any work: the last of several."""
    site = households["site"].to_numpy()
    return np.asarray((site == site.max()) & (site > 0))


def living_on_policy_alone(households: pd.DataFrame) -> np.ndarray:
    """Return who of those has nothing beside it, no work, land, animals or rent: every fourth."""
    dependent = living_on_policy(households)
    return np.asarray(dependent & (np.cumsum(dependent) % 4 == 1))


def _surges(
    rng: np.random.Generator, able: np.ndarray, income: np.ndarray, plan: Plan
) -> pd.DataFrame:
    """Return who must spend a third more than a year's income in one of the last eight months."""
    chosen = np.sort(rng.permutation(able)[: int(np.clip(len(income) // 700, 2, 40))])
    last = plan.first + len(plan.months) - 1
    return pd.DataFrame(
        {
            "household": chosen,
            "month": last - rng.integers(1, 8, len(chosen)),
            "amount": np.ceil(np.maximum(income[chosen], 1) * 1.35),
        }
    )


def _with(economy: Economy, **traits: np.ndarray) -> Economy:
    return Economy(
        economy.seed,
        economy.households,
        economy.persons,
        economy.traits.assign(**traits),
        economy.shocks,
        economy.surges,
        economy.lost,
    )


def _people(persons: pd.DataFrame, count: int, month: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the people of each household in a month, at least one, and those able to work."""
    who, there = persons["household"].to_numpy(), persons["birth"].to_numpy() <= month
    labour = labour_and_school(persons, month)[0]
    able = np.bincount(who[there & (labour <= 2)], minlength=count)
    return np.maximum(np.bincount(who[there], minlength=count), 1), able


def _post_holders(persons: pd.DataFrame, count: int, plan: Plan) -> np.ndarray:
    """Return the number of the member of 20 to 60 who could hold a post, 0 when there is none."""
    age = (plan.first - persons["birth"]) // 12
    fit = labour_and_school(persons, plan.first)[0] <= 2
    able = persons[(age >= 20) & (age < 60) & fit & ~persons["works"]]
    first = able.drop_duplicates("household")
    number = np.zeros(count, dtype=int)
    number[first["household"]] = first["number"]
    return number


def _shocks(
    rng: np.random.Generator,
    economy: Economy,
    per_head: np.ndarray,
    *,
    poor: np.ndarray,
    plan: Plan,
) -> pd.DataFrame:
    """Return the families that are not monitored and will fall below the line, and why."""
    line, months = line_of(plan.first), len(plan.months)
    wages = np.bincount(
        economy.persons["household"],
        economy.persons["wage"] * (economy.persons["works"] & (economy.persons["health"] == 0)),
        minlength=len(per_head),
    )
    village = economy.households["village"].to_numpy()
    quiet = ~np.isin(village, plan.cluster("lost_work").villages)
    fit = (~poor) & quiet & (per_head > 1.3 * line) & (per_head < 2.4 * line) & (wages > 0)
    fit &= economy.traits["support"].to_numpy() < 200
    chosen = rng.permutation(np.flatnonzero(fit))[: int(np.clip(len(per_head) // 1000, 8, 60))]
    span = np.clip([months - 11, months - 2], 1, months - 1)
    return pd.DataFrame(
        {
            "household": np.sort(chosen),
            "cause": rng.choice(
                ["lost_work", "illness", "disaster"], len(chosen), p=[0.5, 0.35, 0.15]
            ),
            "month": plan.first + rng.integers(span[0], span[1] + 1, len(chosen)),
        }
    )


def _lost_work(
    rng: np.random.Generator,
    households: pd.DataFrame,
    persons: pd.DataFrame,
    shocks: pd.DataFrame,
    plan: Plan,
) -> np.ndarray:
    """Return the months (from, to) in which each person is out of work."""
    count, who = len(persons), persons["household"].to_numpy()
    lost = np.zeros((count, 2), dtype=int)
    some = rng.random(count) < 0.06
    start = plan.first + rng.integers(-6, len(plan.months), count)
    lost[some] = np.column_stack([start, start + rng.integers(2, 6, count)])[some]
    cluster = plan.cluster("lost_work")
    there = np.isin(households["village"].to_numpy()[who], cluster.villages)
    hit = there & (rng.random(count) < 0.42)
    lost[hit, 0] = plan.first + cluster.start + rng.integers(0, 3, hit.sum())
    lost[hit, 1] = plan.first + len(plan.months) + 12
    month = np.zeros(len(households), dtype=int)
    month[shocks["household"]] = shocks["month"]
    fallen = month[who] > 0
    lost[fallen] = np.column_stack([month[who], np.full(count, 99999)])[fallen]
    return lost


def month_account(economy: Economy, month: int) -> MonthlyAccounts:
    """Return the account of one month."""
    persons, count = economy.persons, len(economy.households)
    rng = economy.chance(month)
    who, calendar = persons["household"].to_numpy(), month % 12
    age = (month - persons["birth"].to_numpy()) // 12
    labour, school = labour_and_school(persons, month)
    out = (economy.lost[:, 0] <= month) & (month < economy.lost[:, 1])
    working = persons["works"].to_numpy() & (labour <= 2) & (age < 66) & ~out
    working &= (rng.random(len(persons)) < 0.8) if calendar == 1 else True
    wealth = economy.households["wealth"].to_numpy()
    growth = 1.045 ** ((month - 2023 * 12) / 12)
    pay = persons["wage"].to_numpy() * np.where(labour == 2, 0.45, 1.0) * working
    pay *= _SEASON[calendar] * growth * wealth[who] * rng.normal(1, 0.05, len(persons))
    struck = np.isin(
        np.arange(count), economy.shocks["household"][economy.shocks["month"] <= month]
    )
    items: dict[str, np.ndarray] = {"a1": np.bincount(who, pay, count)}
    items |= _business(economy, calendar, np.where(struck, 0.15, 1.0) * wealth * growth)
    items |= _transfers(economy, month, age)
    helped = np.where(struck, 0, economy.traits["support"]) * growth
    # Where children cannot send anything, the county's relief takes their place.
    relieved = economy.traits["relieved"].to_numpy()
    items["d6j"], items["d6m"] = np.where(relieved, 0, helped), np.where(relieved, helped, 0)
    flood = economy.shocks.query("cause == 'disaster' and month == @month - 1")["household"]
    items["d6h"] = np.isin(np.arange(count), flood) * 1500.0
    own, claims = _medical(economy, month, rng)
    # Schools above the nine compulsory years cost.
    students = np.bincount(who, school >= 7, count)
    surges = economy.surges[economy.surges["month"] == month]
    surge = np.bincount(surges["household"], surges["amount"], count)
    rounded = {item: np.rint(amount) for item, amount in items.items()}
    return MonthlyAccounts(rounded, working, own, claims, own + students * 450.0 + surge)


def _medical(
    economy: Economy, month: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each household pays for illness itself, and what insurance pays, in a month."""
    persons, count = economy.persons, len(economy.households)
    who = persons["household"].to_numpy()
    grave = np.bincount(who, (persons["health"] & SERIOUS) > 0, count)
    ill = np.bincount(who, (persons["health"] & ~DISABLED) > 0, count)
    stricken = economy.shocks.query("cause == 'illness' and month <= @month")["household"]
    own = (ill * 55 + grave * 260) * rng.uniform(0.5, 1.5, count)
    own += np.isin(np.arange(count), stricken) * 2600.0
    insured = (grave > 0) & (rng.random(count) < 0.08)
    return np.ceil(own), np.rint(insured * rng.uniform(800, 5000, count))


def _business(economy: Economy, calendar: int, scale: np.ndarray) -> dict[str, np.ndarray]:
    """Return income and cost of crops, animals, orchards and shops in a calendar month (0-11)."""
    land, traits = economy.households, economy.traits
    crop = {5: 380.0, 9: 450.0}.get(calendar, 0.0)
    crop_cost = {2: 60.0, 3: 50.0, 8: 45.0, 5: 0.0, 9: 0.0}.get(calendar, 8.0)
    animals = traits["animals"].to_numpy()
    return {
        "b1": land["farmland"].to_numpy() * crop * scale,
        "e1": land["farmland"].to_numpy() * crop_cost,
        "b2": animals * scale * (calendar in (0, 8)),
        "e2": animals * 0.17 * (calendar in (3, 6, 10)),
        "b3": land["orchard_land"].to_numpy() * 1150.0 * scale * (calendar == 9),
        "e3": land["orchard_land"].to_numpy() * 240.0 * (calendar == 2),
        "b4": traits["shop"].to_numpy() * scale,
        "e4": traits["shop"].to_numpy() * 0.3,
        "c1": traits["dividend"].to_numpy() * float(calendar == 11),
        "c2": traits["lets_land"].to_numpy() * float(calendar == 11),
    }


def _transfers(economy: Economy, month: int, age: np.ndarray) -> dict[str, np.ndarray]:
    """Return public payments of a month: allowances, pensions, subsidies and pay of public posts."""
    persons, traits, land = economy.persons, economy.traits, economy.households
    who, count, calendar = persons["household"].to_numpy(), len(land), month % 12
    there = persons["birth"].to_numpy() <= month
    disabled = (persons["health"].to_numpy() & DISABLED) > 0
    pupil = there & (age >= 6) & (age < 16)
    return {
        "a4": (traits["post_number"].to_numpy() > 0) * 800.0,
        "d2": traits["dibao"].to_numpy() * np.bincount(who, there, count) * 330.0,
        "d4": np.bincount(who, age >= 60, count) * 185.0,
        "d5a": land["returned_land"].to_numpy() * 100.0 * (calendar == 10),
        "d6b": land["farmland"].to_numpy() * 95.0 * (calendar == 4),
        "d6d": np.bincount(who, age >= 80, count) * 60.0,
        "d6f": np.bincount(who, disabled & there, count) * 90.0,
        "d6g": land["former_poor"].to_numpy()
        * np.bincount(who, pupil, count)
        * 625.0
        * (calendar in (2, 8)),
    }


def _net(account: MonthlyAccounts) -> np.ndarray:
    """Return the net income of a month: all parts less the expense of business."""
    parts = account.parts()
    return np.asarray(parts[:4].sum(axis=0) - parts[4])
