"""The ledger of rectification: problems, their tasks, the steps taken, and its tables each month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from geodata.sample.exports import Columns, household_codes
from geodata.sample.other_tables import officials, titled
from geodata.sample.plan import month_text
from geodata.sample.sheets import choose, pick, whole, words
from geodata.sample.world import Month, World
from geodata.tables import enumeration

# What becomes of a problem; the planted ones come twice each, the first two as often as they do.
FATES = (
    "closed",
    "open",
    "reopened",
    "closed_unaccepted",
    "closed_by_owner",
    "without_task",
    "returned",
    "extended",
    "extended_unapproved",
    "owner_missing",
    "due_missing",
    "accepted_by_owner",
    "adopted_unchecked",
    "bottom_line_passed",
)
# Days from the last day to the due day, on both sides of each edge of the colours; those that are
# overdue fell due in the first days of the month, so that they were yellow and blue before.
_EDGES = (-29, -24, 0, 3, 4, 10, 11)
# Days from finding a problem to accepting its task and to closing it, where that is done.
ACCEPTED_AFTER, CLOSED_AFTER = 40, 70
_CRITICAL = ("中央巡视", "国家成效考核", "省级以上督查", "省通报", "媒体曝光")
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Register:
    """The whole ledger: one row a problem, its tasks, and the steps taken, each with its day."""

    problems: pd.DataFrame
    tasks: pd.DataFrame
    steps: pd.DataFrame
    last: np.datetime64


def make_register(world: World) -> Register:
    """Return the county's ledger up to its last month; the same county has the same ledger."""
    rng = np.random.default_rng([world.seed, 30])
    last = np.datetime64(month_text(world.plan.first + len(world.plan.months)), "D") - DAY
    problems = _problems(rng, world, last)
    tasks = _tasks(problems, last)
    return Register(problems, tasks, _steps(problems, tasks, last), last)


def _problems(rng: np.random.Generator, world: World, last: np.datetime64) -> pd.DataFrame:
    """Return number, village, household, origin, kind, fate, found and due day of every problem."""
    villages, plan = world.places.villages, world.plan
    usual = max(2 * len(villages), 80)
    planted = np.repeat(np.arange(2, len(FATES)), 2)
    edges = np.ones(len(_EDGES), dtype=int)
    age = rng.integers(5, 720, usual)
    fate = np.where((age < 150) & ((age < 80) | (rng.random(usual) < 0.5)), 1, 0)
    fate = np.concatenate([fate, planted, edges])
    age = np.concatenate([age, rng.integers(80, 120, len(planted)), np.full(len(edges), 45)])
    due = _due_days(rng, fate, age, last)
    home = np.setdiff1d(np.arange(len(villages)), [plan.merged[0], plan.merged[1]])
    frame = pd.DataFrame(
        {
            "village": rng.choice(home, len(fate)),
            "origin": rng.integers(0, len(enumeration("problem_origin").values), len(fate)),
            "category": rng.integers(0, 7, len(fate)),
            "kind": rng.integers(0, len(enumeration("problem_kind").values), len(fate)),
            "fate": np.array(FATES, dtype=object)[fate],
            "found": last - age * DAY,
            "due": last + due * DAY,
        }
    )
    frame = pd.concat([frame, _twelve_months_apart(rng, home, last)], ignore_index=True)
    origins = enumeration("problem_origin").values
    frame["origin"] = _at_home(frame["origin"].to_numpy(), origins)
    adopted = origins.index("举一反三")
    frame.loc[frame["fate"] == "adopted_unchecked", "origin"] = adopted
    frame["adopted"] = frame["origin"] == adopted
    frame["critical"] = np.isin(
        np.array(enumeration("problem_origin").values, dtype=object)[frame["origin"]], _CRITICAL
    )
    frame["household"] = _named(rng, world, frame["village"].to_numpy())
    frame["closed"] = frame["found"] + CLOSED_AFTER * DAY
    late = frame["fate"] == "bottom_line_passed"
    far = frame["critical"] & ~late
    frame["bottom"] = (
        (frame["found"] + 900 * DAY).where(far).mask(late, pd.Timestamp(last - 5 * DAY))
    )
    return frame.sort_values("found", kind="stable", ignore_index=True)


def _due_days(
    rng: np.random.Generator, fate: np.ndarray, age: np.ndarray, last: np.datetime64
) -> np.ndarray:
    """Return when each problem falls due, in days after the last day.

    What is overdue at the end fell due in the first days of the month: at the end of the month before
    it was blue or yellow.
    """
    due = rng.integers(-12, 60, len(fate))
    due = np.where(due < 0, -30 + -due % 8, due)
    done = fate == 0
    due[done] = -age[done] + _days_to_do(last - age[done] * DAY, rng.integers(41, 91, done.sum()))
    due[fate == FATES.index("reopened")] = -30
    due[-len(_EDGES) :] = _EDGES
    return np.asarray(due)


