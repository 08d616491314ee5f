"""The upstream exports of a month: households, persons, work and villages, under official headers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.sample.households import CHRONIC, labour_and_school, relation_words
from geodata.sample.invented_names import ethnicities
from geodata.sample.monitoring import OTHER_RISK, RISKS
from geodata.sample.plan import AFTER_TRANSITION, line_of
from geodata.sample.sheets import choose, decimal, months, numbered, pick, whole, words, yes_no
from geodata.sample.world import Month, World
from geodata.tables import table

Columns = dict[str, pa.Array]


def household_codes(numbers: object) -> pa.Array:
    """Return the codes of households: 99 and eleven digits, which no register gives out."""
    return numbered("99", np.asarray(numbers) + 1, 11)


def area(world: World, villages: np.ndarray, headers: tuple[str, str, str]) -> Columns:
    """Return county, township and village by name under the headers of one export."""
    named = world.places.villages
    columns = (named["county"], named["township"], named["name"])
    return {
        header: pick(list(column), villages)
        for header, column in zip(headers, columns, strict=True)
    }


def household_export(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return the export of all rural households, for the rows (household numbers) given."""
    homes, state = world.households.iloc[rows], month.state.iloc[rows]
    persons = world.persons
    heads = persons[persons["number"] == 1].iloc[rows]
    return {
        "序号": whole(np.arange(1, len(rows) + 1)),
        **area(world, state["village"].to_numpy(), ("县(市、区、旗)", "乡(镇)", "行政村")),
        "自然村": hamlet(homes),
        "户编号": household_codes(rows),
        "户主姓名": words(heads["name"]),
        "户主证件号码": words(heads["certificate"]),
        "户联系电话": words(heads["phone"]),
        "经度": decimal(homes["longitude"], 6),
        "纬度": decimal(homes["latitude"], 6),
        "家庭人口数": whole(state["people"]),
        **_status(world, month, rows),
        **_money(state),
        **_removal(world, month, rows),
        **_house_and_water(world, month, rows),
        **_relocation(world, homes),
    }


def hamlet(homes: pd.DataFrame) -> pa.Array:
    """Return the natural village of each household as a numbered group."""
    return pick([f"{number}组" for number in "零一二三四五六七八"], homes["group"])


