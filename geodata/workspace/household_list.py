"""The household list of a month: its table (who, where, what is wrong, who visits), and a page of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain, combinations

import pandas as pd

from geodata.access import Derived, Reader, Request, mask_names, without
from geodata.rules.base_tables import coverage_table
from geodata.store import Engine
from geodata.store.known_months import known_since
from geodata.tables import income_items
from geodata.workspace.inputs import Setup

HOUSEHOLD_LIST = "household_list"
INCOME_BY_PLACE = "income_by_place"
INCOME_COLUMNS = ("place_code", "month", "part", "amount")
# Names are masked before they enter the table: whoever searches or sorts it cannot read more.
LIST_COLUMNS = (
    "household_code",
    "place_code",
    "head_name",
    "persons",
    "income_per_person",
    "monitored_category",
    "monitored_now",
    "score",
    "high",
    "findings",
    "rules",
    "days_since_visit",
    "unvisited_days",
    "helper",
    "site_code",
    "zone_code",
    "sought",
)
# What a page shows; the rest of the list's columns serve to search it.
COLUMNS = tuple(
    name for name in LIST_COLUMNS if name not in ("monitored_now", "unvisited_days", "sought")
)
Filter = tuple[str, str, object]
WEIGHTS = {"high": 100, "medium": 10, "low": 1}
# A visit longer ago than the features look back is told as this many days.
_LONGEST = 366


# What the list tells by a feature of a theme, and how it is written.
_TOLD = {
    "persons": "{}",
    "income_per_person": "{} / 100.0",
    "monitored_category": "{}",
    "monitored_now": "{}",
    "days_since_visit": "{}",
}
_NOTHING = {
    "monitored_category": "CAST(NULL AS VARCHAR)",
    "monitored_now": "CAST(NULL AS BOOLEAN)",
}


def list_tables(setup: Setup) -> tuple[str, ...]:
    """Return the tables that the list is made from: those of a month, and sets of features."""
    told = (setup.registry.told(role) for role in _TOLD)
    sets = dict.fromkeys(one.table for one in told if one is not None)
    return ("household", "flags", "responsibility", *sets)


def add_household_list(engine: Engine, setup: Setup, month: str) -> None:
    """Give an engine that has the tables of `list_tables` the table `household_list`: LIST_COLUMNS, one row each.

    `score` weighs findings by severity, exempt ones left out; `rules` are their keys, worst first.
    `unvisited_days` is at most 366, for a household without a visit in a year too; for one whose
    visits are known for less, as many days as they are; NULL where they are not. `sought` is what a search looks through.
    """
    heads = engine.frame("SELECT household_code, head_name FROM household")
    heads["head_name"] = mask_names(heads["head_name"])
    engine.add_rows("masked_heads", heads.drop_duplicates("household_code"))
    severities = [(key, WEIGHTS[one.severity]) for key, one in setup.rules.items()]
    engine.add_rows("rule_weights", pd.DataFrame(severities, columns=["rule", "weight"]))
    told = {role: setup.registry.told(role) for role in _TOLD}
    columns = {
        role: _TOLD[role].format(f"{one.table}.{one.feature}")
        if one is not None
        else _NOTHING.get(role, "CAST(NULL AS DOUBLE)")
        for role, one in told.items()
    }
    joins = "\n".join(
        f"LEFT JOIN {name} ON {name}.household_code = h.household_code"
        for name in list_tables(setup)[3:]
    )
    known = known_since(setup.store, month, {"visit": setup.tables["visit"]}, back=12)
    days = coverage_table(month, known)["days"]
    # Without a visit in all the time that is known.
    unseen = "NULL" if days.empty else str(_LONGEST if days[0] >= _LONGEST - 1 else days[0])
    named = {
        "month": month,
        "longest": _LONGEST,
        "unseen": unseen,
        "high": WEIGHTS["high"],
        "joins": joins,
    }
    engine.add_table(HOUSEHOLD_LIST, _SQL.format(**named, **columns))


def lists_without(setup: Setup) -> Mapping[str, Derived]:
    """Return by name the lists whose score and findings leave out the rules of some classes of data."""
    classes = sorted({*setup.rule_classes.values()})
    some = chain.from_iterable(combinations(classes, n + 1) for n in range(len(classes)))
    lists = {}
    for closed in some:
        rules = tuple(key for key, known in setup.rule_classes.items() if known in closed)
        name = without(HOUSEHOLD_LIST, closed)
        made = partial(_add_list_without, name=name, rules=rules)
        lists[name] = Derived((HOUSEHOLD_LIST, "flags"), made)
    return lists


def _add_list_without(engine: Engine, *, name: str, rules: Sequence[str]) -> None:
    named = ", ".join(f"'{rule}'" for rule in rules)
    engine.add_table(f"{name}_sums", _CLOSED_SQL.format(rules=named, high=WEIGHTS["high"]))
    columns = ", ".join(
        f"l.{one} - COALESCE(c.{one}, 0) AS {one}" if one in _SUMS else f"l.{one}"
        for one in LIST_COLUMNS
    )
    joined = f"{HOUSEHOLD_LIST} AS l LEFT JOIN {name}_sums AS c"
    engine.add_view(name, f"SELECT {columns} FROM {joined} ON c.household_code = l.household_code")


def add_income_by_place(engine: Engine) -> None:
    """Give an engine that has the ledger the table `income_by_place`: amounts in fen.

    One row for each village, month and part of income (wage, business, property, transfer).
    """
    kinds = [(code, item.part) for code, item in income_items().items() if item.part != "expense"]
    engine.add_rows("item_parts", pd.DataFrame(kinds, columns=["item", "part"]))
    engine.add_table(
        INCOME_BY_PLACE,
        "SELECT l.place_code, l.month, p.part, SUM(l.amount) AS amount FROM ledger AS l"
        " JOIN item_parts AS p ON p.item = l.item GROUP BY l.place_code, l.month, p.part",
    )


def household_request(
    place: str,
    *,
    filters: tuple[Filter, ...] = (),
    sort: str = "-score",
    page: tuple[int, int | None] = (0, 50),
) -> Request:
    """Return the request of a page of the list: filters on LIST_COLUMNS, one order, offset, length.

    `sort` is a column, with "-" for descending; equal households stand in the order of their codes.
    Raises ValueError for another column.
    """
    if sort.removeprefix("-") not in LIST_COLUMNS:
        raise ValueError(f"sort must be one of {', '.join(LIST_COLUMNS)}, not {sort!r}")
    order = (sort,) if sort == "household_code" else (sort, "household_code")
    offset, limit = page
    return Request(
        HOUSEHOLD_LIST,
        place,
        columns=("household_code", *COLUMNS[1:]),
        filters=filters,
        order=order,
        offset=offset,
        limit=limit,
    )


def household_page(
    reader: Reader,
    place: str,
    *,
    rule: str | None = None,
    sort: str = "-score",
    page: tuple[int, int | None] = (0, 50),
) -> pd.DataFrame:
    """Return one page of the households of a place; index household_code, columns COLUMNS.

    `score` weighs findings by severity, exempt ones left out; `rules` lists their keys. With `rule`
    only households that break it. `page` is offset and length (None: all). Names are masked, and
    the read is on record for the actor of the reader.
    """
    filters = () if rule is None else (("rules", "has", rule),)
    request = household_request(place, filters=filters, sort=sort, page=page)
    return reader.rows(request).frame.set_index("household_code")


# What the list sums up of findings.
_SUMS = ("score", "high", "findings")
_CLOSED_SQL = """
SELECT f.household_code, CAST(SUM(w.weight) AS BIGINT) AS score, COUNT(*) AS findings,
  COUNT(CASE WHEN w.weight = {high} THEN 1 END) AS high
