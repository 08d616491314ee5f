"""Households that leave or move in far greater number than in the month before are told with their number."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from geodata.config import ImportSettings
from geodata.intake.earlier import EarlierMonth, EarlierMonths
from geodata.intake.issues import Issues
from geodata.intake.landing import as_arrow
from geodata.intake.turnover import check_households
from geodata.store import SnapshotStore, new_snapshot
from tests.geodata.intake.test_repeats import MONTHS, SCHEMA, combined, part_of

TABLE, COUNT = SCHEMA.tables["household"], 240
TOWNSHIPS = {"990101100": "甲乡", "990101101": "乙乡"}
VILLAGES = {f"{township}20{at}": f"村{at}" for township in TOWNSHIPS for at in range(2)}


def _rows(month, gone=0, moved=0):
    part = part_of(TABLE, month, COUNT)
    places = [f"{[*TOWNSHIPS][at % 2]}{200 + (at < moved)}" for at in range(COUNT)]
    part.frame["place_code"] = pd.Series(places).astype("str")
    part = replace(part, frame=part.frame.head(COUNT - gone))
    return combined(TABLE, [part])


def _told(folder, before, now):
    months = []
    for month, changes in zip(MONTHS, ({}, before), strict=False):
        with new_snapshot(folder, month) as writer:
            writer.write_table(
                "household", as_arrow(_rows(month, **changes), month), sort=["household_code"]
            )
            snapshot = writer.commit(who="li", at="2025-05-01T00:00:00", facts={}).snapshot
        files = {"household": SnapshotStore(folder).files(snapshot, "household")}
        months.insert(0, EarlierMonth(month, files))
    issues = Issues(SCHEMA.tables)
    with EarlierMonths(months) as earlier:
        check_households(
            _rows(MONTHS[2], **now), earlier, ImportSettings(), TOWNSHIPS, VILLAGES, issues
        )
    listed = issues.frame()
    return [*zip(listed["check"], listed["value"], strict=True)]


@pytest.mark.parametrize("change", ["gone", "moved"])
def test_many_households_that_leave_or_move_are_told(tmp_path, change):
    assert _told(tmp_path / "few", {}, {change: 19}) == []
    assert _told(tmp_path / "many", {}, {change: 20}) == [(f"households_{change}", "20")]
    assert _told(tmp_path / "usual", {change: 12}, {change: 12 + 36}) == []
    assert _told(tmp_path / "more", {change: 12}, {change: 12 + 37}) == [
        (f"households_{change}", "37")
    ]
