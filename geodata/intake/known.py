"""What earlier months know: households and their villages, lists of codes, feeds, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from geodata.intake.feed_totals import Feeds
from geodata.intake.membership import is_among
from geodata.periods import shift_month
from geodata.store import SnapshotStore, stored_columns
from geodata.store.embedded import DuckDBEngine
from geodata.store.entered import REPORTED
from geodata.tables import Table, table


@dataclass(frozen=True)
class Known:
    """What the snapshots before a month hold.

    `snapshot` is the latest one before the month, "" when there is none; `feeds` and `titles` are
    its deliveries. `households` maps household codes to the villages they were last listed in, within
    a year; `places` is the list of places of the latest snapshot that has one.
    """

    snapshot: str = ""
    feeds: Feeds = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    households: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))
    places: pd.DataFrame | None = None
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def with_current(
        self, frames: Mapping[str, pd.DataFrame], tables: Mapping[str, Table]
    ) -> dict[str, frozenset[str]]:
        """Return the codes of every list, of this month where it was delivered."""
        now = {
            name: frozenset(frames[name][listed.lists].dropna())
            for name, listed in tables.items()
            if listed.lists and name in frames
        }
        # A list that is only ever added to goes on from the months before.
        now |= {n: c | self.codes.get(n, frozenset()) for n, c in now.items() if tables[n].lasting}
        return {**self.codes, **now}


def known_before(store: SnapshotStore, month: str, tables: Mapping[str, Table]) -> Known:
    """Return what is known of the tables when a month is imported."""
    # A month that is damaged is imported again without what it held.
    again = month in store.months() and not store.verify(store.snapshot_of(month))
    months = [one for one in store.months() if one < month or (one == month and again)]
    earlier = [one for one in months if one < month]
    snapshot = store.snapshot_of(earlier[-1]) if earlier else ""
    facts = store.manifest(snapshot).facts if snapshot else {}
    codes = {}
    with DuckDBEngine() as engine:
        places = _latest(engine, store, months, table("place"), tuple(table("place").columns))
        year = [one for one in months if one > shift_month(month, -12)]
        households = _households(engine, store, year)
        for name, entry in tables.items():
            if not entry.lists:
                continue
            spans = [[one] for one in months] if entry.lasting else [months]
            listed = [_latest(engine, store, span, entry, (entry.lists,)) for span in spans]
            if any(frame is not None for frame in listed):
                keys = [frame[entry.lists] for frame in listed if frame is not None]
                codes[name] = frozenset(pd.concat(keys))
    return Known(
        snapshot=snapshot,
        feeds=facts.get("feeds", {}),
        titles=facts.get("titles", {}),
        households=households,
        places=places,
        codes=codes,
    )


def latest_places(store: SnapshotStore, months: Sequence[str]) -> pd.DataFrame | None:
    """Return the list of places of the latest of some months that has one, None when none has."""
    with DuckDBEngine() as engine:
        return _latest(engine, store, months, table("place"), tuple(table("place").columns))


def _households(engine: DuckDBEngine, store: SnapshotStore, months: list[str]) -> pd.Series:
    """Return the village in which each household was last listed."""
    files = [file for one in months for file in store.files(store.snapshot_of(one), "household")]
    if not files:
        return pd.Series(dtype="str")
    engine.add_files("household", files, stored_columns(table("household")))
    listed = engine.frame(
        f"SELECT household_code, arg_max(place_code, {REPORTED}) AS place_code FROM household"
        " WHERE household_code IS NOT NULL GROUP BY household_code ORDER BY household_code"
    )
    return listed.astype("str").set_index("household_code")["place_code"]


def updated(households: pd.Series, listed: pd.Series) -> pd.Series:
    """Return villages by household with those of a newer list in place of the older."""
    if households.empty:
        return listed
    gone = ~is_among(households.index, listed.index)
    series: pd.Series = pd.concat([households[gone], listed])
    return series


def _latest(
    engine: DuckDBEngine,
    store: SnapshotStore,
    months: Sequence[str],
    entry: Table,
    columns: tuple[str, ...],
) -> pd.DataFrame | None:
    """Return columns of a table from the latest snapshot that has it, None when none has."""
    for month in reversed(months):
        files = store.files(store.snapshot_of(month), entry.name)
        if files:
            engine.add_files(entry.name, files, stored_columns(entry))
            return engine.frame(f"SELECT {', '.join(columns)} FROM {entry.name}")
    return None