FROM flags AS f JOIN rule_weights AS w ON w.rule = f.rule
WHERE f.household_code IS NOT NULL AND f.answer = 'yes' AND f.rule IN ({rules})
GROUP BY f.household_code
"""
_SQL = """
WITH one AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY household_code ORDER BY place_code) AS number
  FROM household
),
found AS (
  SELECT f.household_code, SUM(w.weight) AS score, COUNT(*) AS findings,
    COUNT(CASE WHEN w.weight = {high} THEN 1 END) AS high,
    STRING_AGG(f.rule, ',' ORDER BY w.weight DESC, f.rule) AS rules
  FROM flags AS f JOIN rule_weights AS w ON w.rule = f.rule
  WHERE f.household_code IS NOT NULL AND f.answer = 'yes'
  GROUP BY f.household_code
),
helped AS (
  SELECT household_code, STRING_AGG(DISTINCT name, ',' ORDER BY name) AS helper
  FROM responsibility
  WHERE household_code IS NOT NULL AND role = '帮扶责任人'
    AND (end_month IS NULL OR end_month >= '{month}')
  GROUP BY household_code
)
SELECT h.household_code, h.place_code, n.head_name, {persons} AS persons,
  {income_per_person} AS income_per_person, {monitored_category} AS monitored_category,
  {monitored_now} AS monitored_now,
  CAST(COALESCE(f.score, 0) AS BIGINT) AS score, COALESCE(f.high, 0) AS high,
  COALESCE(f.findings, 0) AS findings, COALESCE(f.rules, '') AS rules,
  {days_since_visit} AS days_since_visit,
  CAST(CASE WHEN {days_since_visit} > {longest} THEN {longest} ELSE COALESCE({days_since_visit}, {unseen}) END
    AS BIGINT) AS unvisited_days,
  p.helper, h.site_code, h.zone_code,
  LOWER(CONCAT(h.household_code, ' ', COALESCE(n.head_name, ''))) AS sought
FROM one AS h
LEFT JOIN masked_heads AS n ON n.household_code = h.household_code
{joins}
LEFT JOIN found AS f ON f.household_code = h.household_code
LEFT JOIN helped AS p ON p.household_code = h.household_code
WHERE h.number = 1
ORDER BY h.place_code, h.household_code
"""
