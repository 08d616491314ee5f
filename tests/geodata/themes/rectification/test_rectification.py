"""The ledger of rectification: what comes back, what adds up, and what an old month still knows."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from geodata import open_workspace
from geodata.config import make_workspace
from geodata.policy import load_policy
from geodata.rules.base_tables import add_base_tables
from geodata.rules.binding import Binding
from geodata.rules.dry_run import empty_engine
from geodata.rules.run import make_features, needed_keys, run_rules
from geodata.store import new_snapshot
from geodata.themes import own_themes
from tests.geodata.workspace.test_workspace import A1, COUNTY, rows

THEME = next(theme for theme in own_themes() if theme.key == "rectification")
MONTH = "2025-06"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def problem(code: str, found: str, **given: object) -> dict[str, object]:
    fields = {"problem_code": code, "place_code": A1, "kind": "走访不到位", "origin": "自查"}
    return {**fields, "found_day": day(found), "reported_month": found[:7], **given}


def step(code: str, on: str, kind: str, **given: object) -> dict[str, object]:
    fields = {"problem_code": code, "day": day(on), "kind": kind, "reported_month": on[:7]}
    return {**fields, **given}


def findings(tables: dict[str, list[dict[str, object]]], **parameters: float | None):
    """Return the flags of the ledger's rules at the end of MONTH."""
    values = {f"ledger.{name}": value for name, value in parameters.items()}
    policy = load_policy().with_values(values)
    keys = needed_keys(THEME.feature_sets, THEME.rules)
    with empty_engine() as engine:
        for name, records in tables.items():
            engine.add_rows(f"{name}_rows", rows(name, *records))
            engine.add_view(name, f"SELECT * FROM {name}_rows")
        add_base_tables(engine, MONTH, {})
        binding = Binding(
            MONTH, policy.comparable(keys, COUNTY, day("2025-06-30")), texts=policy.texts(keys)
        )
        make_features(engine, THEME.feature_sets, binding)
        return run_rules(engine, list(THEME.rules), binding).flags.to_pandas()


@pytest.mark.parametrize(
    ("closed", "found", "came_back"),
    [
        ("2024-06-20", "2025-06-20", True),
        ("2024-06-20", "2025-06-21", False),
        ("2024-06-30", "2025-06-30", True),
        ("2025-06-01", "2025-06-01", True),
        ("2025-06-21", "2025-06-20", False),
    ],
    ids=["twelve months", "a day more", "month end", "same day", "closed later"],
)
def test_the_same_problem_within_twelve_months_of_closing_came_back(
    closed: str, found: str, came_back: bool
) -> None:
    flags = findings(
        {
            "problem": [problem("P1", "2024-01-05"), problem("P2", found)],
            "progress": [step("P1", closed, "closed")],
        }
    )
    assert flags.query("rule == 'problem_recurred'")["subject"].tolist() == ["P2"] * came_back


@pytest.mark.parametrize("other", [{"kind": "研判空白"}, {"place_code": "990101100202"}])
def test_another_kind_or_village_did_not_come_back(other: dict[str, object]) -> None:
    flags = findings(
        {
            "problem": [problem("P1", "2024-01-05"), problem("P2", "2025-06-01", **other)],
            "progress": [step("P1", "2025-05-20", "closed")],
        }
    )
    assert "problem_recurred" not in set(flags["rule"])


@pytest.mark.parametrize(("red_after", "told"), [(None, "by_default"), (0, "青龙镇|住建局")])
def test_a_colour_says_whether_its_days_are_the_countys_own(
    red_after: float | None, told: str
) -> None:
    task = {"problem_code": "P1", "task_code": "1", "due_day": day("2025-06-29")}
    owners = {"area_owner": "青龙镇", "department_owner": "住建局"}
    flags = findings(
        {"problem": [problem("P1", "2025-05-01")], "task": [{**task, **owners}]},
        red_days_after=red_after,
    )
    red = flags.query("rule == 'task_red'").iloc[0]
    assert red["subject"] == "P1-1"
    assert red[["value", "threshold"]].tolist() == [1, 0]
    assert red["detail"].split("|")[-1] == told.split("|")[-1]


def ledger_of(folder: Path, month: str, tables: dict[str, list[dict[str, object]]]) -> None:
    with new_snapshot(folder / "store", month) as writer:
        for name, records in tables.items():
            writer.write_table(name, rows(name, *records))
            writer.note_months(name, ["0000-00", month])
        place = {"place_code": A1, "name": "甲一村", "reported_month": month}
        home = {"household_code": "h1", "place_code": A1, "reported_month": month}
        writer.write_table("place", rows("place", place))
        writer.write_table("household", rows("household", home))
        writer.commit(who="clerk", at="2025-02-01T08:00:00", facts={})


@pytest.fixture
def county(tmp_path: Path):
    """Return a county whose one problem was reported three years before it was closed."""
    folder = make_workspace(tmp_path / "county", code=COUNTY, name="某县")
    task = {"problem_code": "P1", "task_code": "1", "due_day": day("2022-06-30")}
    first = {"problem": [problem("P1", "2022-03-01")], "task": [task]}
    ledger_of(folder, "2022-03", first)
    ledger_of(folder, "2025-05", {})
    closing = [
        step("P1", "2025-06-03", "accepted", task_code="1"),
        step("P1", "2025-06-04", "closed"),
    ]
    # The clerk sends the whole list again with the steps of the month.
    ledger_of(folder, "2025-06", {**first, "progress": closing})
    opened = open_workspace(folder)
    opened.build(["2025-05", "2025-06"])
    return opened


def test_a_problem_of_three_years_ago_is_still_open_until_it_is_closed(county) -> None:
    opened = county.indicator("open_problems").loc[A1]
    assert opened.tolist() == [1, 0]
    assert county.indicator("red_tasks").loc[A1].tolist() == [1, 0]


def test_a_list_sent_twice_counts_once(county) -> None:
    assert county.indicator("all_problems").loc[A1].tolist() == [1, 1]