def _at_home(origin: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Return the origins with two in three of the grave ones found at home instead."""
    grave = np.isin(origin, [names.index(name) for name in _CRITICAL])
    return np.where(grave & (np.arange(len(origin)) % 3 > 0), names.index("自查"), origin)


def _days_to_do(found: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return the days a task may take that is accepted after forty days.

    Some fall due after eleven days, in the first days of a month: they are blue or yellow at the end
    of one month and red at the end of the next, before they are accepted.
    """
    due = found + 11 * DAY
    in_month = (due - due.astype("datetime64[M]")).astype(int) + 1
    return np.where((in_month <= 8) & (in_month >= 3), 11, usual)


def _twelve_months_apart(
    rng: np.random.Generator, home: np.ndarray, last: np.datetime64
) -> pd.DataFrame:
    """Return two pairs: the same found again exactly twelve months after closing, and a day later."""
    year = last.astype("datetime64[Y]").astype(int) + 1970
    rows = []
    for late, village in enumerate(rng.choice(home, 2, replace=False)):
        same = {"village": village, "origin": 7, "category": 1, "kind": 14 + late}
        closed = np.datetime64(f"{year - 1}-10-20", "D")
        again = np.datetime64(f"{year}-10-{20 + late}", "D")
        for found, fate in ((closed - CLOSED_AFTER * DAY, "closed"), (again, "open")):
            rows.append({**same, "fate": fate, "found": found, "due": last + 20 * DAY})
    return pd.DataFrame(rows)


def _named(rng: np.random.Generator, world: World, village: np.ndarray) -> np.ndarray:
    """Return a household of the village for every third problem, -1 for the others."""
    order = np.argsort(world.households["village"].to_numpy(), kind="stable")
    size = np.bincount(world.households["village"], minlength=len(world.places.villages))
    start = np.cumsum(size) - size
    chosen = order[start[village] + rng.integers(0, np.maximum(size[village], 1))]
    return np.where(np.arange(len(village)) % 3 == 0, chosen, -1)


def _tasks(problems: pd.DataFrame, last: np.datetime64) -> pd.DataFrame:
    """Return the tasks: one a problem, and a second, finished one for every fourth."""
    first = problems[problems["fate"] != "without_task"].assign(number=1)
    second = first[first.index % 4 == 1]
    second = second[second["fate"].isin(["closed", "open"])]
    second = second[second["found"] <= last - ACCEPTED_AFTER * DAY].assign(number=2)
    tasks = pd.concat([first, second]).rename_axis("problem").reset_index()
    tasks = tasks.sort_values(["problem", "number"], ignore_index=True)
    # A task is handed over a few days after its problem was found, but never after the last day.
    tasks["handed"] = np.minimum(tasks["found"] + 3 * DAY, last)
    return tasks[["problem", "number", "fate", "handed", "due", "found", "closed"]]


def _steps(problems: pd.DataFrame, tasks: pd.DataFrame, last: np.datetime64) -> pd.DataFrame:
    """Return every step taken: problem, task (0 the whole problem), day, kind and who did it."""
    done = tasks["fate"].isin(["closed", "reopened", "closed_by_owner"]) | (tasks["number"] == 2)
    open_ = tasks[~done & (tasks["fate"] != "closed_unaccepted")]
    ended = problems[problems["fate"].str.startswith("closed") | (problems["fate"] == "reopened")]
    parts = [
        _step(tasks, "progress", tasks["handed"] + 2 * DAY, by=0),
        _step(tasks[done], "submitted", tasks["found"] + 30 * DAY, by=0),
        _step(tasks[done], "accepted", tasks["found"] + ACCEPTED_AFTER * DAY, by=1),
        _step(open_[open_["fate"] == "returned"], "returned", open_["found"] + 30 * DAY, by=1),
        _step(open_[open_["fate"].str.startswith("extended")], "extended", open_["found"] + 20 * DAY, by=0),
        _step(ended, "closed", ended["closed"], by=2),
        _step(problems[problems["fate"] == "reopened"], "reopened", problems["closed"] + 5 * DAY, by=2),
    ]  # fmt: skip
    steps = pd.concat(parts, ignore_index=True)
    steps = steps[steps["day"] <= last]
    return steps.sort_values(["day", "problem", "number"], kind="stable", ignore_index=True)


def _step(rows: pd.DataFrame, kind: str, day: pd.Series, *, by: int) -> pd.DataFrame:
    """Return steps for rows of problems or tasks; `by` 0 the owner, 1 who accepts, 2 the office."""
    whole_problem = "number" not in rows
    return pd.DataFrame(
        {
            "problem": rows.index if whole_problem else rows["problem"],
            "number": 0 if whole_problem else rows["number"],
            "fate": rows["fate"],
            "day": day.reindex(rows.index),
            "kind": kind,
            "due": rows["due"],
            "by": np.where(rows["fate"] == "closed_by_owner", 0, by) if kind == "closed" else by,
        }
    )


def problem_codes(problems: pd.Index | pd.Series) -> np.ndarray:
    """Return the codes of problems by their number."""
    return np.array([f"99WT{number + 1:05d}" for number in problems], dtype=object)


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
    frame: pd.DataFrame = rows[(stamps == month.number) | (first & (stamps < month.number))]
    return frame


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
