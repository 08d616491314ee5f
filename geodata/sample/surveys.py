"""The survey of households: who came first, who was behind and catches up, and what was found."""

from __future__ import annotations

import numpy as np

from geodata.sample import stories
from geodata.sample.exports import Columns, household_codes
from geodata.sample.other_tables import late_township, titled
from geodata.sample.sheets import choose, days, months, whole, yes_no
from geodata.sample.world import Month, World

# Months between two surveys of a household, and what the share of a fault moves by from one to the next.
_EVERY, _STEP = 5, 0.618
# Of a household: never reached, eats badly, no clothes, adviser unknown, loan wanted, loan given, overdue,
# misused, yard, rooms, judged by the village, judged by the township.
_DRAWS = 12


def surveys(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return the survey of the households (rows) given as it stands in a month.

    Most townships began before the first month shown. One began a year before the last and has
    nearly caught up; one village in nine begins within the months shown.
    """
    last = _last_surveyed(world, month)
    rows = households[(last >= 0)[households]]
    last, state = last[rows], month.state.iloc[rows]
    turn = (last - world.plan.first + rows % _EVERY) // _EVERY
    base = np.random.default_rng([world.seed, 50]).random((len(month.state), _DRAWS))[rows]
    # Each survey finds somewhat else than the one before: the draws move, household by household.
    draw = (base + turn[:, None] * _STEP * (rows % 4 == 0)[:, None]) % 1
    year = np.clip((last - world.plan.first) / 24, 0, 1)
    hard = (state["poorer"] | (state["listed"] & ~state["removed"])).to_numpy()
    able = state["labour"].to_numpy()
    seen, renovated = last == month.number, stories.renovated(world)[rows]
    return titled(
        "survey",
        {
            "household_code": household_codes(rows),
            "surveyed_day": days(last, 2 + (rows * 7 + last) % 24),
            "village_judged": yes_no(draw[:, 10] < np.where(seen, 0.9, 0.985)),
            "township_judged": yes_no(draw[:, 11] < np.where(seen, 0.8, 0.98)),
            "eats_well": yes_no(draw[:, 1] > np.where(hard, 0.03, 0.002) * (1.5 - year)),
            "dressed": yes_no(draw[:, 2] > np.where(hard, 0.02, 0.001) * (1.5 - year)),
            "adviser_known": yes_no(draw[:, 3] < 0.72 + 0.2 * year, able > 0),
            "adviser_month": months(
                np.where(draw[:, 3] < 0.72 + 0.2 * year, last - rows % 5, -1), dash=True
            ),
            **_loans(draw, able, rows),
            "skills": whole(np.maximum(able * 1.4 + year * 0.4 - (rows % 9 == 4) * able, 0)),
            "yard_clean": yes_no(draw[:, 8] < 0.87 + 0.08 * year),
            "rooms_clean": yes_no(draw[:, 9] < 0.9 + 0.06 * year),
            "renovation": yes_no(renovated),
            "renovated_area": whole(state["people"].to_numpy() * (15 + rows % 12), renovated),
            **_steps(world, month, rows),
        },
    )


def _last_surveyed(world: World, month: Month) -> np.ndarray:
    """Return in which month each household was last surveyed, -1 for one that never was."""
    plan, villages = world.plan, world.places.villages
    number = np.arange(len(month.state))
    village = month.state["village"].to_numpy()
    last = plan.first + len(plan.months) - 1
    turn = np.random.default_rng([world.seed, 51]).random(len(number))
    late = villages["township_code"].to_numpy()[village] == late_township(
        world.places.townships["code"]
    )
    slow = (village % 9 == 4) & ~late
    begun = np.where(late, last - 12, np.where(slow, plan.first + village % 7, plan.first - 12))
    first = begun + np.floor(turn * np.where(late, 14, np.where(slow, 17, 16))).astype(int)
    since = month.number - first
    never = np.random.default_rng([world.seed, 52]).random(len(number)) < 0.008
    told = month.number - since % _EVERY
    # Who is late is not surveyed a second time before all were seen once.
    told = np.where(late, first, told)
    return np.where((since < 0) | never, -1, told)


def _loans(draw: np.ndarray, able: np.ndarray, rows: np.ndarray) -> Columns:
    wants = (draw[:, 4] < 0.38) & (able > 0)
    given = wants & (draw[:, 5] < 0.82)
    use = np.where(draw[:, 7] < 0.03, 2, rows % 3 // 2)
    return {
        "loan_wanted": yes_no(wants),
        "loan_amount": whole(np.where(given, 20_000 + rows % 4 * 10_000, 0)),
        "loan_overdue": yes_no(draw[:, 6] < 0.04, given),
        "loan_use": choose("loan_use", np.where(given, use, -1)),
    }


def _steps(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return the days of the procedure of taking in, of those who were: a few posted too briefly."""
    since = world.episodes["identified"].to_numpy()[rows]
    there = (since >= 0) & (since <= month.number)
    new = there & (since == month.number)
    at = np.where(there, since, -1)
    posted = np.where(rows % 23 == 6, 17, 12)
    none = there & (rows % 37 == 8)
    return {
        "reviewed_day": days(np.where(none, -1, at), np.full(len(rows), 4)),
        "verified_day": days(at, np.where(rows % 41 == 3, 2, 8)),
        "posted_day": days(at, np.where(new & (rows % 2 == 0), 26, posted)),
        "closed_day": days(np.where(new & (rows % 2 == 0), -1, at), np.full(len(rows), 20)),
    }
