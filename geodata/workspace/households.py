"""A page of households of a place with what is wrong with them, worst first."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from geodata.access import Request
from geodata.rules import Rule
from geodata.workspace.inputs import Setup
from geodata.workspace.people import Read, people_reader
from geodata.workspace.saved import Built

_WEIGHTS = {"high": 100, "medium": 10, "low": 1}
COLUMNS = [
    "place_code",
    "head_name",
    "persons",
    "income_per_person",
    "score",
    "high",
    "findings",
    "rules",
]


def household_page(
    setup: Setup,
    built: Built,
    place: str,
    *,
    rule: str | None = None,
    sort: str = "-score",
    page: tuple[int, int | None] = (0, 50),
    read: Read | None = None,
) -> pd.DataFrame:
    """Return one page of the households of a place; index household_code, columns COLUMNS.

    `score` weighs findings by severity, exempt ones left out; `rules` lists their keys. With `rule`
    only households that break it. `sort` is a column, with "-" for descending; equal households
    stand in the order of their codes. `page` is offset and length (None: all). `read` replaces the
    workspace's own reader, for an actor who sees less.
    """
    read = read or people_reader(setup, built)
    known = read(
        Request("household", columns=("household_code", "place_code", "head_name")), (place,)
    )
    known = known.drop_duplicates("household_code").set_index("household_code")
    listed = known.join(_findings(read(Request("flags"), (place,)), setup.rules, rule))
    if rule is not None:
        listed = listed[listed["breaks"].fillna(0) > 0]
    listed = listed.join(_income(read, place))
    counts = ["score", "high", "findings"]
    listed[counts] = listed[counts].fillna(0).astype("int64")
    listed["rules"] = listed["rules"].fillna("")
    name, ascending = sort.removeprefix("-"), not sort.startswith("-")
    listed = listed.sort_index().sort_values(
        name, ascending=ascending, kind="stable", na_position="last"
    )
    start, length = page
    end = None if length is None else start + length
    return listed[COLUMNS].iloc[start:end]


def _findings(flags: pd.DataFrame, rules: Mapping[str, Rule], rule: str | None) -> pd.DataFrame:
    """Return score, high, findings, rules and breaks by household."""
    open_flags = flags[(flags["subject_kind"] == "household") & (flags["answer"] == "yes")]
    severity = open_flags["rule"].map({key: one.severity for key, one in rules.items()})
    judged = open_flags.assign(
        score=severity.map(_WEIGHTS),
        high=(severity == "high").astype(int),
        breaks=(open_flags["rule"] == rule).astype(int),
    )
    grouped = judged.groupby("subject")
    found = grouped[["score", "high", "breaks"]].sum()
    found["findings"] = grouped.size()
    found["rules"] = grouped["rule"].agg(",".join)
    return found.rename_axis("household_code")


def _income(read, place: str) -> pd.DataFrame:
    columns = ("household_code", "place_code", "persons", "income_per_person")
    frame = read(Request("monitoring_household", columns=columns), (place,))
    frame["income_per_person"] = frame["income_per_person"] / 100
    frame = frame.drop_duplicates("household_code").set_index("household_code")
    return frame[["persons", "income_per_person"]]