def _status(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return type, category, risks and guarantees of households."""
    homes, state = world.households.iloc[rows], month.state.iloc[rows]
    episodes = world.episodes.iloc[rows]
    listed, removed = state["listed"].to_numpy(), state["removed"].to_numpy()
    risk = [word for word, _, _ in RISKS]
    first = np.where(listed, episodes["risk_1"], -1)
    registered = (homes["former_poor"] | state["listed"]).to_numpy()
    none = np.zeros(len(rows), dtype=bool)
    return {
        "户类型": choose("household_type", np.where(homes["former_poor"], 0, 1)),
        "脱贫户分类": pick(_CLASSES, former_classes(world, month, rows)),
        "监测对象类别": choose("monitored_category", _category(month, listed, episodes)),
        "风险识别时间": months(np.where(listed, episodes["identified"], -1)),
        "致贫/返贫风险1": pick(risk, first),
        "致贫/返贫风险2": pick(risk, np.where(listed, episodes["risk_2"], -1)),
        "风险备注": pick(("家庭变故",), np.where(first == OTHER_RISK, 0, -1)),
        "风险是否已消除": yes_no(removed, listed),
        "风险消除时间": months(np.where(removed, episodes["removed"], -1)),
        "风险消除方式": choose("removal_mode", np.where(removed, episodes["mode"], -1)),
        "整户无劳动能力兜底保障户": yes_no(state["labour"] == 0, registered),
        "享受低保政策情况": yes_no(state["dibao"]),
        "享受特困供养政策情况": yes_no(state["tekun"]),
        "是否饮水出现安全问题": yes_no(state["water_problem"]),
        "是否解决安全饮用水": yes_no(~state["water_problem"]),
        "是否住房出现安全问题": yes_no(state["house_problem"]),
        "是否义务教育阶段适龄儿童少年失学辍学": yes_no(none),
        "是否有家庭成员未参加城乡居民(职工)基本医疗保险": yes_no(none),
        "是否出现严重困难": yes_no(state["serious"]),
    }


# The county's classes of formerly poor households, by what it has set for 2026.
_CLASSES = ("稳定发展户", "重点关注户", "甲类")


def former_classes(world: World, month: Month, rows: np.ndarray) -> np.ndarray:
    """Return the number of each household's class (-1 none): from 2026 on, evaluated one by one.

    A few are written in words of somebody's own.
    """
    poor = world.households["former_poor"].to_numpy()[rows]
    since = AFTER_TRANSITION + rows * 7919 % 7
    known = poor & (month.number >= since)
    watched = month.state["poorer"].to_numpy()[rows] | (rows % 5 == 0)
    return np.where(known, np.where(rows % 173 == 5, 2, watched.astype(int)), -1)


def _category(month: Month, listed: np.ndarray, episodes: pd.DataFrame) -> np.ndarray:
    """Return the number of each household's category (-1 none): one for all after the transition."""
    kind = 3 if month.number >= AFTER_TRANSITION else episodes["category"].to_numpy()
    return np.where(listed, kind, -1)


def _money(state: pd.DataFrame) -> Columns:
    """Return the yearly income as the system shows it, in yuan with two decimals."""
    titles = {
        "per_head": "人均纯收入",
        "net": "家庭纯收入",
        "wage": "工资性收入",
        "business": "生产经营性收入",
        "property": "财产性收入",
        "transfer": "转移性收入",
        "expense": "生产经营性支出",
        "claims": "家庭理赔收入",
        "out_of_pocket": "合规自付支出",
        "rigid": "刚性支出",
    }
    return {title: decimal(state[name], 2) for name, title in titles.items()}


def _removal(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return what is recorded when a risk is removed: income above the line, guarantees in order."""
    state, episodes = month.state.iloc[rows], world.episodes.iloc[rows]
    gone = state["removed"].to_numpy()
    line = np.array([line_of(number) for number in episodes["removed"]])
    per_head = line * (1.12 + (rows * 7919 % 60) / 100)
    total = per_head * state["people"].to_numpy()
    ill = np.isin([word for word, _, _ in RISKS], ("因病",))[episodes["risk_1"]]
    column = table("household").column
    return {
        column("identified_wage_income").title["zh"]: decimal(
            (rows * 104729 % 24) * 1000.0, 2, state["listed"].to_numpy()
        ),
        column("removed_per_capita_income").title["zh"]: decimal(per_head, 2, gone),
        column("removed_wage_income").title["zh"]: decimal(total * 0.55, 2, gone),
        column("removed_business_income").title["zh"]: decimal(total * 0.2, 2, gone),
        column("removed_claims").title["zh"]: decimal(np.zeros(len(rows)), 2, gone),
        column("removed_out_of_pocket").title["zh"]: decimal(ill * 320.0, 2, gone),
        **{
            column(f"removed_{name}_problem").title["zh"]: yes_no(np.zeros(len(rows)), gone)
            for name in ("water", "house", "education", "insurance")
        },
    }


def _house_and_water(world: World, month: Month, rows: np.ndarray) -> Columns:
    homes, state = world.households.iloc[rows], month.state.iloc[rows]
    village = homes["village"].to_numpy()
    works = world.works.iloc[village]
    bad = state["house_problem"].to_numpy()
    short = state["dry_days"].to_numpy()
    spring = (works["kind"] == "分散供水").to_numpy()
    return {
        "是否危房户": yes_no(bad),
        "危房级别": pick(("A", "B", "C", "D"), np.where(bad, 2 + rows % 2, rows % 3 == 0)),
        "住房面积": whole(homes["house_area"]),
        "供水片区编号": numbered("99PQ", works["zone"].to_numpy() + 1, 4),
        "供水方式": choose("water_access", np.where(spring & (rows % 3 == 0), 1, 0)),
        "人均日用水量": whole(np.where(short > 5, 18 + rows % 14, 62 + rows % 50)),
        "取水往返时间": whole(6 + rows % 13, spring & (rows % 3 == 0)),
        "饮水感官是否正常": yes_no(np.ones(len(rows))),
        "缺水情况": choose("water_supply", np.select([short > 5, short > 0], [2, 1], 0)),
        "本月缺水天数": whole(short),
        "耕地面积": decimal(homes["farmland"], 1),
        "退耕还林面积": decimal(homes["returned_land"], 1),
        "林果面积": decimal(homes["orchard_land"], 1),
        "与村主干路距离": decimal(homes["road_km"], 1),
        "入户路类型": choose("road_type", np.select([rows % 11 == 0, rows % 7 == 0], [1, 3], 2)),
        "主要燃料": choose("fuel", np.select([rows % 9 == 0, rows % 5 == 0], [0, 2], 3)),
        "是否有卫生厕所": yes_no(rows % 13 > 0),
    }


def _relocation(world: World, homes: pd.DataFrame) -> Columns:
    """Return site, village of origin, move and old house of relocated households."""
    site, origin = homes["site"].to_numpy(), homes["origin"].to_numpy()
    moved = site >= 0
    number = homes.index.to_numpy()
    lives = moved & (number % 53 > 0)
    old = np.select([number % 17 == 0, number % 29 == 0], [1, 2], 0)
    gone = moved & (old == 0)
    land = 120 + number * 7919 % 90
    return {
        "是否易地搬迁户": yes_no(moved),
        "安置点编号": numbered("99AZ", np.where(moved, site + 1, -1), 2),
        "迁出村代码": pick(list(world.places.villages["code"]), origin),
        "是否实际入住": yes_no(lives, moved),
        "入住时间": months(np.where(lives, 2018 * 12 + number % 24, -1)),
        "旧房拆除情况": choose("old_house_status", np.where(moved, old, -1)),
        "应复垦宅基地面积": whole(land, gone),
        "已复垦面积": whole(np.where(number % 7 == 0, land * 2 // 3, land), gone),
    }


_HEALTH = tuple(
    ",".join(word for bit, word in ((1, "长期慢性病"), (2, "患有大病"), (4, "残疾")) if bits & bit)
    or "健康"
    for bits in range(8)
)
# In the order of the schooling numbers of geodata.sample.households.
_SCHOOLS = (
    "非在校生",
    "学龄前儿童",
    "学前教育",
    "小学",
    "初中",
    "",
    "",
    "普通高中",
    "中职",
    "高职",
    "本科",
)
_EMPLOYERS = ("顺达电子厂", "宏远制衣厂", "金穗建筑队", "恒通物流站", "永兴家具厂", "瑞祥餐饮店")
_CITIES = (
    ("东海省", "临江市", "江口区"),
    ("南岭省", "浦阳市", "新港区"),
    ("澹河省", "澹州市", "岚禾县"),
)


def registered_persons(world: World, month: Month, households: np.ndarray) -> np.ndarray:
    """Return the rows of the persons born by a month whose households are among those given."""
    wanted = np.zeros(len(world.households), dtype=bool)
    wanted[households] = True
    listed = (world.households["former_poor"] | month.state["listed"]).to_numpy() & wanted
    there = world.persons["birth"].to_numpy() <= month.number
    return np.flatnonzero(listed[world.persons["household"].to_numpy()] & there)


def person_export(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return the export of monitored and formerly poor persons, for the rows (persons) given."""
    people = world.persons.iloc[rows]
    who = people["household"].to_numpy()
    state = month.state.iloc[who]
    return {
        "序号": whole(np.arange(1, len(rows) + 1)),
        "数据日期": months(np.full(len(rows), month.number)),
        **area(world, state["village"].to_numpy(), ("县", "乡(镇)", "行政村")),
        "自然村": hamlet(world.households.iloc[who]),
        "户编号": household_codes(who),
        "人编号": person_codes(people),
        "姓名": words(people["name"]),
        "证件号码": words(people["certificate"]),
        "性别": choose("sex", ~people["male"].to_numpy()),
        "出生日期": _birth_days(people),
        "人数": whole(state["people"]),
        **_abilities(world, month, rows),
        **_household_columns(world, month, people),
    }


def _abilities(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return relation, school, health, labour, insurance and public post of persons."""
    people = world.persons.iloc[rows]
    who = people["household"].to_numpy()
    labour, school = (column[rows] for column in labour_and_school(world.persons, month.number))
    age = (month.number - people["birth"].to_numpy()) // 12
    post = world.economy.traits["post_number"].to_numpy()[who] == people["number"]
    return {
        "与户主关系": pick(relation_words(), people["relation"]),
        "民族": pick(ethnicities(), np.select([who % 5 == 0, who % 23 == 0], [1, 2], 0)),
        "文化程度": _education(people, age, school),
        "在校生状况": pick(_SCHOOLS, school),
        "健康状况": pick(_HEALTH, people["health"]),
        "劳动技能": choose("labour", labour),
        "务工时间(月)": whole(month.work_months[rows]),
        "是否参加城乡居民基本医疗保险": yes_no(np.ones(len(rows))),
        "是否参加大病保险": yes_no(np.ones(len(rows))),
        "是否参加城乡居民基本养老保险": yes_no(age >= 16),
        "是否签约慢病服务": yes_no(np.ones(len(rows)), (people["health"].to_numpy() & CHRONIC) > 0),
        "是否享受低保政策": yes_no(month.state["dibao"].to_numpy()[who]),
        "公益性岗位类别": choose("public_post", np.where(post, 2, -1)),
        "公益性岗位(月数)": whole(np.full(len(rows), 12), post),
    }


def _household_columns(world: World, month: Month, people: pd.DataFrame) -> Columns:
    """Return what the export repeats on every person of a household."""
    who = people["household"].to_numpy()
    state, episodes = month.state.iloc[who], world.episodes.iloc[who]
    listed, removed = state["listed"].to_numpy(), state["removed"].to_numpy()
    poor = world.households["former_poor"].to_numpy()[who]
    again = listed & poor & (who % 25 == 0)  # monitored before, and once more
    since = np.where(poor, 2014 * 12 + who % 30, episodes["identified"])
    since = np.where(listed & ~again, episodes["identified"], since)
    birth = people["birth"].to_numpy()
    phone = world.persons["phone"][world.persons["number"] == 1].to_numpy()[who]
    return {
        "致贫原因1": choose("poverty_cause", np.where(poor, who % 9, -1)),
        "危房户": yes_no(state["house_problem"]),
        "是否解决安全饮用水": yes_no(~state["water_problem"]),
        "人均纯收入": decimal(state["per_head"], 2),
        "户联系电话": words(phone),
        "人联系电话": _phones(people, (month.number - birth) // 12),
        "首次识别时间": months(since),
        "人员识别时间": months(np.maximum(since, birth)),
        "户类型": choose("household_type", np.where(poor, 0, 1)),
        "易返贫致贫户(监测对象)类型": choose(
            "monitored_category", _category(month, listed, episodes)
        ),
        "风险是否消除": yes_no(removed, listed),
        "风险识别时间": months(np.where(listed, episodes["identified"], -1)),
        "风险消除时间": months(np.where(removed, episodes["removed"], -1)),
    }


def person_codes(people: pd.DataFrame) -> pa.Array:
    """Return the codes of persons: the household's and two digits."""
    number = pc.utf8_lpad(whole(people["number"]), width=2, padding="0")
    return pc.binary_join_element_wise(household_codes(people["household"]), number, "")


def _birth_days(people: pd.DataFrame) -> pa.Array:
    day = pc.utf8_lpad(whole(people["day"]), width=2, padding="0")
    return pc.binary_join_element_wise(months(people["birth"], dash=True), day, "-")


def _phones(people: pd.DataFrame, age: np.ndarray) -> pa.Array:
    """Return the phones of those who are 14 or older."""
    return pc.if_else(pa.array(age >= 14), words(people["phone"]), "")


def _education(people: pd.DataFrame, age: np.ndarray, school: np.ndarray) -> pa.Array:
    """Return the highest school attended; children before school have none."""
    draw = people["educated"].to_numpy()
    older = np.select(
        [
            draw < np.clip((age - 35) / 60, 0.02, 0.6),
            draw < np.clip((age - 10) / 70, 0.1, 0.9),
            draw < 0.92,
            draw < 0.97,
        ],
        [0, 1, 2, 3],
        4,
    )
    now = np.select(
        [age < 6, age < 13, age < 16, school >= 9, school >= 7], [-1, 1, 2, 3, 2], older
    )
    return choose("education", now)


def working_export(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return the export of who works away, for the rows (persons) given."""
    people = world.persons.iloc[rows]
    city = [np.array(names)[_place_of_work(people)] for names in zip(*_CITIES, strict=True)]
    local = _place_of_work(people) == 2
    return {
        **_workers(world, month, people),
        "务工所在省": words(city[0]),
        "务工所在市": words(city[1]),
        "务工所在县": words(city[2]),
        "务工企业名称": pick(_EMPLOYERS, rows % len(_EMPLOYERS)),
        "就业渠道": choose("employment_channel", np.where(local, 1, 0)),
        "务工开始时间": months(month.number - month.work_months[rows] + 1),
        "务工时间(月)": whole(month.work_months[rows]),
        "务工月收入": decimal(people["wage"], 2),
    }


def planned_export(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return the export of who plans to work away, for the rows (persons) given."""
    people = world.persons.iloc[rows]
    city = [np.array(names)[_place_of_work(people)] for names in zip(*_CITIES, strict=True)]
    return {
        **_workers(world, month, people),
        "计划务工省份": words(city[0]),
        "计划务工市": words(city[1]),
        "计划外出时间": months(np.full(len(rows), month.number + 1)),
        "期望月收入": decimal(np.full(len(rows), 4000.0), 2),
    }


def _workers(world: World, month: Month, people: pd.DataFrame) -> Columns:
    """Return the columns with which both exports of workers begin: number, area and person."""
    who = people["household"].to_numpy()
    return {
        "序号": whole(np.arange(1, len(people) + 1)),
        **area(world, month.state["village"].to_numpy()[who], ("县", "乡", "村")),
        "户编号": household_codes(who),
        "人编号": person_codes(people),
        "姓名": words(people["name"]),
        "证件号码": words(people["certificate"]),
    }


def _place_of_work(people: pd.DataFrame) -> np.ndarray:
    return ((people["educated"].to_numpy() * 1000).astype(int) % 10 > 3).astype(int) + (
        (people["educated"].to_numpy() * 1000).astype(int) % 10 > 6
    )


def village_export(world: World, month: Month, rows: np.ndarray) -> Columns:
    """Return the export of villages, for the rows (villages) given."""
    state, homes = month.state, world.households
    village = state["village"].to_numpy()

    def count(weights: object = None) -> np.ndarray:
        given = None if weights is None else np.asarray(weights, dtype=float)
        return np.asarray(np.bincount(village, given, minlength=len(world.places.villages))[rows])

    poor, active = homes["former_poor"], state["listed"] & ~state["removed"]
    working = np.bincount(
        world.persons["household"].to_numpy()[month.account.working], minlength=len(homes)
    )
    exited = rows % 3 == 0
    return {
        "序号": whole(np.arange(1, len(rows) + 1)),
        **area(world, rows, ("县", "乡", "行政村")),
        "是否脱贫村": yes_no(exited),
        "总户数": whole(count()),
        "总人口数": whole(count(state["people"])),
        "脱贫户数": whole(count(poor)),
        "脱贫人口数": whole(count(poor * state["people"])),
        "监测对象户数": whole(count(active)),
        "低保户数": whole(count(state["dibao"])),
        "劳动力人数": whole(count(state["labour"])),
        "外出务工人数": whole(count(working)),
        "未解决安全饮水户数": whole(count(state["water_problem"])),
        "危房户数": whole(count(state["house_problem"])),
        "小学个数": whole(rows % 4 == 0),
        "幼儿园个数": whole(rows % 5 == 0),
        "卫生室个数": whole(np.ones(len(rows))),
        "村医人数": whole(1 + rows % 2),
        "是否通客运班车": yes_no(np.ones(len(rows))),
        "是否通硬化路": yes_no(np.ones(len(rows))),
        "是否通动力电": yes_no(np.ones(len(rows))),
        "是否通宽带": yes_no(np.ones(len(rows))),
        **_collective(rows),
        "合作社个数": whole(rows % 3),
        "耕地面积": decimal(count(homes["farmland"]) + 20, 1),
        "退耕还林面积": decimal(count(homes["returned_land"]) + 20, 1),
        "林果面积": decimal(count(homes["orchard_land"]) + 20, 1),
    }


def _collective(rows: np.ndarray) -> Columns:
    """Return the income of the collective and its sources, which add up to it."""
    income = 40_000 + rows * 7919 % 160_000
    parts = [income * (rows % 4 + share) // 16 for share in (1, 2, 3)]
    named = ("集体经营收入", "集体发包租赁收入", "集体投资分红收入", "集体补助收入")
    parts.append(income - sum(parts))
    return {
        "村集体经济收入": decimal(income, 2),
        **{name: decimal(part, 2) for name, part in zip(named, parts, strict=True)},
    }
