"""What tables of a month say of each other: persons and households, villages, measures, lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from geodata.intake.birth_and_sex import with_birth_and_sex
from geodata.intake.checks import check_land, check_persons
from geodata.intake.combining import TableRows
from geodata.intake.consistency import report_many
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.issues import Issues
from geodata.intake.namesbeside import check_names

_FORMERLY_POOR = "脱贫户"


def check_between(
    tables: Mapping[str, TableRows], sheets: Sequence[DeliveredSheet], issues: Issues
) -> None:
    """Report where tables of one month contradict each other; `sheets` are those they came from."""
    households = tables.get("household")
    if "person" in tables:
        with_birth_and_sex(tables["person"], issues)
        check_persons(tables["person"], households, issues=issues)
        _check_homes(tables, issues)
    if households is None:
        return
    check_names(tables, sheets, issues)
    if "village" in tables:
        check_land(tables["village"], households, issues=issues)
    if "measure" in tables:
        _check_measures(tables["measure"], households, issues)
    for rows in tables.values():
        if rows.delivered >= {"household_code", "persons"}:
            _check_listed_persons(rows, households, issues)


def _of_household(rows: TableRows, households: TableRows, column: str) -> pd.Series:
    """Return for each row what the list of households says in a column, by the key of the row."""
    listed = households.frame.set_index("household_code")[column]
    told: pd.Series = listed.reindex(rows.frame["household_code"]).set_axis(rows.frame.index)
    return told


def _check_homes(tables: Mapping[str, TableRows], issues: Issues) -> None:
    """Report rows whose person stands in another household in the list of persons."""
    listed = tables["person"].frame[["person_code", "household_code"]].dropna()
    # Of a person in several households, which is told elsewhere, nobody knows the right one.
    homes = listed.drop_duplicates("person_code", keep=False).set_index("person_code")
    for rows in tables.values():
        frame = rows.frame
        if rows.table.name == "person" or not {"person_code", "household_code"} <= rows.delivered:
            continue
        home = homes["household_code"].reindex(frame["person_code"]).set_axis(frame.index)
        known = home.notna() & frame["household_code"].notna()
        other = (known & (home != frame["household_code"]).fillna(False)).to_numpy(bool)
        told = rows.located(frame.index[other], "household_code")
        issues.add("person_of_another_household", told.assign(detail=home[other].to_numpy()))
        report_many(rows, frame.index[other], int(known.sum()), "household_code", issues)


def _check_measures(measures: TableRows, households: TableRows, issues: Issues) -> None:
    """Report measures that began before their household was identified.

    Those of formerly poor households may go back to the time before.
    """
    first = _of_household(measures, households, "first_identified_month")
    first = first.fillna(_of_household(measures, households, "identified_month"))
    kind = _of_household(measures, households, "household_type")
    other = (kind != _FORMERLY_POOR).fillna(False)
    early = ((measures.frame["start_month"] < first).fillna(False) & other).to_numpy(bool)
    told = measures.located(measures.frame.index[early], "start_month")
    issues.add("measure_before_identified", told.assign(detail=first[early].to_numpy()))


def _check_listed_persons(listed: TableRows, households: TableRows, issues: Issues) -> None:
    """Report lists that count more persons of a household than it has members."""
    members = _of_household(listed, households, "members")
    more = (listed.frame["persons"] > members).fillna(False).to_numpy(bool)
    told = listed.located(listed.frame.index[more], "persons")
    issues.add(
        "persons_over_members", told.assign(detail=[str(number) for number in members[more]])
    )
