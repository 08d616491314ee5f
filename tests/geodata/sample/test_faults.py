"""Every fault planted in the sample county is found where it stands, and nothing else is said."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from geodata import open_workspace
from geodata.config import read_config
from geodata.intake.importing import import_month
from geodata.intake.reporting import write_report
from geodata.sample.county import write_county
from geodata.tables import table

KEY = ["file", "row", "column", "check"]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county") / "sample"
    return write_county(folder, villages=24, households=960, months=6, seed=3)


@pytest.fixture(scope="module")
def results(county):
    config = read_config(county)
    months = sorted(path.name for path in (county / "raw").iterdir())
    return {month: import_month(config, month, who="clerk", at="2026-01-02") for month in months}


def _planted(county, month):
    faults = pd.read_csv(
        county / "answers" / "faults.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )
    faults = faults[faults["month"] == month]
    return set(faults[KEY].itertuples(index=False, name=None))


def _found(result):
    issues = result.issues[result.issues["row"].notna()]
    rows = issues.assign(row=issues["row"].astype(str), column=issues["header"])
    return set(rows[KEY].itertuples(index=False, name=None))


def test_every_planted_fault_is_found_and_nothing_else(county, results):
    last = max(results)
    planted, found = _planted(county, last), _found(results[last])
    assert planted - found == set()
    # What is wrong in a row may contradict its certificate, or last month, as well.
    places = {(file, row) for file, row, _, _ in planted}
    follows = {"own_shift", "birth_differs", "sex_differs"}
    assert {
        one for one in found - planted if one[3] not in follows or one[:2] not in places
    } == set()
    assert len(planted) > 100


def test_clean_months_have_no_finding_in_any_row(results):
    last = max(results)
    assert {month: _found(result) for month, result in results.items() if month != last} == {
        month: set() for month in results if month != last
    }


def test_every_planted_case_is_found_by_exactly_its_rule(county, results):
    cases = pd.read_csv(county / "answers" / "rules.csv", dtype=str)
    workspace = open_workspace(county)
    workspace.build([max(results)])
    flags = workspace.month().flags
    assert cases["rule"].nunique() >= 28
    for rule, planted in cases.groupby("rule")["code"]:
        found = flags.loc[flags["rule"] == rule, "subject"]
        assert sorted(found) == sorted(planted), rule


def test_missing_township_and_feed_are_named_in_their_months_only(county, results):
    answers = json.loads((county / "answers" / "answers.json").read_text("utf-8"))
    townships = {(one["month"], one["township"]) for one in answers["missing_township"]}
    feeds = {(one["month"], table(one["table"]).label("zh")) for one in answers["missing_feed"]}
    assert _said(results, "township_missing", "place_code") == townships
    assert _said(results, "feed_missing", "header") == feeds
    assert _said(results, "jump", "place_code") == set()


def _said(results, check, column):
    return {
        (month, value)
        for month, result in results.items()
        for value in result.issues.loc[result.issues["check"] == check, column]
    }


def test_rows_read_are_rows_stored_and_rows_set_aside(county, results):
    for result in results.values():
        for source in result.manifest.sources:
            assert source.rows == source.stored + source.set_aside


def test_no_name_or_certificate_stands_in_the_report(county, results, tmp_path):
    result = results[max(results)]
    page = write_report(result, tmp_path, config=read_config(county)).read_text("utf-8")
    faults = pd.read_csv(
        county / "answers" / "faults.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )
    numbers = faults.loc[faults["check"].str.startswith("certificate"), ["written", "right"]]
    texts = {text for text in numbers.to_numpy().ravel() if len(text) > 10}
    assert texts
    assert [text for text in texts if text in page] == []
