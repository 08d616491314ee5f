"""What is done for households and by whom: measures, public posts, visits, responsibilities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.sample.exports import Columns, household_codes, person_codes
from geodata.sample.monitoring import RISKS
from geodata.sample.other_tables import officials, titled
from geodata.sample.sheets import choose, decimal, months, pick, whole, words, yes_no
from geodata.sample.world import Month, World
from geodata.tables import enumeration

# What answers a risk first; every family able to work also gets help with industry or work.
_ANSWERS = {
    "因病": "health",
    "因残": "social",
    "因学": "other_education",
    "因缺劳动力": "social",
    "因务工就业不稳": "employment",
    "因自然灾害-洪涝": "living",
    "因意外事故": "social",
    "因产业失败": "finance",
    "因安全住房": "housing",
    "其他": "social",
    "因安全饮水": "water",
}
_DETAILS = {
    "industry": "发展种养业补助",
    "employment": "务工交通补贴和岗位推荐",
    "finance": "小额信贷",
    "public_post": "村级公益性岗位",
    "health": "医疗费用补助",
    "other_education": "雨露计划",
    "assurance": "享受农村低保",
    "housing": "危房改造",
    "water": "饮水管网改造",
    "social": "社会捐助",
    "living": "灾后生产恢复",
}
_KINDS = tuple(_DETAILS)
# An officer of a department, by the number of the role.
_DEPARTMENT = 7


def measure_rows(world: World, month: Month) -> pd.DataFrame:
    """Return the measures in force by a month: household, kind, start month; sorted by household."""
    episodes, state = world.episodes, month.state
    poor = world.households["former_poor"].to_numpy()
    listed, identified = state["listed"].to_numpy(), episodes["identified"].to_numpy()
    number = np.arange(len(state))
    able = state["labour"].to_numpy() > 0
    answer = np.array([_KINDS.index(_ANSWERS[word]) for word, _, _ in RISKS])[episodes["risk_1"]]
    early = 2021 * 12 + number % 24
    start = np.where(listed, identified, early)
    second = np.where(number % 2, _KINDS.index("employment"), _KINDS.index("industry"))
    post = world.economy.traits["post_number"].to_numpy() > 0
    registered = poor | listed
    parts = [
        (listed, answer),
        (listed & able & (second != answer), second),
        (poor & ~listed & able & (number % 5 < 3), second),
        (registered & state["dibao"].to_numpy(), np.full(len(state), _KINDS.index("assurance"))),
        (registered & post, np.full(len(state), _KINDS.index("public_post"))),
    ]
    frames = [
        pd.DataFrame({"household": number[mask], "kind": kind[mask], "start": start[mask]})
        for mask, kind in parts
    ]
    rows = pd.concat(frames).sort_values(["household", "kind"], kind="stable", ignore_index=True)
    rows["kind"] = np.array(_KINDS, dtype=object)[rows["kind"]]
    return rows


def measures(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return the table of help measures of a month for the households (rows) given."""
    rows = measure_rows(world, month)
    rows = rows[rows["household"].isin(households)]
    return titled(
        "measure",
        {
            "household_code": household_codes(rows["household"]),
            "kind": pick(_titles("measure_kind", _KINDS), rows["kind"].map(_KINDS.index)),
            "detail": pick(list(_DETAILS.values()), rows["kind"].map(_KINDS.index)),
            "start_month": months(rows["start"], dash=True),
        },
    )


def _titles(name: str, values: tuple[str, ...]) -> list[str]:
    return [enumeration(name).label(value, "zh") for value in values]


