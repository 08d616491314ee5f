"""Monitored households from one month to the next: who was there, came, returned, left, is corrected.

For every place and category: stock before + new + returned + delivered again + renamed in + corrected
in - removed - not delivered - renamed out - corrected out = stock after. Each term is a set of
households, so that the sum holds for whatever places are added up. New, returned and removed are those
of the indicators, by one feature set. A household of a village that was merged since stands under the
successor in both months; one whose category the law calls otherwise since is renamed, not corrected.
"""

from __future__ import annotations

import pandas as pd

from geodata.access import Derived
from geodata.rules import Binding
from geodata.rules.feature import shared_sets
from geodata.store import Engine, SnapshotStore
from geodata.tables import enumeration, tables
from geodata.workspace.engines import (
    add_earlier_lists,
    households_of_last_month,
    month_engine,
)

MOVEMENTS = "movements"
MOVEMENT_COLUMNS = ("household_code", "place_code", "category", "term", "cause")
# Every term, with what it does to the stock.
TERMS = {
    "before": 1,
    "new": 1,
    "returned": 1,
    "delivered_again": 1,
    "renamed_in": 1,
    "corrected_in": 1,
    "removed": -1,
    "not_delivered": -1,
    "renamed_out": -1,
    "corrected_out": -1,
    "after": 0,
}
# Why a stock was corrected: the household is under another village or category, one of the two lists
# lacks it though its village delivered, or its month of identification or removal is another than the
# one it changed in. An event is late that happened in months without a list of its village.
CAUSES = ("moved", "category", "no_record", "dated", "late")
BEFORE = "household_of_last_month"
_EVENTS = "monitored_events"
_RENAMED = "category_renamed"


def movements_table(store: SnapshotStore, month: str, successors: pd.Series) -> Derived | None:
    """Return the table MOVEMENTS of a month: MOVEMENT_COLUMNS, one row a household and term.

    `successors` names the place that stands for one that has ended.
    None without a snapshot of the month before: nothing can be said of what changed.
    """
    add_before = households_of_last_month(store, month)
    if add_before is None:
        return None

    def make(engine: Engine) -> None:
        add_before(engine, BEFORE)
        add_earlier_lists(engine, store, month)
        add_movements(engine, month, successors)

    return Derived(("household",), make)


def add_movements(engine: Engine, month: str, successors: pd.Series) -> None:
    """Give an engine the table MOVEMENTS.

    It has household, BEFORE a month earlier, and HOUSEHOLD_EARLIER.
    """
    codes = {"place_code": successors.index.astype("str"), "successor": successors.astype("str")}
    engine.add_rows("merged", pd.DataFrame(codes).reset_index(drop=True))
    named = {
        choice.value: choice.successor
        for choice in enumeration("monitored_category").choices
        if choice.successor
    }
    renamed = {"category": list(named), "successor": list(named.values())}
    engine.add_rows(_RENAMED, pd.DataFrame(renamed, dtype="str"))
    events = next(one for one in shared_sets() if one.name == _EVENTS)
    engine.add_table(_EVENTS, Binding(month).sql(events.sql, engine.name))
    engine.add_table(MOVEMENTS, _SQL.format(before=BEFORE))


def movement_counts(
    store: SnapshotStore, month: str, place: str = "", *, successors: pd.Series
) -> pd.DataFrame | None:
    """Return how many households each term holds within a place: one row a category, one column a term.

    None without a snapshot of the month before. Counts only; who they are is read through a reader.
    """
    table = movements_table(store, month, successors)
    if table is None:
        return None
    with month_engine(store, month, tables()) as (engine, _):
        table.make(engine)
        counts = engine.frame(
            f"SELECT place_code, category, term, COUNT(*) AS households FROM {MOVEMENTS}"
            " GROUP BY place_code, category, term"
        )
    inside = counts[counts["place_code"].str.startswith(place)]
    sums = inside.groupby(["category", "term"])["households"].sum().unstack(fill_value=0)
    return sums.reindex(columns=list(TERMS), fill_value=0).astype(int)


