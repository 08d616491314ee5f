"""What the rules must find in the ledger of rectification, from what was planted in it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.planted import Case
from geodata.sample.rectification import DAY, Register, problem_codes


def ledger_cases(register: Register) -> list[Case]:
    """Return every problem, task and household that a rule of the ledger must flag at the end."""
    problems, last = register.problems, register.last
    fate, code = problems["fate"], problem_codes(problems.index)
    is_open = ~fate.str.startswith("closed")
    by_fate = {
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
        Case(rule, "problem", code[number])
        for rule, mask in by_fate.items()
        for number in np.flatnonzero(mask)
    ]
    return cases + _task_cases(register, is_open)


def _task_cases(register: Register, is_open: pd.Series) -> list[Case]:
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
        Case(rule, "task", f"{code[problem]}-1")
        for rule, mask in by_task.items()
        for problem in todo.loc[mask, "problem"]
    ]
    red = problems.index.isin(todo.loc[left < 0, "problem"])
    for rule, mask in (("household_problem_open", is_open), ("household_task_overdue", red)):
        named = problems.loc[mask & (problems["household"] >= 0), "household"].unique()
        cases += [Case(rule, "household", f"99{number + 1:011d}") for number in sorted(named)]
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