def public_posts(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return who holds a public post, of the households given that are registered by the month."""
    traits, persons = world.economy.traits, world.persons
    registered = (world.households["former_poor"] | month.state["listed"]).to_numpy()
    who = persons["household"].to_numpy()
    holds = (traits["post_number"].to_numpy()[who] == persons["number"]) & registered[who]
    rows = persons[holds & np.isin(who, households)]
    return titled(
        "public_post",
        {
            "household_code": household_codes(rows["household"]),
            "person_code": person_codes(rows),
            "item": choose("public_post", np.full(len(rows), 2)),
            "post": pick(("保洁员", "护林员", "护路员"), rows["household"] % 3),
            "start_month": months(_post_since(world, rows["household"].to_numpy()), dash=True),
            "monthly_pay": decimal(np.full(len(rows), 800.0), 2),
        },
    )


def _post_since(world: World, household: np.ndarray) -> np.ndarray:
    """Return since when a post is held: one in five for more than three years at the end."""
    plan = world.plan
    last = plan.first + len(plan.months) - 1
    return np.asarray(np.minimum(last - household * 7919 % 45, plan.first))


def visits(world: World, month: Month, households: np.ndarray) -> tuple[Columns, np.ndarray]:
    """Return the visits to the households given, and those where another number of people was met.

    Who is monitored is visited every month, a formerly poor household every quarter, and four in five
    of those who live on much less than before. Visits that see a clue elsewhere come last.
    """
    rng = np.random.default_rng([world.seed, 10, month.number])
    state = month.state
    active = (state["listed"] & ~state["removed"]).to_numpy()
    number = np.arange(len(state))
    due = world.households["former_poor"].to_numpy() & ((number + month.number) % 3 == 0)
    due |= state["poorer"].to_numpy() & (number % 5 > 0)
    rows = households[(active | due)[households]]
    people = state["people"].to_numpy()[rows]
    differs = (rng.random(len(rows)) < 0.01) & (people > 1)
    contact = officials(world, len(state), 11)[0]
    columns = {
        "household_code": household_codes(rows),
        "day": _days(month.number, _visit_days(rng, state["poorer"].to_numpy()[rows])),
        "visitor": words(contact[rows]),
        "role": choose(
            "visit_role",
            np.where(
                (rows + month.number) % 5 == 4,
                _DEPARTMENT,
                np.where(
                    (rows + month.number) % 5 == 3,
                    2,
                    np.where(rows % 2 == 0, 1, np.where(active[rows], 0, 2)),
                ),
            ),
        ),
        "minutes": whole(rng.integers(25, 110, len(rows))),
        "members_seen": whole(people - differs),
        "water_problem": yes_no(state["water_problem"].to_numpy()[rows]),
        "house_problem": yes_no(state["house_problem"].to_numpy()[rows]),
        "judgement": choose(
            "visit_judgement",
            np.where(active[rows], 3, 0),
        ),
        **_satisfaction(rng, month, rows),
    }
    parts = [pa.table(dict(each)) for each in (columns, _clue_visits(world, month, households))]
    table = pa.concat_tables(parts, promote_options="default")
    told = {name: _filled(table[name]) for name in table.column_names}
    return titled("visit", told), rows[differs]


def _filled(column: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(column, "").combine_chunks()


# Days of a month on which a clue is seen, and on which it is decided; days after the 28th are days of
# the next month. At the end of a month one clue is four days old, one thirteen, one overdue.
_CLUE_DAYS = np.array((3, 6, 11, 18, 27))
_DECIDED = np.array((33, 16, 21, 31, 39))
_SOON = _DECIDED <= 28


def _clue_visits(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return the visits that see a clue in households never monitored, and those that decide one."""
    seen, before = (_with_clue(world, number) for number in (month.number, month.number - 1))
    who = np.concatenate([seen, seen[_SOON], before[~_SOON]])
    day = np.concatenate([_CLUE_DAYS, _DECIDED[_SOON], _DECIDED[~_SOON] - 28])
    clue = np.arange(len(who)) < len(seen)
    there = np.isin(who, households)
    who, day, clue = who[there], day[there], clue[there]
    return {
        "household_code": household_codes(who),
        "day": _days(month.number, day),
        "visitor": words(officials(world, len(world.households), 45)[0][who]),
        "role": choose("visit_role", np.full(len(who), 3)),
        "minutes": whole(np.full(len(who), 75)),
        "income_fall": yes_no(clue & (who % 2 == 0)),
        "expense_surge": yes_no(clue & (who % 2 > 0)),
        "judgement": choose("visit_judgement", np.where(clue, 1, 0)),
    }


def _with_clue(world: World, month: int) -> np.ndarray:
    """Return the households in which a clue is seen in a month, one for each of the days."""
    never = (world.episodes["identified"] < 0) & ~world.households["former_poor"]
    rng = np.random.default_rng([world.seed, 42, month])
    return rng.permutation(np.flatnonzero(never))[: len(_CLUE_DAYS)]


def _visit_days(rng: np.random.Generator, poorer: np.ndarray) -> np.ndarray:
    """Return the days of a month on which visits were; who lives on much less is seen late in it."""
    day = rng.integers(2, 27, len(poorer))
    return np.where(poorer, 18 + day % 9, day)


def _satisfaction(rng: np.random.Generator, month: Month, rows: np.ndarray) -> Columns:
    """Return whether the visited are satisfied, and with what not; one in six is asked a month."""
    asked = (rows + month.number) % 6 == 0
    content = rng.random(len(rows)) < 0.95
    what = rng.integers(0, 8, len(rows))
    return {
        "satisfied": yes_no(content, asked),
        "dissatisfied_with": choose("dissatisfaction", np.where(asked & ~content, what, -1)),
    }


def _days(month: int, day: np.ndarray) -> pa.Array:
    text = np.char.mod(f"{month // 12:04d}-{month % 12 + 1:02d}-%02d", day)
    return words(text)


def responsibilities(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return who answers for the county, each township and village, and each listed household.

    The townships of none of the households given are left out.
    """
    rows = _answerable(world, month)
    here = world.places.villages["township_code"].to_numpy()[month.state["village"]]
    present = set(here[households])
    rows = rows[[len(place) < 9 or place[:9] in present for place in rows["place"]]]
    household = np.where(rows["household"] < 0, -2, rows["household"])
    return titled(
        "responsibility",
        {
            "place_code": words(rows["place"]),
            "household_code": household_codes(household),
            "role": words(rows["role"]),
            "name": words(rows["name"]),
            "phone": words(rows["phone"]),
            "start_month": months(np.full(len(rows), 2021 * 12 + 5), dash=True),
        },
    )


def _answerable(world: World, month: Month) -> pd.DataFrame:
    """Return place, household (-1 for a whole place), role, name and phone of all who answer."""
    villages, townships = world.places.villages, world.places.townships
    roles = {
        "包县领导": villages["county_code"].iloc[:1],
        "包乡领导": townships["code"],
        "乡镇党委书记": townships["code"],
        "包村干部": villages["code"],
        "驻村第一书记": villages["code"],
        "村党支部书记": villages["code"],
    }
    parts = []
    for salt, (role, codes) in enumerate(roles.items(), start=12):
        name, phone = officials(world, len(codes), salt)
        part = {"place": codes.to_numpy(), "household": -1, "role": role}
        parts.append(pd.DataFrame({**part, "name": name, "phone": phone}))
    listed = np.flatnonzero(month.state["listed"].to_numpy())
    at = month.state["village"].to_numpy()[listed]
    # The contact of a household is who visits it.
    name, phone = officials(world, len(world.households), 11)
    part = {"place": villages["code"].to_numpy()[at], "household": listed, "role": "帮扶责任人"}
    parts.append(pd.DataFrame({**part, "name": name[listed], "phone": phone[listed]}))
    return pd.concat(parts, ignore_index=True)
