"""Tables that feature sets read beside those of the month: items, recent days, coverage, the year before."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pandas as pd

from geodata.periods import last_day
from geodata.store import Engine
from geodata.tables import income_items

DAYS = 365
# The households as their snapshot of twelve months before had them; no rows without that snapshot.
HOUSEHOLD_BEFORE = "household_before"
# The households as lists of months before had them, back to the last list of every village.
HOUSEHOLD_EARLIER = "household_earlier"
BASE_TABLES = ("income_item", "recent_day", "coverage", HOUSEHOLD_BEFORE, HOUSEHOLD_EARLIER)
# Since the end of which month each open finding was found without a break; only clocks read it.
FOUND_SINCE = "found_since"
FOUND_SINCE_COLUMNS = {
    "subject_kind": "VARCHAR",
    "subject": "VARCHAR",
    "place_code": "VARCHAR",
    "rule": "VARCHAR",
    "day": "DATE",
}


def income_item_table() -> pd.DataFrame:
    """Return the items of the household account: code, part, source, kind, policy, sustainable.

    The cost of a production has the production as its `source`, so that both group together.
    """
    items = income_items()
    sources = {item.cost: item for item in items.values() if item.cost}
    rows = []
    for code, item in items.items():
        source = sources.get(code, item)
        rows.append((code, item.part, source.code, source.part, source.policy, source.sustainable))
    columns = ["code", "part", "source", "kind", "policy", "sustainable"]
    return pd.DataFrame(rows, columns=columns)


def recent_day_table(month: str) -> pd.DataFrame:
    """Return the 365 days that end with a month: day, number (0 first), in_month."""
    end = last_day(month)
    days = [end - datetime.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    in_month = [day.year == end.year and day.month == end.month for day in days]
    return pd.DataFrame(
        {
            "day": pd.array(days, dtype="date32[pyarrow]"),
            "number": range(DAYS),
            "in_month": in_month,
        }
    )


def coverage_table(month: str, since: Mapping[str, str]) -> pd.DataFrame:
    """Return how far back each table of events is known without a gap: table_name, months, days.

    `since` has the first known month of each; both counts end with the month. A table that the month
    did not bring has no row: what it does not hold is then unknown and not absent.
    """
    end, rows = last_day(month), []
    for name, first in sorted(since.items()):
        start = datetime.date.fromisoformat(f"{first}-01")
        months = (end.year - start.year) * 12 + end.month - start.month + 1
        rows.append((name, months, (end - start).days + 1))
    frame = pd.DataFrame(rows, columns=["table_name", "months", "days"])
    return frame.astype({"table_name": "str", "months": "int64", "days": "int64"})


def add_base_tables(engine: Engine, month: str, since: Mapping[str, str]) -> None:
    """Give an engine the tables income_item, recent_day and coverage (`since`: see coverage_table)."""
    engine.add_rows("income_item", income_item_table())
    engine.add_rows("recent_day", recent_day_table(month))
    engine.add_rows("coverage", coverage_table(month, since))
