"""The county's other tables of a month, and who is entitled to a payment and never gets it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geodata.sample import invented_names
from geodata.sample.exports import Columns, household_codes
from geodata.sample.faults import FlaggedSubject
from geodata.sample.households import DISABLED, phones
from geodata.sample.plan import month_text
from geodata.sample.sheets import choose, decimal, months, numbered, pick, whole, words, yes_no
from geodata.sample.water import PERSONS, equipment, other_samples, outages, samples
from geodata.sample.world import Month, World
from geodata.tables import table

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
    by_item: dict[str, np.ndarray] = {}
    taken = np.zeros(len(homes), dtype=bool)
    for item, mask in able.items():
        chosen = np.unique(who[mask & fit[who] & ~taken[who]])[:_EACH]
        taken[chosen] = True
        by_item[item] = chosen
    return by_item


def entitlement_cases(world: World) -> list[FlaggedSubject]:
    """Return the households that a rule must flag, when there is a year of accounts."""
    if len(world.plan.months) < _MONTHS:
        return []
    return [
        FlaggedSubject(RULES[item], "household", f"99{number + 1:011d}")
        for item, chosen in denied(world).items()
        for number in chosen
    ]


def titled(name: str, columns: Columns) -> Columns:
    """Return columns under the Chinese titles of a table's columns."""
    return {table(name).column(key).title["zh"]: column for key, column in columns.items()}


