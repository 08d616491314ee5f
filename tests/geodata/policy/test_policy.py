"""Dated policy values: which one holds where and when, and what is refused."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from geodata.errors import PolicyError
from geodata.policy import changes_since, load_policy

DAY = datetime.date(2025, 6, 30)
LINE = "monitor.line.per_capita"


def write(folder: Path, content: str, name: str = "local.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("place", "day", "state", "value"),
    [
        ("530102001201", "2025-06-30", "in_force", 8700),
        ("530102001201", "2025-01-01", "in_force", 8700),
        ("530102001201", "2025-12-31", "in_force", 8700),
        ("530102001201", "2026-01-01", "not_set", None),
        ("350121001201", "2023-06-30", "in_force", 10560),
        ("350122001201", "2023-06-30", "not_set", None),
        ("510000", "2021-12-31", "in_force", 6000),
        ("510000", "2022-01-01", "not_set", None),
        ("990101001201", "2025-06-30", "not_set", None),
    ],
)
def test_the_longest_prefix_and_latest_first_day_win(
    place: str, day: str, state: str, value: object
) -> None:
    lookup = load_policy().at(LINE, place, datetime.date.fromisoformat(day))
    assert (lookup.state, lookup.value) == (state, value)


def test_a_value_not_set_says_so_and_how_to_set_it() -> None:
    lookup = load_policy().at(LINE, "990101", DAY)
    assert lookup.comparable is None
    assert lookup.reason("zh") == "防返贫监测线未设定"
    assert "monitor.line.per_capita" in lookup.advice("zh")


def test_a_value_without_a_first_day_waits_for_confirmation() -> None:
    lookup = load_policy().at("monitor.identify.max_days", "990101", DAY)
    assert (lookup.state, lookup.value, lookup.proposed) == ("unconfirmed", None, 15)


def test_a_product_default_holds_without_a_first_day_but_a_proposal_does_not() -> None:
    policy = load_policy()
    assert policy.at("reloc.policy_share.warn", "990101", DAY).value == 50
    assert policy.at("monitor.drop.pct_threshold", "990101", DAY).state == "unconfirmed"


def test_a_value_in_another_unit_is_not_compared() -> None:
    lookup = load_policy().at("monitor.identify.max_days", "460000", DAY)
    assert (lookup.value, lookup.comparable) == (20, None)
    assert "计量单位不同" in lookup.reason("zh")


def test_money_is_compared_in_fen() -> None:
    assert load_policy().at(LINE, "530000", DAY).comparable == 870_000


def test_the_poverty_rate_of_western_provinces_is_three_percent() -> None:
    policy, day = load_policy(), datetime.date(2020, 6, 30)
    rates = [policy.at("eval.poverty_rate.max", place, day).value for place in ("43", "53")]
    assert rates == [2, 3]


def test_a_workspace_value_replaces_the_shipped_ones(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "p",
        f"{LINE}:\n  - {{value: 9000, from: 2025-01-01, document: 某县〔2025〕1号}}\n",
    )
    found = load_policy(folder).at(LINE, "530102", DAY)
    assert found.value == 9000
    assert found.dated is not None
    assert found.dated.reference.citation("zh") == "某县〔2025〕1号"
    assert found.dated.reference.label("zh") == "本县设定"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("monitor.line.percapita:\n  - {value: 1}\n", "最接近的是 monitor.line.per_capita"),
        (f"{LINE}:\n  - {{value: 1, form: 2025-01-01}}\n", "不认识的字段“form”，最接近的是 from"),
        (f"{LINE}:\n  - {{value: 1, places: 53}}\n", "加引号的区划代码"),
        (f"{LINE}:\n  - {{value: 1, from: 2025-02-01, to: 2025-01-31}}\n", "早于起始日"),
        (f"{LINE}:\n  - {{value: 1}}\n  - {{value: 2}}\n", "写了两个数值"),
        (f"{LINE}:\n  - {{value: 1}}\n{LINE}:\n  - {{value: 2}}\n", "written twice"),
        (f"{LINE}: [", "不是可读的 YAML"),
        (f"{LINE}:\n  - {{value: 1, from: soon}}\n", "应为日期"),
        (f"{LINE}: []\n", "至少列出一个数值"),
        ("- 1\n", "参数名: 数值列表"),
    ],
)
def test_faulty_files_are_refused_with_file_and_fault(
    tmp_path: Path, content: str, message: str
) -> None:
    folder = write(tmp_path / "p", content)
    with pytest.raises(PolicyError, match=message) as refused:
        load_policy(folder)
    assert "local.yaml" in str(refused.value)


def test_all_faults_of_a_workspace_are_reported_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", "no.such:\n  - {value: 1}\n")
    write(folder, f"{LINE}:\n  - {{value: 1}}\n", "a.yaml")
    write(folder, f"{LINE}:\n  - {{value: 2}}\n", "b.yaml")
    with pytest.raises(PolicyError, match="2 处错误") as refused:
        load_policy(folder)
    assert "已在" in str(refused.value)


def test_changes_since_a_day_name_both_values() -> None:
    changes = changes_since(
        load_policy(), "530102", since=datetime.date(2024, 12, 31), day=datetime.date(2025, 1, 1)
    )
    assert [(c.key, c.before.value, c.after.value) for c in changes] == [(LINE, None, 8700)]


def test_a_copy_with_values_leaves_the_policy_as_it_was() -> None:
    policy = load_policy()
    changed = policy.with_values({LINE: 7000})
    assert changed.at(LINE, "530102", DAY).comparable == 700_000
    assert policy.at(LINE, "530102", DAY).comparable == 870_000


def test_every_value_has_its_status_and_every_sourced_one_its_document() -> None:
    for parameter in load_policy():
        for value in parameter.values:
            assert value.reference.label("zh")
            assert value.reference.status != "sourced" or value.reference.document, parameter.key
