"""The upstream export of all rural households of a month, under its official headers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.sample.monitoring import OTHER_RISK, RISKS
from geodata.sample.plan import line_of
from geodata.sample.text import choose, decimal, months, numbered, pick, whole, words, yes_no
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
        "监测对象类别": choose("monitored_category", np.where(listed, episodes["category"], -1)),
        "风险识别时间": months(np.where(listed, episodes["identified"], -1)),
        "致贫/返贫风险1": pick(risk, first),
        "致贫/返贫风险2": pick(risk, np.where(listed, episodes["risk_2"], -1)),
        "风险备注": pick(("家庭变故",), np.where(first == OTHER_RISK, 0, -1)),
        "风险是否已消除": yes_no(removed, listed),
        "风险消除时间": months(np.where(removed, episodes["removed"], -1)),
        "风险消除方式": choose("removal_mode", np.where(removed, episodes["mode"], -1)),
        "整户无劳动能力兜底保障户": yes_no(state["labour"] == 0, registered),
        "享受低保政策情况": yes_no(state["dibao"]),
        "是否饮水出现安全问题": yes_no(state["water_problem"]),
        "是否解决安全饮用水": yes_no(~state["water_problem"]),
        "是否住房出现安全问题": yes_no(state["house_problem"]),
        "是否义务教育阶段适龄儿童少年失学辍学": yes_no(none),
        "是否有家庭成员未参加城乡居民(职工)基本医疗保险": yes_no(none),
    }


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
    return {
        "是否易地搬迁户": yes_no(moved),
        "安置点编号": numbered("99AZ", np.where(moved, site + 1, -1), 2),
        "迁出村代码": pick(list(world.places.villages["code"]), origin),
        "是否实际入住": yes_no(lives, moved),
        "入住时间": months(np.where(lives, 2018 * 12 + number % 24, -1)),
        "旧房拆除情况": choose("old_house_status", np.where(moved, old, -1)),
    }
