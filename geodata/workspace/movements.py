"""Monitored households from one month to the next: who was there, came, returned, left, is corrected.

For every place and category: stock before + new + returned + corrected in - removed - corrected out =
stock after. Each term is a set of households, so that the sum holds for whatever places are added up.
A household of a village that was merged since stands under the successor, before as well as after.
"""

from __future__ import annotations

import pandas as pd

from geodata.access import Derived
from geodata.store import Engine, SnapshotStore
from geodata.tables import tables
from geodata.workspace.engines import households_of_last_month, month_engine

MOVEMENTS = "movements"
MOVEMENT_COLUMNS = ("household_code", "place_code", "category", "term", "cause")
# Every term, with what it does to the stock.
TERMS = {
    "before": 1,
    "new": 1,
    "returned": 1,
    "corrected_in": 1,
    "removed": -1,
    "corrected_out": -1,
    "after": 0,
}
# Why a stock was corrected: the household is under another village or category, one of the two months
# lacks it, or its month of identification or removal is another than the one it changed in.
CAUSES = ("moved", "category", "no_record", "dated")
BEFORE = "household_of_last_month"


def movements_table(store: SnapshotStore, month: str) -> Derived | None:
    """Return the table MOVEMENTS of a month: MOVEMENT_COLUMNS, one row a household and term.

    None without a snapshot of the month before: nothing can be said of what changed.
    """
    add_before = households_of_last_month(store, month)
    if add_before is None:
        return None

    def make(engine: Engine) -> None:
        add_before(engine, BEFORE)
        add_movements(engine, month)

    return Derived(("household", "place"), make)


def add_movements(engine: Engine, month: str) -> None:
    """Give an engine that has household, place and BEFORE, a month earlier, the table MOVEMENTS."""
    engine.add_table(MOVEMENTS, _SQL.format(before=BEFORE, month=month))


def movement_counts(store: SnapshotStore, month: str, place: str = "") -> pd.DataFrame | None:
    """Return how many households each term holds within a place: one row a category, one column a term.

    None without a snapshot of the month before. Counts only; who they are is read through a reader.
    """
    table = movements_table(store, month)
    if table is None:
        return None
    with month_engine(store, month, tables()) as (engine, _):
        table.make(engine)
        found = engine.frame(
            f"SELECT place_code, category, term, COUNT(*) AS households FROM {MOVEMENTS}"
            " GROUP BY place_code, category, term"
        )
    inside = found[found["place_code"].str.startswith(place)]
    sums = inside.groupby(["category", "term"])["households"].sum().unstack(fill_value=0)
    wide: pd.DataFrame = sums.reindex(columns=list(TERMS), fill_value=0).astype(int)
    return wide


_SQL = """
WITH merged AS (
  SELECT place_code, MIN(successor_code) AS successor FROM place
  WHERE successor_code IS NOT NULL GROUP BY place_code
),
earlier AS (
  SELECT
    h.household_code,
    COALESCE(n.successor, m.successor, h.place_code) AS place_code,
    h.monitored_category AS category, h.identified_month,
    h.monitored_category IS NOT NULL AND NOT COALESCE(h.risk_removed, FALSE) AS monitored,
    h.monitored_category IS NOT NULL AND COALESCE(h.risk_removed, FALSE) AS was_removed,
    ROW_NUMBER() OVER (PARTITION BY h.household_code ORDER BY h.place_code) AS number
  FROM {before} AS h
  LEFT JOIN merged AS m ON m.place_code = h.place_code
  LEFT JOIN merged AS n ON n.place_code = m.successor
),
later AS (
  SELECT
    h.household_code,
    COALESCE(n.successor, m.successor, h.place_code) AS place_code,
    h.monitored_category AS category, h.identified_month,
    h.monitored_category IS NOT NULL AND NOT COALESCE(h.risk_removed, FALSE) AS monitored,
    h.monitored_category IS NOT NULL AND h.identified_month = '{month}' AS identified_now,
    COALESCE(h.risk_removed, FALSE) AND h.removed_month = '{month}' AS removed_now,
    -- Who was poor before was first identified as poor: an earlier month tells only of the others.
    h.household_type = '一般农户' AND h.first_identified_month < h.identified_month AS had_episode,
    ROW_NUMBER() OVER (PARTITION BY h.household_code ORDER BY h.place_code) AS number
  FROM household AS h
  LEFT JOIN merged AS m ON m.place_code = h.place_code
  LEFT JOIN merged AS n ON n.place_code = m.successor
),
both_months AS (
  SELECT
    COALESCE(b.household_code, a.household_code) AS household_code,
    b.place_code AS place_before, a.place_code AS place_after,
    b.category AS category_before, a.category AS category_after,
    COALESCE(b.monitored, FALSE) AS was, COALESCE(a.monitored, FALSE) AS is_now,
    COALESCE(a.identified_now, FALSE) AS identified_now, COALESCE(a.removed_now, FALSE) AS removed_now,
    COALESCE(b.was_removed, FALSE) OR COALESCE(a.had_episode, FALSE) AS again,
    -- Removed and taken in again within one month: monitored at both ends, by another episode.
    COALESCE(b.monitored AND a.monitored AND a.identified_now
      AND b.identified_month < a.identified_month, FALSE) AS renewed,
    COALESCE(b.place_code = a.place_code AND b.category = a.category, FALSE) AS same,
    CASE WHEN b.household_code IS NULL OR a.household_code IS NULL THEN 'no_record'
         WHEN b.place_code <> a.place_code THEN 'moved'
         WHEN b.monitored AND a.monitored THEN 'category' ELSE 'dated' END AS cause
  FROM (SELECT * FROM earlier WHERE number = 1) AS b
  FULL JOIN (SELECT * FROM later WHERE number = 1) AS a ON a.household_code = b.household_code
),
ends AS (
  SELECT household_code, place_before AS place_code, category_before AS category, 'before' AS term,
    CAST(NULL AS VARCHAR) AS cause
  FROM both_months WHERE was
  UNION ALL
  SELECT household_code, place_after, category_after, 'after', NULL FROM both_months WHERE is_now
),
departures AS (
  SELECT
    household_code,
    CASE WHEN was THEN place_before ELSE place_after END AS place_code,
    CASE WHEN was THEN category_before ELSE category_after END AS category,
    CASE WHEN renewed OR removed_now THEN 'removed' ELSE 'corrected_out' END AS term,
    CASE WHEN renewed OR removed_now THEN NULL ELSE cause END AS cause
  FROM both_months
  WHERE (was AND is_now AND (renewed OR NOT same)) OR (was AND NOT is_now)
    OR (NOT was AND NOT is_now AND identified_now AND removed_now)
),
arrivals AS (
  SELECT
    household_code, place_after AS place_code, category_after AS category,
    CASE WHEN renewed THEN 'returned'
         WHEN was OR NOT identified_now THEN 'corrected_in'
         WHEN again THEN 'returned' ELSE 'new' END AS term,
    CASE WHEN renewed OR (NOT was AND identified_now) THEN NULL ELSE cause END AS cause
  FROM both_months
  WHERE (was AND is_now AND (renewed OR NOT same)) OR (NOT was AND is_now)
    OR (NOT was AND NOT is_now AND identified_now AND removed_now)
)
SELECT household_code, place_code, category, term, cause FROM ends
UNION ALL SELECT household_code, place_code, category, term, cause FROM departures
UNION ALL SELECT household_code, place_code, category, term, cause FROM arrivals
"""
