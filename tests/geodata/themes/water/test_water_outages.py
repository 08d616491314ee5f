"""Days without water: from the day of the break to the day before water came back, each day once."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from geodata.rules.base_tables import DAYS, add_base_tables
from geodata.rules.binding import Binding
from geodata.rules.dry_run import empty_engine
from geodata.rules.run import make_features
from geodata.themes import own_themes
from tests.geodata.workspace.test_workspace import rows

THEME = next(theme for theme in own_themes() if theme.key == "water")
MONTH, NOW = "2025-06", datetime.date(2025, 6, 30)
ZONES = ("Z1", "Z2")
Outage = tuple[str | None, datetime.date, datetime.date | None]


def _days(outages: list[Outage]) -> dict[str, tuple[int, int, int]]:
    """Return for each zone the days without water of a year, of the month, and the longest run."""
    told = [
        {"works_code": "W", "zone_code": zone, "start_day": start, "end_day": end}
        for zone, start, end in outages
    ]
    supplied = [{"zone_code": zone, "works_code": "W"} for zone in ZONES]
    with empty_engine() as engine:
        for name, records in (("outage", told), ("supply_zone", supplied)):
            engine.add_rows(f"{name}_rows", rows(name, *records))
            engine.add_view(name, f"SELECT * FROM {name}_rows")
        add_base_tables(engine, MONTH, {"outage": "2023-06"})
        make_features(
            engine,
            THEME.feature_sets,
            Binding(MONTH, {"water.reliability.basic": 90}),
            wanted=["water_zone"],
        )
        frame = engine.frame("SELECT * FROM water_zone").set_index("zone_code")
    return {
        zone: tuple(
            int(frame.loc[zone, name])
            for name in ("outage_days", "outage_days_month", "longest_outage")
        )
        for zone in ZONES
    }


def _counted(days: set[datetime.date]) -> tuple[int, int, int]:
    """Return the same by a set of days."""
    run = longest = 0
    for back in range(DAYS - 1, -1, -1):
        run = run + 1 if NOW - datetime.timedelta(days=back) in days else 0
        longest = max(longest, run)
    return len(days), sum(day.month == NOW.month and day.year == NOW.year for day in days), longest


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [("06-03", "06-03", 0), ("06-03", "06-04", 1), ("06-01", "07-02", 30), ("06-30", None, 1)],
    ids=["came back the same day", "overnight", "over the end of the month", "not over"],
)
def test_the_day_on_which_water_came_back_is_a_day_with_water(
    start: str, end: str | None, days: int
) -> None:
    ends = datetime.date.fromisoformat(f"2025-{end}") if end else None
    told = _days([(None, datetime.date.fromisoformat(f"2025-{start}"), ends)])
    assert told["Z1"] == (days, days, days)


@pytest.mark.parametrize("seed", range(25))
def test_overlapping_outages_are_a_union_of_days(seed: int) -> None:
    rng = np.random.default_rng(seed)
    outages: list[Outage] = []
    for _ in range(int(rng.integers(1, 12))):
        start = NOW - datetime.timedelta(days=int(rng.integers(0, 420)))
        end = start + datetime.timedelta(days=int(rng.integers(0, 40)))
        outages.append((rng.choice([None, *ZONES]), start, None if rng.random() < 0.1 else end))
    first = NOW - datetime.timedelta(days=DAYS - 1)
    told = _days(outages)
    for zone in ZONES:
        without = {
            day
            for on, start, end in outages
            if on in (None, zone)
            for day in (first + datetime.timedelta(days=ahead) for ahead in range(DAYS))
            if start <= day and (end is None or day < end)
        }
        assert told[zone] == _counted(without)
