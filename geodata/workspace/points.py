"""Points on the map: sites, workshops and works with their state, their scorecard and their zones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from geodata.access import Derived, Request
from geodata.atlas import Atlas
from geodata.atlas.label_points import label_points
from geodata.rules import Rule
from geodata.store import Engine
from geodata.themes import Points, Theme
from geodata.workspace.inputs import Setup

# Reads a table within what the viewer may see.
ReadTable = Callable[[Request], pd.DataFrame]
# A feature of a point.
FeatureValue = str | float | None
# Begins the name of the table of the households at points of a kind.
AT = "at_"
# Begins the name of the table of where the households at points of a kind came from.
FROM = "from_"
FROM_COLUMNS = ("place_code", "point", "origin", "households")
STATES = ("high", "medium", "low", "fine", "unknown")
COLUMNS = ["kind", "key", "name", "place", "longitude", "latitude", "located", "state"]


def theme_points(
    theme: Theme, read: ReadTable, atlas: Atlas, rules: Mapping[str, Rule], month: str
) -> pd.DataFrame:
    """Return the points of a theme: COLUMNS, in the order of the theme and of their keys.

    `state` is the worst severity of the rules a point breaks, fine without any, unknown where
    nothing says. A point without coordinates is put into its village and `located` is false; one
    without a village on the map has none and cannot be drawn.
    """
    frames = [_points(kind, read, atlas, rules, month) for kind in theme.points]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True)[COLUMNS]


def scorecard(theme: Theme, kind: Points, key: str, read: ReadTable) -> Mapping[str, FeatureValue]:
    """Return the features of one point that the theme names, money in fen; empty when unknown."""
    if not kind.features:
        return {}
    column = theme.subjects[kind.subject].key
    asked = Request(
        f"{theme.key}_{kind.subject}",
        columns=(column, "place_code", *kind.features),
        filters=((column, "is", key),),
    )
    rows = read(asked)
    return {} if rows.empty else dict(rows.iloc[0][list(kind.features)])


def side_by_side(theme: Theme, kind: Points, read: ReadTable) -> pd.DataFrame:
    """Return the columns that the theme names for all points of a kind, by key; money in fen."""
    if not kind.columns:
        return pd.DataFrame()
    column = theme.subjects[kind.subject].key
    asked = (column, "place_code", *kind.columns)
    rows = read(Request(f"{theme.key}_{kind.subject}", columns=asked))
    return rows.drop_duplicates(column).set_index(column)[list(kind.columns)]


def broken_rules(kind: Points, key: str, read: ReadTable) -> tuple[str, ...]:
    """Return the rules that one point breaks."""
    if not kind.subject:
        return ()
    columns = ("subject_kind", "subject", "place_code", "rule", "answer")
    flags = read(Request("flags", columns=columns, filters=(("subject", "is", key),)))
    own = flags[(flags["subject_kind"] == kind.subject) & (flags["answer"] == "yes")]
    return tuple(own["rule"])


def zones_of(kind: Points, key: str, read: ReadTable) -> pd.DataFrame:
    """Return what a works serves: zone_code, place_code and households, in order."""
    columns = ("zone_code", "place_code", "households")
    if not kind.zones:
        return pd.DataFrame(columns=list(columns))
    asked = Request(kind.zones, columns=(*columns, kind.key), filters=((kind.key, "is", key),))
    rows = read(asked)[list(columns)]
    return rows.sort_values(["zone_code", "place_code"], ignore_index=True)


def point_tables(setup: Setup) -> Mapping[str, Derived]:
    """Return by name the tables `at_TABLE` of the kinds of points that rows about households name.

    Columns subject (the household) and point (its key). Of the sites of a theme also `from_TABLE`:
    FROM_COLUMNS, how many households of a point came from where.
    """
    kinds = [(theme.sites, kind) for theme in setup.themes for kind in theme.points]
    came = {
        f"{FROM}{kind.table}": Derived(
            (kind.households.partition(".")[0], kind.table),
            partial(_add_origins, kind=kind, origin=sites.origin),
        )
        for sites, kind in kinds
        if sites is not None and sites.points == kind.table
    }
    return came | {
        f"{AT}{kind.table}": Derived(
            (kind.households.partition(".")[0],), partial(_add_named, kind=kind)
        )
        for theme in setup.themes
        for kind in theme.points
        if kind.households
    }


def _add_named(engine: Engine, *, kind: Points) -> None:
    table, _, column = kind.households.partition(".")
    engine.add_table(
        f"{AT}{kind.table}",
        f"SELECT DISTINCT household_code AS subject, {column} AS point FROM {table}"
        f" WHERE {column} IS NOT NULL",
    )


def _add_origins(engine: Engine, *, kind: Points, origin: str) -> None:
    table, _, column = kind.households.partition(".")
    engine.add_table(
        f"{FROM}{kind.table}",
        f"SELECT p.place_code, h.{column} AS point, h.{origin} AS origin, COUNT(*) AS households"
        f" FROM {table} AS h JOIN (SELECT {kind.key}, MIN(place_code) AS place_code"
        f" FROM {kind.table} GROUP BY {kind.key}) AS p ON p.{kind.key} = h.{column}"
        f" GROUP BY p.place_code, h.{column}, h.{origin}",
    )


def _points(
    kind: Points, read: ReadTable, atlas: Atlas, rules: Mapping[str, Rule], month: str
) -> pd.DataFrame:
    more = (kind.closed,) if kind.closed else ("longitude", "latitude")
    rows = read(Request(kind.table, columns=(kind.key, "name", "place_code", *more)))
    rows = rows.drop_duplicates(kind.key).sort_values(kind.key, ignore_index=True)
    points = pd.DataFrame({"kind": kind.table, "key": rows[kind.key], "place": rows["place_code"]})
    points["name"] = rows["name"].fillna(rows[kind.key])
    inside = label_points(atlas).reindex(rows["place_code"])
    for name in ("longitude", "latitude"):
        own = pd.to_numeric(rows[name], errors="coerce") if name in rows else pd.Series(dtype=float)
        points[name] = own.reindex(rows.index)
    points["located"] = points["longitude"].notna() & points["latitude"].notna()
    for name in ("longitude", "latitude"):
        points[name] = points[name].where(points["located"], pd.Series(inside[name].to_numpy()))
    points["state"] = _states(kind, rows, read, rules, month)
    return points


def _states(
    kind: Points, rows: pd.DataFrame, read: ReadTable, rules: Mapping[str, Rule], month: str
) -> pd.Series:
    if kind.closed:
        over = rows[kind.closed].fillna("9999-12") <= month
        return over.map({True: "high", False: "fine"})
    columns = ("subject_kind", "subject", "place_code", "rule", "answer")
    flags = read(Request("flags", columns=columns, filters=(("subject_kind", "is", kind.subject),)))
    flags = flags[flags["answer"] == "yes"]
    rank = flags["rule"].map({key: STATES.index(rule.severity) for key, rule in rules.items()})
    worst = rank.groupby(flags["subject"]).min().reindex(rows[kind.key])
    return pd.Series([STATES[int(one)] if one == one else "fine" for one in worst])