def officials(world: World, count: int, salt: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the names and phones of `count` officials, the same every month."""
    rng = np.random.default_rng([world.seed, salt])
    family = invented_names.family_numbers(rng, np.zeros(count, dtype=int))
    return invented_names.person_names(rng, family, rng.random(count) < 0.7), phones(rng, count)


def ledger(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return the income and expense account of a month, one row per household and item.

    One household in eighty is not reported in a month; one amount in fifty is imputed.
    """
    rng = np.random.default_rng([world.seed, 7, month.number])
    told = np.zeros(len(world.households), dtype=bool)
    told[households] = True
    never = denied(world)
    # What never comes, falls or leaps is seen only in an account that lacks no month.
    changed = (world.economy.shocks["household"], world.economy.surges["household"])
    whole = np.isin(np.arange(len(told)), np.concatenate([*never.values(), *changed]))
    told &= (rng.random(len(told)) > 0.0125) | whole
    items = sorted(month.account.items)
    rows = [
        np.setdiff1d(np.flatnonzero((month.account.items[item] > 0) & told), never.get(item, []))
        for item in items
    ]
    amounts = [month.account.items[i][r] for i, r in zip(items, rows, strict=True)]
    # A month without income is reported as zero; without a row the account would be missing.
    rows.append(np.setdiff1d(np.flatnonzero(told), np.concatenate(rows)))
    who = np.concatenate(rows)
    kind = np.repeat([*range(len(items)), 0], [len(part) for part in rows])
    amount = np.concatenate([*amounts, np.zeros(len(rows[-1]))])
    order = np.argsort(who, kind="stable")
    return titled(
        "ledger",
        {
            "household_code": household_codes(who[order]),
            "month": months(np.full(len(who), month.number), dash=True),
            "item": pick(items, kind[order]),
            "amount": decimal(amount[order], 2),
            "origin": choose("amount_origin", (rng.random(len(who)) < 0.02).astype(int)),
        },
    )


def place_table(world: World, month: Month) -> Columns:
    """Return county, townships and villages with what became of them by the month."""
    villages, townships = world.places.villages, world.places.townships
    gone, into, when = world.plan.merged
    date = world.plan.first + when
    merged = np.arange(len(villages)) == gone
    merged &= month.number >= date
    upper = len(townships) + 1
    blank = [""] * upper
    codes = [villages["county_code"].iloc[0], *townships["code"], *villages["code"]]
    names = [world.places.county, *townships["name"], *villages["name"]]
    level = np.repeat([0, 1, 2], [1, len(townships), len(villages)])
    return titled(
        "place",
        {
            "place_code": words(codes),
            "name": words(names),
            "level": choose("level", level),
            "valid_to": words([*blank, *np.where(merged, month_text(date - 1), "").tolist()]),
            "successor_code": words(
                [*blank, *np.where(merged, villages["code"].iloc[into], "").tolist()]
            ),
        },
    )


def site_table(world: World, month: Month) -> Columns:
    """Return the relocation sites."""
    sites, homes = world.sites, world.households
    number = np.arange(len(sites))
    at = homes["site"].to_numpy()
    count = np.bincount(at[at >= 0], minlength=len(sites))
    heads = np.bincount(at[at >= 0], month.state["people"].to_numpy()[at >= 0], len(sites))
    home = [homes[at == one][["longitude", "latitude"]].mean().to_numpy() for one in number]
    middle = np.nan_to_num(np.array(home))
    flags = ("school", "clinic", "community_centre", "property_management", "party_organisation")
    return titled(
        "site",
        {
            "site_code": numbered("99AZ", number + 1, 2),
            "name": words(sites["name"]),
            "place_code": pick(list(world.places.villages["code"]), sites["village"]),
            "kind": words(sites["kind"]),
            "longitude": decimal(middle[:, 0], 6, count > 0),
            "latitude": decimal(middle[:, 1], 6, count > 0),
            "planned_households": whole(count),
            "planned_persons": whole(heads),
            "to_demolish": whole(count),
            **{flag: yes_no((number + turn) % 7 > 0) for turn, flag in enumerate(flags)},
            "collective_economy": yes_no(number % 2 == 0),
        },
    )


def workshop_table(world: World, month: Month) -> Columns:
    """Return one help workshop for each site; those near the lost work close."""
    sites = world.sites
    number = np.arange(len(sites))
    closed = np.where(number == len(sites) - 1, month.number, -1)
    date = world.plan.first + world.plan.cluster("lost_work").start
    closed = np.where((closed >= 0) & (month.number >= date), date, -1)
    return titled(
        "workshop",
        {
            "workshop_code": numbered("99CJ", number + 1, 2),
            "name": pick([name.replace("安置点", "帮扶车间") for name in sites["name"]], number),
            "place_code": pick(list(world.places.villages["code"]), sites["village"]),
            "site_code": numbered("99AZ", number + 1, 2),
            "opened_month": months(2020 * 12 + number, dash=True),
            "closed_month": months(closed, dash=True),
            "workers": whole(np.where(closed >= 0, 0, 12 + number * 5)),
            "helped_workers": whole(np.where(closed >= 0, 0, 4 + number * 3)),
        },
    )


def water_tables(world: World, month: Month) -> dict[str, Columns]:
    """Return works, supply zones, equipment, and the samples and outages of the month."""
    rng = np.random.default_rng([world.seed, 8, month.number])
    places = list(world.places.villages["code"])
    works = world.works
    other = np.random.default_rng([world.seed, 43, month.number])
    parts = [samples(rng, works, month.number), other_samples(other, works, month.number)]
    taken = pd.concat(parts, ignore_index=True)
    stopped = outages(rng, works, month.dry, month.number)
    stock = equipment(np.random.default_rng([world.seed, 9]), works, month.number)
    sample = taken["works"].to_numpy() * 10_000 + month.number % 10_000
    sample += (2 - taken["point"].to_numpy()) * 10**8
    return {
        "works": titled("works", _works(world, month, works, places)),
        "supply_zone": titled("supply_zone", _zones(works, places)),
        "water_sample": titled("water_sample", _samples(taken, sample, places)),
        "outage": titled(
            "outage",
            {
                "works_code": numbered("99GC", stopped["works"] + 1, 4),
                "zone_code": numbered("99PQ", stopped["zone"] + 1, 4),
                "start_day": words(stopped["start"]),
                "end_day": words(stopped["end"]),
                "cause": words(stopped["cause"]),
                "households": whole(stopped["households"]),
            },
        ),
        "equipment": titled(
            "equipment",
            {
                "equipment_code": numbered("99SB", np.arange(len(stock)) + 1, 4),
                "works_code": numbered("99GC", stock["works"] + 1, 4),
                "kind": words(stock["kind"]),
                "installed_day": words(stock["installed"]),
                "last_service_day": words(stock["served"]),
                "service_interval": whole(stock["interval"]),
                "status": words(stock["status"]),
            },
        ),
    }


def _works(world: World, month: Month, works: pd.DataFrame, places: list[str]) -> Columns:
    each = works.groupby("works", as_index=False).agg(
        village=("village", "first"),
        kind=("kind", "first"),
        source=("source", "first"),
        households=("households", "sum"),
        ridge=("ridge", "any"),
    )
    persons = np.rint(each["households"] * PERSONS)
    capacity = np.ceil(persons * 0.08 / 10) * 10
    keeper, phone = officials(world, len(each), 19)
    name = [world.places.villages["name"].iloc[at] for at in each["village"]]
    return {
        "works_code": numbered("99GC", each["works"] + 1, 4),
        "name": pick([one + "供水站" for one in name], np.arange(len(each))),
        "place_code": pick(places, each["village"]),
        "kind": words(each["kind"]),
        "capacity": whole(capacity),
        # GB/T 43824: below 100, 1,000, 5,000 and 10,000 m3 a day.
        "type": choose("works_type", 4 - np.digitize(capacity, [100, 1_000, 5_000, 10_000])),
        "population": whole(persons),
        "households": whole(each["households"]),
        "source": words(each["source"]),
        "treatment": pick(("沉淀+消毒", "过滤+消毒"), each["works"] % 2),
        "constrained": yes_no(each["ridge"]),
        "constrained_reason": pick(("枯水期山泉水量不足",), np.where(each["ridge"], 0, -1)),
        "water_short": yes_no(each["ridge"]),
        "county_managed": yes_no(~each["ridge"] & (each["works"] % 5 > 0)),
        "manager": pick(("县供水总站", "村集体"), np.where(each["ridge"], 1, 0)),
        "published_day": words(_published(each["works"].to_numpy(), month.number)),
        "emergency_plan": yes_no(each["works"] % 6 > 0),
        "keeper": words(keeper),
        "phone": words(phone),
    }


def _published(works: np.ndarray, number: int) -> list[str]:
    """Return when each works last made its quality public: every third month, one in seven not since."""
    back = np.where(works % 7 == 2, 8, (number + works) % 3)
    return [
        f"{month_text(int(number - each))}-{5 + int(one) % 20:02d}"
        for one, each in zip(works, back, strict=True)
    ]


def _zones(works: pd.DataFrame, places: list[str]) -> Columns:
    return {
        "zone_code": numbered("99PQ", works["zone"] + 1, 4),
        "works_code": numbered("99GC", works["works"] + 1, 4),
        "place_code": pick(places, works["village"]),
        "households": whole(works["households"]),
    }


def _samples(taken: pd.DataFrame, sample: np.ndarray, places: list[str]) -> Columns:
    return {
        "sample_code": numbered("99SY", sample, 8),
        "works_code": numbered("99GC", taken["works"] + 1, 4),
        "zone_code": numbered("99PQ", taken["zone"] + 1, 4),
        "place_code": pick(places, taken["village"]),
        "point": choose("sample_point", taken["point"]),
        "day": words(taken["day"]),
        "season": words(taken["season"]),
        "item": words(taken["item"]),
        "result": words(taken["result"]),
        "lab": pick(("县水质检测中心",), np.zeros(len(taken), dtype=int)),
        "certified": yes_no(np.ones(len(taken))),
    }
