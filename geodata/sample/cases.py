"""Records that contradict each other across tables and in the ledger, for the rules to find.

The names of the rules are those of the themes. What the import sees already in one table is
remembered as a fault too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.faults import CarelessDesk, FlaggedSubject
from geodata.sample.monitoring import HOUSE_RISK, WATER_RISK, family_facts
from geodata.sample.rectification import DAY, Register, problem_codes
from geodata.sample.world import Month, World

# Rule and header -> the check of the import that sees the same.
_CHECKS = {
    ("unsafe_house_unmonitored", "是否危房户"): "dangerous_house_not_monitored",
    ("unsafe_water_unmonitored", "是否解决安全饮用水"): "unsafe_water_not_monitored",
    ("farmland_less_than_listed", "耕地面积"): "land_smaller_than_households",
}


def plant_cases(desk: CarelessDesk, world: World, month: Month) -> list[FlaggedSubject]:
    """Change records of the last month so that rules flag them; returns who is flagged by what."""
    facts = family_facts(world.persons, len(world.households), month.number)
    listed, removed = (month.state[name].to_numpy() for name in ("listed", "removed"))
    risk = world.episodes["risk_1"].to_numpy()
    active = listed & ~removed & (month.number - world.episodes["identified"].to_numpy() >= 3)
    calm = active & ~np.isin(risk, [HOUSE_RISK, WATER_RISK])
    well, labour = (facts["ill"] == 0).to_numpy(), (facts["labour"] > 0).to_numpy()
    whole = (facts["disabled"] == 0).to_numpy()
    dibao = month.state["dibao"].to_numpy()
    unlisted = world.households["former_poor"].to_numpy() & ~listed
    first, wage = "致贫/返贫风险1", "识别时工资性收入"
    cells = (
        ("illness_all_healthy", calm & well & whole, {first: "因病"}),
        ("disability_without_person", calm & whole, {first: "因残"}),
        ("work_risk_without_labour", calm & ~labour, {first: "因务工就业不稳"}),
        ("unsafe_house_unmonitored", unlisted, {"是否危房户": "是", "是否住房出现安全问题": "是"}),
        (
            "unsafe_water_unmonitored",
            unlisted,
            {"是否解决安全饮用水": "否", "是否饮水出现安全问题": "是"},
        ),
        ("removed_income_below_line", removed, {"消除后人均纯收入": "3000.00"}),
        ("wage_implausible", calm, {wage: "60.00"}),
    )
    cases = []
    for rule, mask, changes in cells:
        for position in desk.choose("households", mask):
            for header, value in changes.items():
                check = _CHECKS.get((rule, header), "")
                desk.write("households", position, header, value, check=check)
                _repeat(desk, position, header, value)
            cases.append(_case(rule, position))
    cases += _measure_cases(
        desk, active & labour & ~dibao & calm, active & dibao, risk == HOUSE_RISK
    )
    left = removed & (world.episodes["removed"].to_numpy() < month.number)
    cases += _again(desk, left & ~world.households["former_poor"].to_numpy(), month)
    cases += _sheet_cases(desk, active)
    return cases + _village_cases(desk, world, month)


def _again(desk: CarelessDesk, mask: np.ndarray, month: Month) -> list[FlaggedSubject]:
    """Let households whose risk was removed be taken in again in the month: the removal is cleared."""
    stamp = f"{month.number // 12:04d}{month.number % 12 + 1:02d}"
    cleared = [one for one in desk.files["households"].columns if one.startswith("消除后")]
    changes = {
        "风险识别时间": stamp,
        "风险是否已消除": "否",
        **dict.fromkeys(("风险消除时间", "风险消除方式", *cleared), ""),
    }
    cases = []
    for household in desk.choose("households", mask):
        for header, value in changes.items():
            desk.write("households", household, header, value)
            _repeat(desk, household, header, value)
        cases.append(_case("reentered", household))
    return cases


def _sheet_cases(desk: CarelessDesk, active: np.ndarray) -> list[FlaggedSubject]:
    """Leave the judgement of two visits empty, and two chronic patients without a contract."""
    visited = active[desk.owners["visit"]]
    cases = []
    for position in desk.choose("visit", visited):
        desk.write("visit", position, "研判结论", "")
        cases.append(_case("sheet_without_judgement", int(desk.owners["visit"][position])))
    patient = np.array(
        [cell == "是" for cell in desk.files["persons"].columns["是否签约慢病服务"].to_pylist()]
    )
    for position in desk.choose("persons", patient):
        desk.write("persons", position, "是否签约慢病服务", "否")
        cases.append(_case("chronic_without_contract", int(desk.owners["persons"][position])))
    return cases


def _repeat(desk: CarelessDesk, household: int, header: str, value: str) -> None:
    """Write the value on every person of the household where the export of persons has it too."""
    header = {"是否危房户": "危房户", "风险是否已消除": "风险是否消除"}.get(header, header)
    if header in desk.files["persons"].columns:
        for person in np.flatnonzero(desk.owners["persons"] == household):
            desk.write("persons", int(person), header, value)


def _case(rule: str, household: int) -> FlaggedSubject:
    return FlaggedSubject(rule, "household", f"99{household + 1:011d}")


def _measure_cases(
    desk: CarelessDesk, able: np.ndarray, assured: np.ndarray, housed: np.ndarray
) -> list[FlaggedSubject]:
    """Change or take away help measures of a few households."""
    cases = []
    for household in desk.choose("households", able):
        desk.drop("measure", np.flatnonzero(desk.owners["measure"] == household))
        cases.append(_case("no_measure_in_time", household))
    several = np.bincount(desk.owners["measure"], minlength=len(able)) > 1
    social = ("社会帮扶", "节日慰问")
    changes = (
        ("labour_with_assurance_only", able, "", ("综合保障", "临时救助")),
        # Of one measure alone another rule would be broken too.
        ("dibao_measure_without_dibao", able & several, "", ("综合保障", "享受农村低保")),
        ("dibao_without_measure", assured, "综合保障", social),
        ("house_without_housing", housed & able, "住房安全保障", social),
    )
    for rule, mask, old, (kind, detail) in changes:
        for household in desk.choose("households", mask):
            rows = np.flatnonzero(desk.owners["measure"] == household)
            kinds = [desk.files["measure"].columns["帮扶措施类别"][row].as_py() for row in rows]
            chosen = [row for row, was in zip(rows, kinds, strict=True) if old in ("", was)]
            if rule.startswith("dibao_measure"):
                chosen = chosen[-1:]
            for number, row in enumerate(chosen):
                desk.write("measure", int(row), "帮扶措施类别", kind)
                desk.write(
                    "measure",
                    int(row),
                    "措施内容",
                    detail + "ⅠⅡⅢⅣ"[number : number + 1] * (number > 0),
                )
            cases.append(_case(rule, household))
    return cases


def _village_cases(desk: CarelessDesk, world: World, month: Month) -> list[FlaggedSubject]:
    """Give a village too little land, and leave a figure of an exited village empty."""
    codes = world.places.villages["code"]
    poor = world.households["farmland"].where(world.households["former_poor"], 0.0)
    land = np.bincount(month.state["village"], poor, minlength=len(codes))
    farmed = land[-1 - desk.owners["villages"]] > 5
    exited = desk.files["villages"].columns["是否脱贫村"].to_numpy(zero_copy_only=False) == "是"
    cases = []
    for rule, mask, header, value in (
        ("farmland_less_than_listed", farmed, "耕地面积", "1.0"),
        ("village_basics_missing", exited, "小学个数", ""),
    ):
        for position in desk.choose("villages", mask):
            check = _CHECKS.get((rule, header), "")
            desk.write("villages", position, header, value, check=check)
            village = -1 - int(desk.owners["villages"][position])
            cases.append(FlaggedSubject(rule, "village", str(codes.iloc[village])))
    return cases


def ledger_cases(register: Register) -> list[FlaggedSubject]:
    """Return every problem, task and household that a rule of the ledger must flag at the end."""
    problems, last = register.problems, register.last
    fate, code = problems["fate"], problem_codes(problems.index)
    is_open = ~fate.str.startswith("closed")
    by_fate: dict[str, pd.Series | np.ndarray] = {
        "problem_reopened": fate == "reopened",
        "problem_closed_unaccepted": fate == "closed_unaccepted",
        "problem_closed_by_owner": fate == "closed_by_owner",
        "problem_without_task": fate == "without_task",
        "problem_adopted_unchecked": fate == "adopted_unchecked",
        "problem_bottom_line_passed": is_open & (problems["bottom"] < last),
        "problem_critical_open": is_open & problems["critical"],
        "problem_recurred": _came_back(problems, last),
    }
    cases = [
        FlaggedSubject(rule, "problem", code[number])
        for rule, mask in by_fate.items()
        for number in np.flatnonzero(mask)
    ]
    return cases + _task_cases(register, is_open)


def _task_cases(register: Register, is_open: pd.Series) -> list[FlaggedSubject]:
    """Return the tasks that a rule must flag, and the households named in what is open."""
    problems, tasks, last = register.problems, register.tasks, register.last
    code = problem_codes(problems.index)
    todo = tasks[~tasks["fate"].str.startswith("closed") & (tasks["number"] == 1)]
    left = (todo["due"] - last).dt.days + np.where(todo["fate"] == "extended", 30, 0)
    left = left.mask(todo["fate"] == "due_missing")
    by_task = {
        "task_red": left < 0,
        "task_yellow": (left >= 0) & (left <= 3),
        "task_blue": (left > 3) & (left <= 10),
        "task_returned": todo["fate"] == "returned",
        "task_extension_unapproved": todo["fate"] == "extended_unapproved",
        "task_owner_missing": todo["fate"] == "owner_missing",
        "task_due_missing": todo["fate"] == "due_missing",
        "task_accepted_by_owner": todo["fate"] == "accepted_by_owner",
    }
    cases = [
        FlaggedSubject(rule, "task", f"{code[problem]}-1")
        for rule, mask in by_task.items()
        for problem in todo.loc[mask, "problem"]
    ]
    red = problems.index.isin(todo.loc[left < 0, "problem"])
    for rule, mask in (("household_problem_open", is_open), ("household_task_overdue", red)):
        named = problems.loc[mask & (problems["household"] >= 0), "household"].unique()
        cases += [
            FlaggedSubject(rule, "household", f"99{number + 1:011d}") for number in sorted(named)
        ]
    return cases


def _came_back(problems: pd.DataFrame, last: np.datetime64) -> np.ndarray:
    """Return which problems of the last 365 days were closed in their village within twelve months."""
    closed = problems[
        problems["fate"].str.startswith("closed") | (problems["fate"] == "reopened")
    ].reset_index()
    pairs = problems.reset_index().merge(closed, on=["village", "kind"], suffixes=("", "_before"))
    until = pairs["closed_before"] + pd.DateOffset(years=1)
    inside = (pairs["found"] >= pairs["closed_before"]) & (pairs["found"] <= until)
    again = pairs.loc[inside & (pairs["index"] != pairs["index_before"]), "index"]
    lately = problems["found"] > last - 365 * DAY
    return (lately & problems.index.isin(again)).to_numpy()