_SQL = """
WITH earlier AS (
  SELECT
    h.household_code,
    COALESCE(m.successor, h.place_code) AS place_code,
    h.monitored_category AS category,
    h.monitored_category IS NOT NULL AND NOT COALESCE(h.risk_removed, FALSE) AS monitored,
    ROW_NUMBER() OVER (PARTITION BY h.household_code ORDER BY h.place_code) AS number
  FROM {before} AS h
  LEFT JOIN merged AS m ON m.place_code = h.place_code
),
later AS (
  SELECT
    h.household_code,
    COALESCE(m.successor, h.place_code) AS place_code,
    h.monitored_category AS category,
    h.monitored_category IS NOT NULL AND NOT COALESCE(h.risk_removed, FALSE) AS monitored,
    e.identified_now, e.returned_now, e.removed_now, e.identified_late, e.removed_late,
    ROW_NUMBER() OVER (PARTITION BY h.household_code ORDER BY h.place_code) AS number
  FROM household AS h
  LEFT JOIN monitored_events AS e ON e.household_code = h.household_code
  LEFT JOIN merged AS m ON m.place_code = h.place_code
),
-- A village without a single household in a list did not deliver it: its households are unknown.
delivered_before AS (SELECT DISTINCT place_code FROM earlier),
delivered AS (SELECT DISTINCT place_code FROM later),
both_months AS (
  SELECT
    COALESCE(b.household_code, a.household_code) AS household_code,
    b.household_code IS NOT NULL AS listed_before, a.household_code IS NOT NULL AS listed,
    b.place_code AS place_before, a.place_code AS place_after,
    b.category AS category_before, a.category AS category_after,
    COALESCE(b.monitored, FALSE) AS was, COALESCE(a.monitored, FALSE) AS is_now,
    COALESCE(a.identified_now, FALSE) AS identified_now,
    COALESCE(a.returned_now, FALSE) AS returned_now,
    COALESCE(a.removed_now, FALSE) AS removed_now,
    CASE WHEN a.identified_late THEN 'late' END AS identified_cause,
    CASE WHEN a.removed_late THEN 'late' END AS removed_cause
  FROM (SELECT * FROM earlier WHERE number = 1) AS b
  FULL JOIN (SELECT * FROM later WHERE number = 1) AS a ON a.household_code = b.household_code
),
carried AS (
  SELECT
    c.*,
    d.place_code IS NOT NULL AS village_before, e.place_code IS NOT NULL AS village_now,
    was AND (is_now OR identified_now OR removed_now) AS stays
  FROM both_months AS c
  LEFT JOIN delivered_before AS d ON d.place_code = c.place_after
  LEFT JOIN delivered AS e ON e.place_code = c.place_before
),
-- First a household is moved to where the month has it; what its record says happens there.
changed AS (
  SELECT
    c.*,
    CASE WHEN stays AND place_before = place_after AND r.successor = category_after THEN 'renamed'
         ELSE 'corrected' END AS shift,
    stays AND (place_before <> place_after OR category_before <> category_after) AS shifted,
    CASE WHEN place_before <> place_after THEN 'moved' ELSE 'category' END AS shift_cause,
    -- What the record leaves unexplained: 1 came without an event, -1 left without one.
    CASE WHEN is_now THEN 1 ELSE 0 END - CASE WHEN stays THEN 1 ELSE 0 END
      - CASE WHEN identified_now THEN 1 ELSE 0 END + CASE WHEN removed_now THEN 1 ELSE 0 END AS rest
  FROM carried AS c
  LEFT JOIN category_renamed AS r ON r.category = c.category_before
)
SELECT household_code, place_before AS place_code, category_before AS category, 'before' AS term,
  CAST(NULL AS VARCHAR) AS cause
FROM changed WHERE was
UNION ALL
SELECT household_code, place_after, category_after, 'after', NULL FROM changed WHERE is_now
UNION ALL
SELECT household_code, place_after, category_after, CASE WHEN returned_now THEN 'returned' ELSE 'new' END,
  identified_cause
FROM changed WHERE identified_now
UNION ALL
SELECT household_code, place_after, category_after, 'removed', removed_cause FROM changed WHERE removed_now
UNION ALL
SELECT household_code, place_before, category_before, CONCAT(shift, '_out'),
  CASE WHEN shift = 'corrected' THEN shift_cause END
FROM changed WHERE shifted
UNION ALL
SELECT household_code, place_after, category_after, CONCAT(shift, '_in'),
  CASE WHEN shift = 'corrected' THEN shift_cause END
FROM changed WHERE shifted
UNION ALL
SELECT household_code, place_after, category_after,
  CASE WHEN listed_before OR village_before THEN 'corrected_in' ELSE 'delivered_again' END,
  CASE WHEN listed_before THEN 'dated' WHEN village_before THEN 'no_record' END
FROM changed WHERE rest = 1
UNION ALL
SELECT household_code, place_after, category_after, 'corrected_out', 'dated' FROM changed WHERE stays AND rest = -1
UNION ALL
SELECT household_code, place_before, category_before,
  CASE WHEN listed OR village_now THEN 'corrected_out' ELSE 'not_delivered' END,
  CASE WHEN NOT listed THEN CASE WHEN village_now THEN 'no_record' END
       WHEN place_before <> place_after THEN 'moved' ELSE 'dated' END
FROM changed WHERE was AND NOT stays
"""
