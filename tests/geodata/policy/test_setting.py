"""Values that a county sets: checked, written beside what was there, and read again."""

from __future__ import annotations

import datetime
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.errors import PolicyError
from geodata.policy import Policy, load_policy
from geodata.policy.setting import CountyValue, set_value, value_of

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
DAY = datetime.date(2031, 1, 1)
PLACE = "990101"
SHIPPED = load_policy()
KEYS = sorted(parameter.key for parameter in SHIPPED)


def _sample(policy: Policy, key: str) -> str:
    kind = policy[key].quantity
    return {"switch": "是", "words": "甲"}.get(kind, "1")


def test_values_that_are_set_are_in_force_and_no_other_day_or_place_changes(
    tmp_path: Path,
) -> None:
    before = load_policy()
    values = {key: value_of(before[key], _sample(before, key)) for key in KEYS}
    for key, value in values.items():
        set_value(tmp_path, before[key], CountyValue(value, f"县〔2031〕{key}", DAY, PLACE))
    after = load_policy(tmp_path)
    for key, value in values.items():
        lookup = after.at(key, PLACE, DAY)
        assert (lookup.state, lookup.value) == ("in_force", value)
        assert lookup.dated is not None
        assert lookup.dated.reference.citation("zh") == f"县〔2031〕{key}"
        assert lookup.dated.reference.status == "county"
        for place in ("", "53", "350526", PLACE):
            for year in range(2016, 2031):
                day = datetime.date(year, 6, 30)
                old, new = (each.at(key, place, day) for each in (before, after))
                assert (new.state, new.value) == (old.state, old.value), (key, place, year)
        assert after.at(key, "530101", DAY).value == before.at(key, "530101", DAY).value


def test_a_second_value_keeps_the_comments_of_a_file(tmp_path: Path) -> None:
    key = "monitor.line.per_capita"
    (tmp_path / "own.yaml").write_text(
        f"# ours\n{key}:\n  - value: 7000  # of 2029\n    places: ['{PLACE}']\n"
        "    from: 2029-01-01\n    document: 县\nreloc.housing.max_per_capita: [{value: 20}]\n",
        encoding="utf-8",
    )
    file = set_value(
        tmp_path, load_policy(tmp_path)[key], CountyValue(7600, "县〔2031〕1号", DAY, PLACE)
    )
    content = file.read_text(encoding="utf-8")
    assert file.name == "own.yaml"
    assert "# ours" in content
    assert "# of 2029" in content
    policy = load_policy(tmp_path)
    assert policy.at(key, PLACE, DAY).value == 7600
    assert policy.at(key, PLACE, datetime.date(2030, 1, 1)).value == 7000
    flow = "reloc.housing.max_per_capita"
    set_value(tmp_path, policy[flow], CountyValue(22, "县〔2031〕2号", DAY, PLACE))
    assert load_policy(tmp_path).at(flow, PLACE, DAY).value == 22


def test_a_value_without_document_or_twice_from_one_day_is_refused(tmp_path: Path) -> None:
    parameter = load_policy()["monitor.line.per_capita"]
    with pytest.raises(PolicyError, match="依据"):
        set_value(tmp_path, parameter, CountyValue(7600, " ", DAY, PLACE))
    with pytest.raises(PolicyError, match="12345"):
        set_value(tmp_path, parameter, CountyValue(7600, "县", DAY, "12345"))
    set_value(tmp_path, parameter, CountyValue(7600, "县", DAY, PLACE))
    again = load_policy(tmp_path)["monitor.line.per_capita"]
    with pytest.raises(PolicyError, match="2031-01-01"):
        set_value(tmp_path, again, CountyValue(7700, "县", DAY, PLACE))
    assert load_policy(tmp_path).at(parameter.key, PLACE, DAY).value == 7600


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("monitor.line.per_capita", "7,600", 7600),
        ("monitor.line.per_capita", "7600.5", 7600.5),
        ("monitor.clear.block_if_no_labour_household", "否", False),
    ],
)
def test_a_value_is_read_as_its_quantity(key: str, written: str, value: object) -> None:
    assert value_of(SHIPPED[key], written) == value


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("monitor.line.per_capita", "7600元"),
        ("monitor.line.per_capita", "nan"),
        ("monitor.line.per_capita", "inf"),
        ("monitor.clear.block_if_no_labour_household", "也许"),
        ("visit.interval_days", "-3"),
        ("eval.sample.weak_share", "101"),
    ],
)
def test_what_is_no_value_of_the_quantity_is_refused_with_it(key: str, written: str) -> None:
    from geodata.themes import find_themes

    policy = load_policy(more=find_themes(None).parameters)
    with pytest.raises(PolicyError) as refused:
        value_of(policy[key], written)
    assert written in str(refused.value)


@FEW
@given(st.text(max_size=40))
def test_any_text_is_a_value_or_refused_in_a_sentence(written: str) -> None:
    for key in ("monitor.line.per_capita", "monitor.clear.block_if_no_labour_household"):
        with suppress(PolicyError):
            assert value_of(SHIPPED[key], written) is not None
