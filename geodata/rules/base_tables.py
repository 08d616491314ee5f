"""Tables that feature sets read beside those of the month: items, recent days, the year before."""

from __future__ import annotations

import datetime

import pandas as pd

from geodata.periods import last_day
from geodata.store import Engine
from geodata.tables import income_items

DAYS = 365
# The households as their snapshot of twelve months before had them; no rows without that snapshot.
HOUSEHOLD_BEFORE = "household_before"
BASE_TABLES = ("income_item", "recent_day", HOUSEHOLD_BEFORE)


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


def add_base_tables(engine: Engine, month: str) -> None:
    """Give an engine the tables income_item and recent_day."""
    engine.add_rows("income_item", income_item_table())
    engine.add_rows("recent_day", recent_day_table(month))
