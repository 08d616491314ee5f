"""The engine of one month: its tables, the base tables, and the places that share a policy."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from geodata.config import Config
from geodata.periods import last_day, shift_month
from geodata.policy import Policy
from geodata.rules import Binding
from geodata.rules.base_tables import HOUSEHOLD_BEFORE, HOUSEHOLD_EARLIER, add_base_tables
from geodata.store import Engine, SnapshotStore
from geodata.store.embedded import open_engine
from geodata.store.entered import EnteredRows
from geodata.store.known_months import known_since
from geodata.store.months import add_month, stored_columns
from geodata.tables import Table, tables

# The longest look back of any feature: twelve months and the twelve before.
MONTHS_BACK = 24
# How far back the last list of a village is looked for: one missing a year is as good as a first one.
_LISTS_BACK = 12
_COUNTY = 6
Value = float | int | str | None


@contextmanager
def month_engine(
    store: SnapshotStore,
    month: str,
    known: Mapping[str, Table],
    *,
    engine: str = "duckdb",
    threads: int | None = None,
    entered: Mapping[str, EnteredRows] | None = None,
    building: Config | None = None,
) -> Iterator[tuple[Engine, Mapping[str, tuple[str, ...]]]]:
    """Give an engine with the known tables of a month, and the snapshots each came from.

    What people `entered` is among the rows of its tables, each deed once. For `building` it has what
    the settings of a workspace give it, and works in the store.
    """
    if building is None:
        made = open_engine(engine, threads=threads)
    else:
        made = open_engine(
            engine,
            threads=threads,
            memory=building.duckdb.memory,
            spark=building.spark,
            store=store.folder,
        )
    with closing(made) as opened:
        first = shift_month(month, -MONTHS_BACK)
        used = add_month(opened, store, month, since=first, known=known, entered=entered)
        since = known_since(store, month, known, back=MONTHS_BACK)
        add_base_tables(opened, month, since)
        before = snapshots_before(store, month)
        files = [file for each in before for file in store.files(each, "household")]
        opened.add_files(HOUSEHOLD_BEFORE, files, stored_columns(known["household"]))
        add_earlier_lists(opened, store, month)
        yield opened, used


@contextmanager
def built_engine(files: Sequence[Path], name: str, columns: Sequence[str]) -> Iterator[Engine]:
    """Give an engine with one table that was built, to be asked again; what it answers is of the engine."""
    with closing(open_engine("duckdb")) as opened:
        opened.add_files(name, files, dict.fromkeys(columns, "VARCHAR"))
        yield opened


def snapshots_before(store: SnapshotStore, month: str) -> tuple[str, ...]:
    """Return the snapshot of twelve months before a month, () when there is none."""
    held = store.history.current.get(shift_month(month, -12))
    return (held.snapshot,) if held else ()


def snapshots_of_lists(store: SnapshotStore, month: str) -> tuple[str, ...]:
    """Return the snapshots in which the last lists before a month are looked for, the newest first."""
    current = store.history.current
    months = (shift_month(month, -back) for back in range(1, _LISTS_BACK + 1))
    return tuple(current[each].snapshot for each in months if each in current)


def add_earlier_lists(engine: Engine, store: SnapshotStore, month: str) -> None:
    """Give an engine that has household the table HOUSEHOLD_EARLIER.

    Months further back are read only for villages that those after them lack.
    """
    columns = stored_columns(tables()["household"])
    files: list[Path] = []
    engine.add_files(HOUSEHOLD_EARLIER, files, columns)
    for snapshot in snapshots_of_lists(store, month):
        files += store.files(snapshot, "household")
        engine.add_files(HOUSEHOLD_EARLIER, files, columns)
        lacking = engine.frame(
            "SELECT h.place_code FROM (SELECT DISTINCT place_code FROM household) AS h"
            f" LEFT JOIN (SELECT DISTINCT place_code FROM {HOUSEHOLD_EARLIER}) AS e"
            " ON e.place_code = h.place_code WHERE e.place_code IS NULL LIMIT 1"
        )
        if lacking.empty:
            return


def households_of_last_month(
    store: SnapshotStore, month: str
) -> Callable[[Engine, str], None] | None:
    """Return what names the households of the month before in an engine; None without its snapshot."""
    held = store.history.current.get(shift_month(month, -1))
    if held is None:
        return None
    files = store.files(held.snapshot, "household")
    columns = stored_columns(tables()["household"])
    return lambda engine, name: engine.add_files(name, files, columns)


@dataclass(frozen=True)
class PolicyArea:
    """Places that have the same parameter values: prefixes of one width, and the binding.

    No prefix means everywhere.
    """

    prefixes: tuple[str, ...]
    binding: Binding


def policy_areas(
    engine: Engine,
    policy: Policy,
    keys: Sequence[str],
    month: str,
    known: Mapping[str, Table],
    *,
    day_of: datetime.date | None = None,
) -> tuple[PolicyArea, ...]:
    """Return the areas of equal parameter values among the places that have rows.

    `day_of` takes the values in force on another day than the last of the month. A county is one
    area unless a value is written for a place inside it.
    """
    _, areas = shared_values(engine, policy, keys, day_of or last_day(month))
    texts = policy.texts(keys)
    return tuple(
        PolicyArea(
            prefixes, Binding(month, values, _parts(engine, prefixes, number, known), texts=texts)
        )
        for number, (prefixes, values) in enumerate(areas)
    )


def shared_values(
    engine: Engine,
    policy: Policy,
    keys: Sequence[str],
    day: datetime.date,
    *,
    table: str = "household",
) -> tuple[int, list[tuple[tuple[str, ...], dict[str, Value]]]]:
    """Return the parameter values on a day that places with rows in a table share.

    The length of a prefix, and the prefixes of each group with its values; no prefix is everywhere.
    """
    width = max(_COUNTY, policy.prefix_width(keys))
    answers = engine.frame(
        f"SELECT DISTINCT SUBSTRING(place_code, 1, {width}) AS prefix FROM {table} "
        "WHERE place_code IS NOT NULL ORDER BY prefix"
    )
    areas: dict[str, list[str]] = {}
    values: dict[str, dict[str, Value]] = {}
    for prefix in answers["prefix"]:
        chosen = policy.comparable(keys, prefix, day)
        name = repr(sorted(chosen.items()))
        areas.setdefault(name, []).append(prefix)
        values[name] = chosen
    if len(areas) < 2:
        everywhere = next(iter(values.values()), None) or policy.comparable(keys, "", day)
        return width, [((), everywhere)]
    return width, [(tuple(prefixes), values[name]) for name, prefixes in areas.items()]


def _parts(
    engine: Engine, prefixes: Sequence[str], number: int, known: Mapping[str, Table]
) -> dict[str, str]:
    """Name the rows of some places, and return the names to read in the place of the tables."""
    if not prefixes:
        return {}
    listed = ", ".join(f"'{prefix}'" for prefix in prefixes)
    named = {}
    for name, table in known.items():
        if "place_code" in table.columns:
            named[name] = f"{name}_of_area_{number}"
            inside = f"SUBSTRING(place_code, 1, {len(prefixes[0])}) IN ({listed})"
            engine.add_view(named[name], f"SELECT * FROM {name} WHERE {inside}")
    return named
