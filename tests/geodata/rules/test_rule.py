"""Rules: three-valued answers, one query a month, exemptions and sentences."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import sqlglot

from geodata.errors import ThemeError
from geodata.rules import (
    Binding,
    Rule,
    base_subjects,
    read_exemptions,
    read_rules,
    reasons,
    run_rules,
)
from geodata.rules.base_tables import income_item_table, recent_day_table
from geodata.rules.binding import keys_in
from geodata.rules.compile import findings_query
from geodata.rules.exemption import Exemption
from geodata.rules.feature import FeatureSet, in_order
from geodata.rules.reason import worded
from geodata.store.embedded import DuckDBEngine
from geodata.themes import own_themes

PAIR = {"zh": "甲", "en": "a"}
LINE = "monitor.line.per_capita"
MONTH = "2025-06"


def rule(**given: object) -> Rule:
    fields: dict[str, object] = {
        "key": "low",
        "theme": "tiny",
        "title": PAIR,
        "severity": "high",
        "subject": "household",
        "when": f"income < :{LINE}",
        "value": "income",
        "threshold": f":{LINE}",
        "unit": "yuan",
        "reason": {"zh": "{value} 元低于 {year} 年的 {threshold} 元（{detail}）", "en": "{value}"},
        "remedy": PAIR,
        "responsible": "village",
        "document": PAIR,
        "about": base_subjects()["household"],
        "office": PAIR,
    }
    return Rule(**{**fields, **given})  # type: ignore[arg-type]


def engine() -> DuckDBEngine:
    made = DuckDBEngine()
    rows = [
        ("h1", "990101001201", 869_999, True),
        ("h2", "990101001201", 870_000, True),
        ("h3", "990101001201", None, True),
        ("h4", "990101001202", 100, False),
        ("h5", "990101001202", 100, None),
        ("h6", "990101001202", 900_000, None),
    ]
    columns = ["household_code", "place_code", "income", "poor"]
    frame = pd.DataFrame(rows, columns=columns).astype({"income": "Int64", "poor": "boolean"})
    made.add_rows("tiny_household", frame)
    return made


def binding(line: float | None = 870_000) -> Binding:
    return Binding(MONTH, {LINE: line})


def test_below_is_below_and_the_line_itself_passes() -> None:
    flags = run_rules(engine(), [rule()], binding()).flags.to_pandas()
    assert flags["subject"].tolist() == ["h1", "h4", "h5"]
    assert flags.loc[0, ["value", "threshold"]].tolist() == [869_999, 870_000]


def test_unknown_is_neither_yes_nor_no_and_out_of_scope_is_not_counted() -> None:
    counts = run_rules(engine(), [rule(scope="poor")], binding()).counts.to_pandas()
    rows = counts.set_index("place")[["yes", "no", "unknown"]]
    assert rows.loc["990101001201"].tolist() == [1, 1, 1]
    # h4 is not poor; of h5 it is not known, and it is below; h6 keeps the rule in any case.
    assert rows.loc["990101001202"].tolist() == [0, 1, 1]


def test_without_the_parameter_every_answer_is_unknown() -> None:
    found = run_rules(engine(), [rule()], binding(None))
    assert found.flags.num_rows == 0
    counts = found.counts.to_pandas()
    assert counts[["yes", "no", "unknown"]].sum().tolist() == [0, 0, 6]


def test_who_is_exempt_is_counted_apart_from_whom_nothing_is_known_of() -> None:
    known = dataclasses.replace(binding(), exempt={"low": ("h1", "990101001202")})
    counts = run_rules(engine(), [rule(scope="poor")], known).counts.to_pandas()
    rows = counts.set_index("place")[["yes", "no", "unknown", "exempt"]]
    assert rows.loc["990101001201"].tolist() == [0, 1, 1, 1]
    assert rows.loc["990101001202"].tolist() == [0, 1, 1, 0]


def test_a_rule_holds_only_on_its_days() -> None:
    ended = rule(key="old", until=datetime.date(2025, 6, 29))
    found = run_rules(engine(), [rule(), ended], binding())
    assert found.counts["rule"].unique().to_pylist() == ["low"]


def test_all_rules_of_a_month_are_one_portable_query() -> None:
    themes = own_themes()
    rules = [one for theme in themes for one in theme.rules]
    values = {key: 1.0 for one in rules for key in one.parameters}
    for dialect in ("duckdb", "spark"):
        text = findings_query(rules, Binding(MONTH, values), dialect)
        assert len(sqlglot.parse(text, dialect=dialect)) == 1
        assert text.count("UNION ALL") == len(rules) - 1


def test_names_in_sql_are_found_but_casts_are_not() -> None:
    assert keys_in("CAST(a AS INT) < :x.y AND b::int > :day.now AND c > :x.z.w") == ("x.y", "x.z.w")


def test_times_are_filled_from_the_month() -> None:
    sql = "SELECT :month.now, :month.minus_12, :month.number, :day.now, :day.in_year"
    filled = Binding("2025-02").sql(sql)
    assert filled == ("SELECT '2025-02', '2024-02', 24302, CAST('2025-02-28' AS DATE), 228")


def test_a_name_without_a_value_is_refused() -> None:
    with pytest.raises(ThemeError, match=r"no\.such"):
        Binding(MONTH).sql("a < :no.such")


def test_feature_sets_that_read_each_other_are_refused() -> None:
    sets = [FeatureSet("a", "SELECT x FROM b"), FeatureSet("b", "SELECT x FROM a")]
    with pytest.raises(ThemeError, match="a > b > a"):
        in_order(sets, ["a"])


def test_the_cost_of_a_production_groups_with_it() -> None:
    items = income_item_table().set_index("code")
    assert items.loc["e2", ["part", "source", "kind"]].tolist() == ["expense", "b2", "business"]
    assert items.loc["a4", "policy"] == "strict"


def test_recent_days_end_with_the_month() -> None:
    days = recent_day_table("2025-06")
    assert len(days) == 365
    assert str(days["day"].iloc[-1]) == "2025-06-30"
    assert int(days["in_month"].sum()) == 30


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (492_500.0, "yuan", "4,925"),
        (492_560.0, "yuan", "4,926"),
        (9_950.0, "yuan", "99.50"),
        (95.4315, "percent", "95.43"),
        (80.0, "percent", "80"),
        (0.005, "number", "0.005"),
        (3.0, "count", "3"),
        (float("nan"), "yuan", ""),
    ],
)
def test_numbers_are_worded_as_in_a_report(value: float, unit: str, shown: str) -> None:
    assert worded(value, unit) == shown


def test_two_amounts_of_a_sentence_never_read_alike_unless_they_are() -> None:
    assert worded(879_970.0, "yuan", beside=880_000.0) == "8,799.70"
    assert worded(879_900.0, "yuan", beside=880_000.0) == "8,799"
    assert worded(880_040.0, "yuan", beside=880_040.0) == "8,800"


def test_the_sentence_reads_as_an_official_would_write_it() -> None:
    theme = own_themes()[0]
    low = theme.rules_by_key["income_below_line"]
    flags = pd.DataFrame(
        {"rule": [low.key], "value": [492_500.0], "threshold": [870_000.0], "detail": ["ledger"]}
    )
    said = reasons(flags, theme.rules_by_key, MONTH, words=theme.words("zh"), lang="zh")
    assert said.tolist() == ["人均纯收入 4,925 元，低于 2025 年监测线 8,700 元（台账数）"]


def test_braces_in_a_detail_stay_as_they_are() -> None:
    flags = pd.DataFrame(
        {"rule": ["low"], "value": [1.0], "threshold": [2.0], "detail": ["{value}"]}
    )
    assert "（{value}）" in reasons(flags, {"low": rule()}, MONTH, lang="zh")[0]


def test_a_name_in_a_detail_is_cut_and_cannot_turn_the_sentence() -> None:
    flags = pd.DataFrame(
        {"rule": ["low"], "value": [1.0], "threshold": [2.0], "detail": ["甲\u202e乙" + "丙" * 200]}
    )
    said = reasons(flags, {"low": rule()}, MONTH, lang="zh")[0]
    assert "\u202e" not in said
    assert len(said) < 100


def flags(exemptions: tuple[Exemption, ...], day: str) -> pa.Table:
    bound = dataclasses.replace(binding(), on=datetime.date.fromisoformat(day))
    return run_rules(engine(), [rule()], bound, exemptions).flags


def write_exemptions(folder: Path, *rows: str) -> Path:
    file = folder / "exemptions.csv"
    file.write_text("\n".join(["rule,subject,reason,approver,from,to", *rows]), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("day", "answers", "ended"),
    [
        ("2025-06-30", ["exempt", "yes", "yes"], ["", "", ""]),
        ("2025-07-01", ["yes", "yes", "yes"], ["2025-06-30", "", ""]),
        ("2024-12-31", ["yes", "yes", "yes"], ["", "", ""]),
    ],
)
def test_an_exemption_holds_until_its_last_day_and_then_reopens(
    tmp_path: Path, day: str, answers: list[str], ended: list[str]
) -> None:
    file = write_exemptions(tmp_path, "low,h1,住院期间,李某,2025-01-01,2025-06-30")
    found = flags(read_exemptions(file, {"low"}), day)
    assert found["answer"].to_pylist() == answers
    assert found["exemption_ended"].to_pylist() == ended


def test_an_exemption_of_a_village_covers_its_households(tmp_path: Path) -> None:
    file = write_exemptions(tmp_path, "low,990101001202,整村搬迁,李某,2025-01-01,2025-12-31")
    found = flags(read_exemptions(file, {"low"}), "2025-06-30")
    assert found["answer"].to_pylist() == ["yes", "exempt", "exempt"]
    assert "整村搬迁" in found["exemption"][1].as_py()


def test_of_several_exemptions_the_last_to_end_is_told(tmp_path: Path) -> None:
    file = write_exemptions(
        tmp_path,
        "low,h4,早先,李某,2024-01-01,2024-12-31",
        "low,h4,更早,李某,2023-01-01,2023-12-31",
        "low,990101001202,整村'搬迁\\,李某,2025-01-01,2025-06-30",
        "low,h4,住院,王某,2025-01-01,2025-12-31",
        "other,h5,别的,王某,2025-01-01,2025-12-31",
    )
    found = flags(read_exemptions(file, {"low", "other"}), "2025-06-30")
    told = ["", "住院 (王某, 2025-12-31)", "整村'搬迁\\ (李某, 2025-06-30)"]
    assert found["exemption"].to_pylist() == told
    assert found["exemption_ended"].to_pylist() == ["", "2024-12-31", ""]
    assert found["answer"].to_pylist() == ["yes", "exempt", "exempt"]


def test_faulty_exemptions_are_refused_with_all_rows(tmp_path: Path) -> None:
    file = write_exemptions(
        tmp_path,
        "low,h1,住院,李某,2025-01-01,2025-06-30",
        "lov,h1,住院,李某,2025-01-01,2025-06-30",
        "low,h1,,李某,2025-01-01,2025-06-30",
        "low,h1,住院,李某,2025-06-30,2025-01-01",
    )
    with pytest.raises(ThemeError, match="第 3, 4, 5 行"):
        read_exemptions(file, {"low"})


def test_no_file_means_no_exemption(tmp_path: Path) -> None:
    assert read_exemptions(tmp_path / "exemptions.csv", {"low"}) == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  wehn: a < 1", "不认识的字段“wehn”，最接近的是 when"),
        ("  severity: huge", "“severity”应为 high, medium, low 之一"),
        ("  subject: house", "“subject”应为 household"),
    ],
)
def test_a_faulty_rule_is_refused_with_file_and_field(
    tmp_path: Path, line: str, message: str
) -> None:
    fields = {
        "title": "{zh: 甲, en: a}",
        "severity": "high",
        "subject": "household",
        "when": "a < 1",
        "reason": "{zh: 甲, en: a}",
        "remedy": "{zh: 甲, en: a}",
        "responsible": "village",
        "document": "{zh: 甲, en: a}",
    }
    name, _, value = line.strip().partition(": ")
    fields[name] = value
    file = tmp_path / "rules.yaml"
    file.write_text("low:\n" + "".join(f"  {k}: {v}\n" for k, v in fields.items()), "utf-8")
    with pytest.raises(ThemeError, match=message) as refused:
        read_rules(file, "tiny")
    assert "rules.yaml low" in str(refused.value)


def test_sql_that_cannot_be_read_is_refused() -> None:
    broken = dataclasses.replace(rule(), when="income < (3")
    with pytest.raises(ThemeError, match="不能解析"):
        findings_query([broken], binding(), "duckdb")
