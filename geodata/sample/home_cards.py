"""The cards in the homes and the plans of the seven kinds of help, and what is not yet as it should be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.exports import Columns, household_codes
from geodata.sample.monitoring import RISKS
from geodata.sample.other_tables import late_township, officials, titled
from geodata.sample.sheets import choose, days, decimal, pick, whole, words, yes_no
from geodata.sample.support import measure_rows
from geodata.sample.world import Month, World
from geodata.tables import enumeration

# A measure -> the kind of help of the seven that it is, as numbers of the list.
_INDUSTRY, _WORK, _MOVE, _ECOLOGY, _EDUCATION, _HEALTH, _ASSURANCE = range(7)
_HELP = {
    "industry": _INDUSTRY,
    "finance": _INDUSTRY,
    "employment": _WORK,
    "other_education": _EDUCATION,
    "health": _HEALTH,
    "assurance": _ASSURANCE,
}
# What a risk asks for that is often late.
_WANTED = {
    "因病": _HEALTH,
    "因残": _ASSURANCE,
    "因学": _EDUCATION,
    "因缺劳动力": _ECOLOGY,
    "因务工就业不稳": _WORK,
    "因产业失败": _INDUSTRY,
}


def home_cards(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return the cards in the homes of the registered households given, by the month.

    Cards are written anew each half year, a township late by months; who was taken in this month
    has none yet. A few say another number of people, income, measures or helper.
    """
    state = month.state
    rng = np.random.default_rng([world.seed, 48])
    odd = rng.random((len(state), 5))
    listed, poor = state["listed"].to_numpy(), world.households["former_poor"].to_numpy()
    since = world.episodes["identified"].to_numpy()
    new = listed & ~poor & (since >= month.number)
    rows = households[((poor | listed) & ~new & (odd[:, 0] > 0.02))[households]]
    odd = odd[rows]
    first = np.where(poor[rows], world.plan.first - 14 - rows % 9, since[rows] + 1)
    updated = np.maximum(first, month.number - _months_old(world, month, rows))
    given, written = 3 + rows % 20, 2 + rows % 24
    written = np.where(updated == first, np.maximum(given, written), written)
    name, phone = (each[rows] for each in officials(world, len(state), 11))
    before = officials(world, len(state), 49)[0][rows]
    # Most say what is registered, some a little else, and a few are far off.
    near = np.where(odd[:, 3] < 0.85, 1.0, 0.1 + odd[:, 3])
    factor = np.where(odd[:, 2] < 0.03, 1.45, near)
    return titled(
        "home_card",
        {
            "household_code": household_codes(rows),
            "issued_day": days(first, given),
            "updated_day": days(updated, written),
            "members": whole(state["people"].to_numpy()[rows] + (odd[:, 1] < 0.015)),
            "per_capita_income": decimal(state["per_head"].to_numpy()[rows] * factor, 2),
            "dibao": yes_no(state["dibao"].to_numpy()[rows]),
            "measures": words(_printed(world, month, rows, odd[:, 4] < 0.04)),
            "helper": words(np.where(odd[:, 4] > 0.975, before, name)),
            "helper_phone": words(phone),
        },
    )


def _months_old(world: World, month: Month, rows: np.ndarray) -> np.ndarray:
    """Return how many months old the cards are: up to five, in one township longer until it catches up."""
    old = (rows + month.number) % 6
    codes = world.places.villages["township_code"].to_numpy()[month.state["village"].to_numpy()]
    behind = codes[rows] == late_township(world.places.townships["code"])
    # Card by card, over the last nine months.
    behind &= month.number <= world.plan.first + len(world.plan.months) - 3 - rows % 9
    late = behind & (rows % 3 > 0)
    return np.where(late, np.minimum(old + 6, 11), np.where(rows % 53 == 9, 9, old))


def _printed(world: World, month: Month, rows: np.ndarray, short: np.ndarray) -> list[str]:
    """Return the kinds of measures on each card; of a few (`short`) the last one is not printed."""
    running = measure_rows(world, month)
    running = running[running["start"] <= month.number]
    kinds = running.groupby("household")["kind"].agg(lambda one: list(dict.fromkeys(one)))
    known = enumeration("measure_kind")
    told = []
    for row, cut in zip(rows.tolist(), short.tolist(), strict=True):
        own = kinds.get(row, [])
        own = own[:-1] if cut and len(own) > 1 else own
        told.append("、".join(known.label(kind, "zh") for kind in own))
    return told


def help_plans(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return which of the seven kinds of help is planned for the monitored households given.

    What there is was planned; what a risk asks for is planned for half a year beyond, and not
    always there by its day. One in thirty is in no plan, two are in the plan of another village too.
    """
    state = month.state
    watched = (state["listed"] & ~state["removed"]).to_numpy()
    number = np.arange(len(state))
    planned = watched & (number % 31 != 4) & np.isin(number, households)
    since = world.episodes["identified"].to_numpy()
    frames = [_given(world, month), _asked(world, month)]
    rows = pd.concat(frames).drop_duplicates(["household", "kind"])
    rows = rows[planned[rows["household"]]].sort_values(["household", "kind"], ignore_index=True)
    rows["due"] = since[rows["household"]] + 3 + rows["household"] % 6
    rows["village"] = state["village"].to_numpy()[rows["household"]]
    twice = rows[rows["household"].isin(rows["household"].unique()[7:60:40])]
    other = (twice["village"] + 1) % len(world.places.villages)
    rows = pd.concat([rows, twice.assign(village=other)], ignore_index=True)
    return titled(
        "help_plan",
        {
            "household_code": household_codes(rows["household"]),
            "place_code": pick(list(world.places.villages["code"]), rows["village"]),
            "kind": choose("help_kind", rows["kind"]),
            "due_day": days(rows["due"].to_numpy(), np.full(len(rows), 28)),
        },
    )


def _given(world: World, month: Month) -> pd.DataFrame:
    rows = measure_rows(world, month)
    rows = rows[rows["kind"].isin(_HELP) & (rows["start"] <= month.number)]
    moved = np.flatnonzero(world.households["site"].to_numpy() >= 0)
    return pd.DataFrame(
        {
            "household": [*rows["household"], *moved],
            "kind": [*rows["kind"].map(_HELP), *np.full(len(moved), _MOVE)],
        }
    )


def _asked(world: World, month: Month) -> pd.DataFrame:
    """Return what risks ask for in the first months of two in five, there or not."""
    episodes = world.episodes
    since = month.number - episodes["identified"].to_numpy()
    number = np.arange(len(episodes))
    young = (since >= 0) & (since < 9 + number % 10) & (number % 5 < 2)
    wanted = np.array([_WANTED.get(word, _WORK) for word, _, _ in RISKS])
    second = wanted[episodes["risk_1"].to_numpy()]
    second = np.where(number % 2 == 0, (second + 2 + number % 3) % 7, second)
    return pd.DataFrame({"household": number[young], "kind": second[young]})
