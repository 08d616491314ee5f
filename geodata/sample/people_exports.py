"""The upstream exports of persons, of who works away and who plans to, under official headers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.sample.exports import Columns, area, hamlet, household_codes
from geodata.sample.names import ethnicities
from geodata.sample.people import CHRONIC, labour_and_school, relation_words
from geodata.sample.text import choose, decimal, months, pick, whole, words, yes_no
from geodata.sample.world import Month, World

_HEALTH = tuple(
    ",".join(word for bit, word in ((1, "长期慢性病"), (2, "患有大病"), (4, "残疾")) if bits & bit)
    or "健康"
    for bits in range(8)
)
# In the order of the schooling numbers of geodata.sample.people.
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
    labour, school = (found[rows] for found in labour_and_school(world.persons, month.number))
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
        "是否签约慢病服务": yes_no(np.ones(len(rows)), (people["health"] & CHRONIC) > 0),
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
            "monitored_category", np.where(listed, episodes["category"], -1)
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
