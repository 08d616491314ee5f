"""What is done for households and by whom: measures, public posts, visits, responsibilities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.sample import stories
from geodata.sample.exports import Columns, household_codes, person_codes
from geodata.sample.monitoring import RISKS
from geodata.sample.other_tables import late_township, officials, titled
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
# A helper, the village team, the village committee and an officer of a department, by number of the role.
_HELPER, _TEAM, _COMMITTEE, _DEPARTMENT = 0, 1, 2, 7
# Departments in the order in which they began to call, and the risks that are their subject.
_DEPARTMENTS = ("农业农村局", "人社局", "民政局", "卫健局", "住建局", "教育局", "残联", "水利局")
_OF_RISK = {
    "因务工就业不稳": 1,
    "因病": 3,
    "因安全住房": 4,
    "因学": 5,
    "因残": 6,
    "因安全饮水": 7,
    "因意外事故": 2,
}


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
    who = rows["household"].to_numpy()
    contact = officials(world, len(month.state), 11)[0][who]
    nobody = np.isin(who, stories.unnamed_measures(world, month.number))
    return titled(
        "measure",
        {
            "household_code": household_codes(rows["household"]),
            "kind": pick(_titles("measure_kind", _KINDS), rows["kind"].map(_KINDS.index)),
            "detail": pick(list(_DETAILS.values()), rows["kind"].map(_KINDS.index)),
            "start_month": months(rows["start"], dash=True),
            "contact": words(np.where(nobody, "", contact)),
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
    again = rows[rows["household"].isin(stories.two_posts(world, month.number))]
    item = np.repeat([2, 1], [len(rows), len(again)])
    rows = pd.concat([rows, again], ignore_index=True)
    return titled(
        "public_post",
        {
            "household_code": household_codes(rows["household"]),
            "person_code": person_codes(rows),
            "item": choose("public_post", item),
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
        "role": choose("visit_role", _roles(world, month, rows)),
        "minutes": whole(rng.integers(25, 110, len(rows))),
        "members_seen": whole(people - differs),
        "water_problem": yes_no(state["water_problem"].to_numpy()[rows]),
        "house_problem": yes_no(state["house_problem"].to_numpy()[rows]),
        "unannounced": yes_no(_unannounced(world, month, rows)),
        "judgement": choose(
            "visit_judgement",
            np.where(active[rows], 3, 0),
        ),
        **_satisfaction(rng, month, rows),
    }
    more = (_clue_visits(world, month, households), _other_visits(world, month, households))
    parts = [pa.table(dict(each)) for each in (columns, *more)]
    table = pa.concat_tables(parts, promote_options="default")
    told = {name: _filled(table[name]) for name in table.column_names}
    return titled("visit", told), rows[differs]


def _first_roles(month: Month, rows: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Return who made the visit of a month: the helper of who is monitored, else each in turn."""
    turn = (rows // 3 + month.number // 3) % 3
    return np.where(active, np.where((rows + month.number) % 10 == 9, 1, 0), turn)


def _other_visits(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return the visits of committees and departments to registered households.

    The committees of one township hardly call before the last three quarters. Each department calls
    where its subject is, and they began one after the other; who lives on much less is left alone.
    """
    state, plan = month.state, world.plan
    number = np.arange(len(state))
    fit = world.households["former_poor"].to_numpy() | state["listed"].to_numpy()
    fit &= ~state["poorer"].to_numpy() & np.isin(number, households)
    village = state["village"].to_numpy()
    codes = world.places.villages["township_code"].to_numpy()[village]
    late = codes == late_township(world.places.townships["code"])
    behind = _behind(world, month)[village]
    often = np.where(late & ~behind, 4, 7)
    committee = fit & ((number + month.number) % often == 0) & ~(behind & (number % 5 > 0))
    idle = stories.idle_villages(world, month.number, salt=stories.COMMITTEE)
    committee &= ~np.isin(village, idle)
    subject = _subjects(world, number)
    begun = month.number >= plan.first - 12 + 3 * subject
    department = fit & begun & ((number + month.number) % (7 + 2 * subject) == 1)
    who = np.concatenate([np.flatnonzero(committee), np.flatnonzero(department)])
    by_department = np.arange(len(who)) >= int(committee.sum())
    watched = (state["listed"] & ~state["removed"]).to_numpy()[who]
    return {
        "household_code": household_codes(who),
        "day": _days(month.number, 3 + (who * 5 + by_department * 11) % 23),
        "visitor": words(
            officials(world, len(state), 53)[0][(who + by_department * 7) % len(state)]
        ),
        "role": choose("visit_role", np.where(by_department, _DEPARTMENT, _COMMITTEE)),
        "department": pick(_DEPARTMENTS, np.where(by_department, subject[who], -1)),
        "minutes": whole(35 + who % 60),
        "judgement": choose("visit_judgement", np.where(watched, 3, 0)),
    }


def _subjects(world: World, number: np.ndarray) -> np.ndarray:
    """Return which department each household is for: by its first risk, else one of three in turn."""
    risk = world.episodes["risk_1"].to_numpy()
    by_risk = np.array([_OF_RISK.get(word, 0) for word, _, _ in RISKS])
    return np.where(risk >= 0, by_risk[risk], number % 3)


def _roles(world: World, month: Month, rows: np.ndarray) -> np.ndarray:
    """Return who visits; where the team or the committee stays at home for a while, others come."""
    village = month.state["village"].to_numpy()[rows]
    active = (month.state["listed"] & ~month.state["removed"]).to_numpy()[rows]
    role = _first_roles(month, rows, active)
    # In a village both call on somebody not monitored each month, but for the committees that hardly do.
    place = pd.Series(rows).groupby([village, active]).cumcount().mask(active, -1).to_numpy()
    calls = (place == 1) & ~_behind(world, month)[village]
    role = np.select([place == 0, calls], [_TEAM, _COMMITTEE], role)
    for idle, salt in ((_TEAM, stories.TEAM), (_COMMITTEE, stories.COMMITTEE)):
        home = np.isin(village, stories.idle_villages(world, month.number, salt=salt))
        role = np.where(home & (role == idle), _HELPER, role)
    return np.asarray(role)


def _behind(world: World, month: Month) -> np.ndarray:
    """Return in which villages (rows) the committee hardly calls: in one township before the last three quarters."""
    late = world.places.villages["township_code"] == late_township(world.places.townships["code"])
    return late.to_numpy() & (month.number <= world.plan.first + len(world.plan.months) - 10)


def _unannounced(world: World, month: Month, rows: np.ndarray) -> np.ndarray:
    """Return which visits were unannounced: in a month one in every second village, but one township is left out.

    One village in fifteen lies too far away for whoever goes.
    """
    village = month.state["village"].to_numpy()[rows]
    town = world.places.villages["township_code"].factorize()[0]
    left_out = month.number % len(world.places.townships)
    here = (village % 2 == month.number % 2) & (town[village] != left_out) & (village % 15 != 4)
    first = np.zeros(len(rows), dtype=bool)
    first[np.unique(village, return_index=True)[1]] = True
    return np.asarray(first & here)


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
