"""What is due on a day: colours on exactly the days that parameters say, as of any day."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pandas as pd
import pytest

from geodata.errors import StoreError
from geodata.policy import load_policy
from geodata.policy.working_days import WorkCalendar
from geodata.rules.base_tables import add_base_tables
from geodata.rules.binding import Binding
from geodata.rules.dry_run import empty_engine
from geodata.rules.run import make_features, needed_keys
from geodata.workspace import Workspace
from geodata.workspace.clocks import _Days, _row, clock_rows, due_days, due_on, month_on
from geodata.workspace.saved import read_built
from tests.geodata.themes.rectification.test_rectification import THEME, day, problem, step
from tests.geodata.workspace.test_workspace import A1, COUNTY, rows

BLUE, YELLOW, RED = 10, 3, 0
ONE = datetime.timedelta(days=1)
POLICY = load_policy()
TASK = next(clock for clock in THEME.clocks if clock.key == "task")


def _colour(left: int) -> str:
    """Return the colour as the speech has it, by the defaults of the product."""
    if left < -RED:
        return "red"
    if left <= YELLOW:
        return "yellow"
    return "blue" if left <= BLUE else "none"


def _built(county: Workspace, name: str) -> pd.DataFrame:
    """Return a feature set of the last month; a reader would write its record into the shared county."""
    built = read_built(county.setup.config.store, county.months[-1])
    assert built is not None
    return pd.concat(map(pd.read_parquet, built.files(name)))


@pytest.fixture(scope="module")
def days_of_tasks(counties) -> tuple[list[datetime.date], pd.DataFrame]:
    """Return the days of the last two months of the sample, and its open tasks on each."""
    setup = counties.built_sample().setup
    last = setup.store.months()[-1]
    first = datetime.date.fromisoformat(f"{setup.store.months()[-2]}-01")
    days = [first + number * ONE for number in range(62) if f"{first + number * ONE:%Y-%m}" <= last]
    told = [frame.assign(on=on) for on, _, frame in due_days(setup, days, ["task"])]
    return days, pd.concat(told)


def test_every_task_that_is_ever_red_was_blue_and_yellow_on_the_days_that_parameters_say(
    counties, days_of_tasks
):
    days, told = days_of_tasks
    county = counties.built_sample()
    problems = _built(county, "rectification_problem")
    again = set(problems.loc[problems["reopenings"] > 0, "problem_code"])
    red = told[told["colour"] == "red"].groupby("id")["on"].min()
    seen_before = 0
    for code, since in red.items():
        own = told[(told["id"] == code) & (told["on"] <= since)]
        assert (own["due_day"].nunique(), own["days_left"].isna().sum()) == (1, 0)
        due = own["due_day"].iloc[0]
        assert dict(zip(own["on"], own["colour"], strict=True)) == {
            on: _colour((due - on).days) for on in own["on"]
        }
        if code.rsplit("-", 1)[0] in again:  # it was done for a time, and then is not told
            continue
        # It is told on every day since it was first known.
        assert len(own) == (since - own["on"].min()).days + 1
        assert since == max(due + ONE, days[0])
        if own["on"].min() <= due - BLUE * ONE:
            seen_before += 1
            assert own["colour"].value_counts()[["blue", "yellow", "red"]].tolist() == [7, 4, 1]
    assert seen_before > 0


def test_a_day_colours_a_task_as_the_month_does_at_its_end(counties):
    county = counties.built_sample()
    month = county.months[-1]
    end = datetime.date.fromisoformat(f"{month}-01") + 32 * ONE
    told = due_on(county.setup, end.replace(day=1) - ONE, ["task"])[1].set_index("id")
    known = _built(county, "rectification_task").set_index("task_code")
    known = known[known["task_open"].astype(bool)]
    assert set(told.index) == set(known.index)
    assert told["colour"].to_dict() == known["colour"].fillna("undated").to_dict()


def test_as_of_a_day_before_all_months_there_is_nothing(counties):
    county = counties.built_sample()
    with pytest.raises(StoreError, match="1999"):
        month_on(county.months, datetime.date(1999, 1, 1))


def test_a_day_after_the_last_month_is_told_by_it(counties):
    county = counties.built_sample()
    assert month_on(county.months, datetime.date(2099, 1, 1)) == county.months[-1]


def _task(on: str, due: str, *steps: dict[str, object]) -> dict[str, object]:
    """Return the row of one task as of a day."""
    policy = POLICY
    keys = needed_keys((*THEME.feature_sets, TASK.rows), ())
    task = {"problem_code": "P1", "task_code": "1", "due_day": day(due)}
    tables = {"problem": [problem("P1", "2024-01-05")], "task": [task], "progress": list(steps)}
    with empty_engine() as engine:
        for name, records in tables.items():
            if records:
                engine.add_rows(f"{name}_rows", rows(name, *records))
                engine.add_view(name, f"SELECT * FROM {name}_rows")
        add_base_tables(engine, on[:7], {})
        values = policy.comparable(keys, COUNTY, day(on))
        binding = Binding(on[:7], values, texts=policy.texts(keys), on=day(on))
        make_features(engine, THEME.feature_sets, binding, wanted=["rectification_task"])
        (row,) = clock_rows(engine, TASK, binding)
    return _row(_Days(policy, WorkCalendar(), day(on)), THEME, TASK, row)


@pytest.mark.parametrize(
    ("on", "left", "colour"),
    [
        ("2024-02-18", 11, "none"),
        ("2024-02-19", 10, "blue"),
        ("2024-02-25", 4, "blue"),
        ("2024-02-26", 3, "yellow"),
        ("2024-02-29", 0, "yellow"),
        ("2024-03-01", -1, "red"),
    ],
)
def test_days_are_counted_over_a_leap_day(on, left, colour):
    row = _task(on, "2024-02-29")
    assert (row["days_left"], row["colour"]) == (left, colour)


def test_a_due_day_that_moved_keeps_the_first_with_who_and_why():
    moved = step(
        "P1",
        "2024-03-20",
        "extended",
        task_code="1",
        new_due_day=day("2024-04-10"),
        approver="某县长",
        note="汛期不能施工",
    )
    before = _task("2024-03-19", "2024-03-21", moved)
    after = _task("2024-03-22", "2024-03-21", moved)
    assert (before["due_day"], before["colour"], before["moved_by"]) == (
        day("2024-03-21"),
        "yellow",
        None,
    )
    assert (after["due_day"], after["first_due_day"]) == (day("2024-04-10"), day("2024-03-21"))
    assert (after["moved_by"], after["moved_why"]) == ("某县长", "汛期不能施工")
    assert after["moved_day"] == day("2024-03-20")


def _limited(limit: str, begun: str, on: str, calendar: WorkCalendar | None = None, place=A1):
    clock = replace(TASK, key="other", limit=limit)
    row = dict.fromkeys(("due_day", "days", "elapsed", "owner", "about", "household_code"))
    row |= dict.fromkeys(("first_due_day", "moved_day", "moved_by", "moved_why"))
    row |= {"id": "X", "place_code": place, "begun_day": day(begun)}
    days = _Days(POLICY, calendar or WorkCalendar(), day(on))
    return _row(days, THEME, clock, row)


def test_months_end_on_the_last_day_of_a_shorter_month():
    row = _limited("monitor.measures.first_within_months", "2025-01-31", "2025-02-28")
    assert (row["due_day"], row["days_left"]) == (day("2025-02-28"), 0)


def test_working_days_pass_over_a_moved_holiday_and_what_the_county_corrects():
    limit, hainan = "monitor.identify.max_days", "460000000000"
    row = _limited(limit, "2026-02-02", "2026-02-10", place=hainan)
    # 20 working days after 2 February 2026: Saturdays 14 and 28 are worked on, 15 to 23 are not.
    assert (row["due_day"], row["provisional"]) == (day("2026-03-06"), False)
    storm = WorkCalendar({day("2026-03-03"): False})
    assert _limited(limit, "2026-02-02", "2026-02-10", storm, hainan)["due_day"] == day(
        "2026-03-09"
    )


def test_working_days_of_a_year_without_a_notice_are_told_as_provisional():
    row = _limited("monitor.identify.max_days", "2099-02-02", "2099-02-10", place="460000000000")
    assert row["provisional"] is True


def test_a_clock_whose_parameter_has_no_value_has_no_day():
    row = _limited("ledger.blue_days_before", "2026-02-02", "2026-02-10")
    assert (row["due_day"], row["days_left"], row["colour"]) == (None, None, "undated")
