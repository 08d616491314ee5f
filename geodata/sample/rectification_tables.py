"""The tables of the ledger of rectification, each month what it gained."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.sample.exports import Columns, household_codes
from geodata.sample.rectification import DAY, Register, problem_codes
from geodata.sample.templates import officials, titled
from geodata.sample.text import choose, pick, whole, words
from geodata.sample.world import Month, World
from geodata.tables import enumeration

_DEPARTMENTS = (
    "农业农村局",
    "住房和城乡建设局",
    "医疗保障局",
    "教育局",
    "水利局",
    "人力资源和社会保障局",
)


def ledger_tables(world: World, register: Register, month: Month) -> dict[str, Columns]:
    """Return what the ledger gained in a month; the first month brings all that was before it."""
    return {
        "problem": _problem_table(world, _gained(world, register.problems, "found", month)),
        "task": _task_table(world, register, _gained(world, register.tasks, "handed", month)),
        "progress": _progress_table(world, register, _gained(world, register.steps, "day", month)),
    }


def _gained(world: World, rows: pd.DataFrame, name: str, month: Month) -> pd.DataFrame:
    stamps = rows[name].dt.year * 12 + rows[name].dt.month - 1
    first = month.number == world.plan.first
    return rows[(stamps == month.number) | (first & (stamps < month.number))]


def _days(days: pd.Series) -> pa.Array:
    return words(days.dt.strftime("%Y-%m-%d"))


def _problem_table(world: World, rows: pd.DataFrame) -> Columns:
    checked = np.where(rows["adopted"], rows["fate"] != "adopted_unchecked", -1)
    told = enumeration("problem_kind").values
    return titled(
        "problem",
        {
            "problem_code": words(problem_codes(rows.index)),
            "place_code": words(world.places.villages["code"].to_numpy()[rows["village"]]),
            "household_code": household_codes(np.where(rows["household"] < 0, -2, rows["household"])),
            "batch": words(rows["found"].dt.strftime("%Y 年第") + ((rows["found"].dt.month + 2) // 3).astype(str) + " 批"),
            "origin": choose("problem_origin", rows["origin"]),
            "found_day": _days(rows["found"]),
            "category": choose("problem_category", rows["category"]),
            "kind": choose("problem_kind", rows["kind"]),
            "description": words([f"核查发现：{told[kind]}" for kind in rows["kind"]]),
            "adopted_from": words(np.where(rows["adopted"], "邻县", "")),
            "checked_elsewhere": pick(("否", "是"), checked.astype(int)),
            "bottom_line_day": _days(rows["bottom"]),
        },
    )  # fmt: skip


def _task_table(world: World, register: Register, rows: pd.DataFrame) -> Columns:
    problems = register.problems.loc[rows["problem"]]
    owner, acceptor, _ = _people(world, register)
    towns = world.places.townships.set_index("code")["name"]
    town = world.places.villages["township_code"].iloc[problems["village"]].map(towns).to_numpy()
    department = np.array(_DEPARTMENTS, dtype=object)[problems["kind"] % len(_DEPARTMENTS)]
    named = owner[rows["problem"]]
    own = rows["fate"] == "accepted_by_owner"
    return titled(
        "task",
        {
            "problem_code": words(problem_codes(rows["problem"])),
            "task_code": words(rows["number"].astype(str).to_numpy(dtype=object)),
            "action": pick(("入户核实并整改到位", "举一反三全面排查"), rows["number"] - 1),
            "standard": words(["问题解决，农户认可"] * len(rows)),
            "handling": choose("task_handling", problems["kind"] % 3),
            "handed_over_day": _days(rows["handed"]),
            "due_day": _days(rows["due"].mask(rows["fate"] == "due_missing")),
            "area_owner": words(town),
            "area_person": words(named),
            "department_owner": words(np.where(rows["fate"] == "owner_missing", "", department)),
            "acceptor": words(np.where(own, named, acceptor[rows["problem"]])),
        },
    )


def _progress_table(world: World, register: Register, rows: pd.DataFrame) -> Columns:
    people = np.stack(_people(world, register))
    kinds = enumeration("progress_kind")
    longer = (rows["kind"] == "extended").to_numpy()
    approved = longer & (rows["fate"] == "extended").to_numpy()
    accepted = (rows["kind"] == "accepted").to_numpy()
    return titled(
        "progress",
        {
            "problem_code": words(problem_codes(rows["problem"])),
            "task_code": words(
                np.where(rows["number"] > 0, rows["number"].astype(str), "").astype(object)
            ),
            "day": _days(rows["day"]),
            "kind": words([kinds.label(kind, "zh") for kind in rows["kind"]]),
            "percent_done": whole(np.full(len(rows), 50), (rows["kind"] == "progress").to_numpy()),
            "new_due_day": _days((rows["due"] + 30 * DAY).where(longer)),
            "method": choose("acceptance_method", np.where(accepted, rows["problem"] % 3, -1)),
            "handled_by": words(people[rows["by"], rows["problem"]]),
            "approver": words(np.where(approved, people[2][rows["problem"]], "")),
            "evidence": whole(np.full(len(rows), 2), accepted),
        },
    )


def _people(world: World, register: Register) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who owns each problem, who accepts, and who closes; three different names each."""
    count = len(register.problems)
    names = [officials(world, count, salt)[0] for salt in (31, 32, 33)]
    return names[0], names[1] + "甲", names[2] + "乙"
