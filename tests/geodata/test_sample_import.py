"""The invented county enters by the same door as real data, and its faults are found, no others."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from geodata.config import read_config
from geodata.sample.county import write_county
from geodata.sources.importing import import_month

AT = "2026-01-05T08:00:00+08:00"


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county") / "one"
    return write_county(folder, villages=24, households=1000, months=6, seed=11)


@pytest.fixture(scope="module")
def imported(county):
    config = read_config(county)
    months = ["2025-07", "2025-08", "2025-10", "2025-11", "2025-12"]
    return {month: import_month(config, month, who="clerk", at=AT) for month in months}


def _cells(frame, column):
    rows = frame["row"].astype(int)
    return set(
        zip(
            frame["file"],
            frame["sheet"].fillna(""),
            rows,
            frame[column],
            frame["check"],
            strict=True,
        )
    )


def test_every_planted_fault_is_found_in_its_cell_and_nothing_else(county, imported):
    planted = pd.read_csv(county / "answers" / "faults.csv", dtype=str, keep_default_na=False)
    found = imported["2025-12"].issues
    assert len(found) == len(planted) > 100
    assert _cells(found, "header") == _cells(planted, "column")


def test_clean_months_are_imported_without_a_finding(imported):
    for month in ("2025-07", "2025-11"):
        assert imported[month].issues.empty


def test_silent_township_and_missing_feed_are_reported(county, imported):
    answers = json.loads((county / "answers" / "answers.json").read_text(encoding="utf-8"))
    silent = answers["missing_township"][0]
    found = imported[silent["month"]].issues
    assert set(found["check"]) == {"township_missing"}
    assert set(found["place_code"]) == {silent["township"]}
    feed = imported[answers["missing_feed"][0]["month"]].issues
    assert list(feed["check"]) == ["feed_missing"]


def test_rows_read_are_rows_written(county, imported):
    answers = json.loads((county / "answers" / "answers.json").read_text(encoding="utf-8"))
    for month, result in imported.items():
        written = sum(n for name, n in answers["rows"].items() if name.startswith(month))
        assert sum(source.rows for source in result.manifest.sources) == written
