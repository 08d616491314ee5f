"""The invented ledger: colours of its tasks month by month, as a wall of tasks would show them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata.sample.rectification import DAY, Register, make_register
from geodata.sample.world import make_world

BLUE, YELLOW = 10, 3


@pytest.fixture(scope="module")
def register() -> Register:
    return make_register(make_world(villages=80, households=3200, months=25, seed=7))


def _colours(register: Register, day: np.datetime64) -> pd.Series:
    """Return the colour of each task on a day: ticked, red, yellow, blue or none."""
    tasks, steps = register.tasks, register.steps[register.steps["day"] <= day]
    tasks = tasks[(tasks["handed"] <= day) & (tasks["fate"] != "due_missing")]
    ticked = steps[steps["kind"] == "accepted"].set_index(["problem", "number"]).index
    again = steps.loc[steps["kind"] == "reopened", "problem"]
    keys = tasks.set_index(["problem", "number"]).index
    longer = (tasks["fate"] == "extended") & (tasks["found"] + 20 * DAY <= day)
    left = (tasks["due"] - day).dt.days + np.where(longer, 30, 0)
    colours = np.select(
        [keys.isin(ticked) & ~tasks["problem"].isin(again), left < 0, left <= YELLOW, left <= BLUE],
        ["ticked", "red", "yellow", "blue"],
        "none",
    )
    return pd.Series(colours, index=keys)


def test_the_last_month_has_tasks_in_every_colour(register: Register) -> None:
    assert set(_colours(register, register.last)) == {"ticked", "red", "yellow", "blue", "none"}


def test_who_is_red_at_the_end_of_a_month_was_blue_or_yellow_before(register: Register) -> None:
    """But for a problem that was opened again: its task was ticked."""
    first = pd.Period(register.last, "M") - 23
    ends = [np.datetime64((first + at).end_time.date()) for at in range(24)]
    before, seen = _colours(register, ends[0] - 31 * DAY), 0
    for day in ends:
        now = _colours(register, day)
        turned = now.index[now == "red"].difference(before.index[before == "red"])
        was = before.reindex(turned).fillna("absent")
        assert set(was) <= {"blue", "yellow", "ticked"}, (day, was.to_dict())
        seen += int(was.isin(["blue", "yellow"]).sum())
        before = now
    assert seen > 20
