"""Checks on rows and between tables: what is required, which place, which household, who is head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.intake.aside import SetAside
from geodata.intake.combining import TableRows
from geodata.intake.consistency import report_many
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.extracting import Part
from geodata.intake.issues import Issues, severities
from geodata.intake.membership import is_among
from geodata.intake.placing import Placer, area_texts
from geodata.tables import Table

_LAND = (
    "farmland",
    "irrigated_land",
    "forest_land",
    "returned_land",
    "orchard_land",
    "pasture_land",
)
# Areas are written with one decimal, so a sum may be off by a little.
_LAND_ROUNDING = 1.0


def place_rows(
    part: Part, placer: Placer, sheets: Sequence[DeliveredSheet], *, issues: Issues, aside: SetAside
) -> Part:
    """Return the part with the place code of each row; rows that need one and have none set aside."""
    entry = part.entry
    if "place_code" not in entry.columns or part.frame.empty:
        return part
    given = area_texts(part.frame)
    named = (given != "").any(axis=1).to_numpy()
    if not named.any():
        return part
    codes = placer.place(part.frame, counted=part.main)
    missing = (codes == "").to_numpy()
    short = ~missing & ~placer.is_level(codes, placer.wanted_level(entry))
    column = entry.column("place_code")
    if part.main:
        needed = column.required or column.derived != ""
        wrong = {"unknown_place": missing & named}
        if needed:
            wrong["required_empty"] = (missing & ~named) | short
        shown = given["area_village"].where(given["area_village"] != "", given["place_code"])
        foreign = placer.is_foreign(part.frame)
        wrong["unknown_place"] &= ~foreign
        wrong["other_county"] = foreign
        missing = missing | foreign
        for check, mask in wrong.items():
            _report_places(part, check, shown[mask], placer, sheets, issues=issues, needed=needed)
        if needed:
            aside.add(part.frame[missing | short], "unknown_place")
    placed = part.frame.assign(place_code=codes.where(~(missing | short)))
    return Part(part.entry, placed, part.headers, part.main)


def _report_places(
    part: Part,
    check: str,
    shown: pd.Series,
    placer: Placer,
    sheets: Sequence[DeliveredSheet],
    *,
    issues: Issues,
    needed: bool,
) -> None:
    if shown.empty:
        return
    rows = part.frame.loc[shown.index]
    township = area_texts(rows)["area_township"]
    report = pd.DataFrame({"row": rows["row"], "value": shown, "detail": township})
    report["household_code"] = rows.get("household_code")
    report["place_code"] = placer.townships(township)
    sheet = sheets[int(rows["sheet_number"].iloc[0])]
    header = part.headers.get("area_village") or part.headers.get("place_code", "")
    if check == "other_county":
        header, report["value"] = part.headers["area_county"], rows["area_county"]
    issues.add(
        check, report, sheet, table=part.table, column="place_code", header=header, set_aside=needed
    )


def require(
    part: Part, sheets: Sequence[DeliveredSheet], *, issues: Issues, aside: SetAside
) -> None:
    """Set aside rows of a sheet whose required columns are empty or were wrong; tell them all.

    A row is kept where the column says so: its value stays unknown.
    """
    frame = part.frame
    if not part.main or frame.empty:
        return
    sheet = sheets[int(frame["sheet_number"].iloc[0])]
    for column in part.entry.columns.values():
        if not column.required or column.kind == "place":
            continue
        values = frame.get(column.name)
        empty = np.ones(len(frame), bool) if values is None else values.isna().to_numpy()
        if not empty.any():
            continue
        # A column that is mostly wrong is no column of this table.
        kept = column.kept and 2 * int(empty.sum()) <= len(frame)
        header = part.headers.get(column.name, column.title["zh"])
        texts = sheet.table.frame.get(header)
        blank = empty if texts is None else empty & (texts.to_numpy() == "")
        report = frame[blank].reindex(columns=["row", "household_code"]).assign(value="")
        issues.add(
            "required_empty",
            report,
            sheet,
            table=part.table,
            column=column.name,
            header=header,
            set_aside=not kept,
        )
        if not kept:
            aside.add(frame[empty], "required_empty")


def check_households(
    rows: TableRows, households: pd.Series, *, issues: Issues, aside: SetAside
) -> None:
    """Give rows about households their village and set aside those of unknown households.

    `households` maps household codes to villages.
    """
    frame = rows.frame
    if rows.table.name == "household" or "household_code" not in frame.columns or frame.empty:
        return
    codes = frame["household_code"]
    # Where the file gives the place itself a row may be about no household at all.
    for_place = not rows.table.columns["place_code"].derived
    unknown = codes.notna().to_numpy() & ~is_among(codes, households.index)
    _set_aside(rows, frame.index[unknown], "household_code", "unknown_household", issues, aside)
    frame = rows.frame
    villages = frame["household_code"].map(households)
    places = frame["place_code"] if for_place else villages
    if not for_place and "place_code" in frame.columns:
        # The list of households decides; that a sheet of another village has the household is told.
        other = (frame["place_code"].notna() & (frame["place_code"] != villages)).to_numpy(bool)
        told = rows.located(frame.index[other], "place_code")
        issues.add("other_village", told.assign(detail=villages[other].to_numpy()))
    rows.frame = frame.assign(place_code=places.astype("str"))


def check_references(
    rows: TableRows,
    known: Mapping[str, frozenset[str]],
    tables: Mapping[str, Table],
    *,
    issues: Issues,
    aside: SetAside,
) -> None:
    """Report codes of works, zones, sites and whatever else is listed that no list has.

    `known` holds the codes of each list there is; without a list nothing can be said. A row whose
    reference is required is set aside.
    """
    for target, listed in tables.items():
        column = listed.lists
        if column not in rows.frame.columns or rows.table.name == target or target not in known:
            continue
        required = rows.table.column(column).required
        check = _unlisted(column, required)
        values = rows.frame[column]
        wrong = values.notna().to_numpy() & ~is_among(values, known[target])
        if not wrong.any():
            continue
        keys = rows.frame.index[wrong]
        if required:
            _set_aside(rows, keys, column, check, issues, aside, listed.title["zh"])
        else:
            issues.add(check, rows.located(keys, column), detail=listed.title["zh"])
            rows.frame = rows.frame.assign(**{column: values.mask(wrong)})


def _unlisted(column: str, required: bool) -> str:
    """Return the check of a code that no list has: its own where there is one, else the general."""
    own = f"unknown_{column.removesuffix('_code')}"
    if own in severities():
        return own
    return "unknown_required_code" if required else "unknown_code"


def check_persons(persons: TableRows, households: TableRows | None, *, issues: Issues) -> None:
    """Report certificates that come twice, households with no or two heads, and counts that differ."""
    frame = persons.frame
    numbers = frame["certificate"]
    twice = (numbers.notna() & numbers.duplicated(keep=False)).to_numpy()
    issues.add("certificate_twice", persons.located(frame.index[twice], "certificate"))
    _check_person_codes(persons, issues)
    if "relation" not in persons.delivered or frame["relation"].isna().all():
        return
    heads = (frame["relation"] == "户主").fillna(False).to_numpy(bool)
    counts = pd.Series(heads, index=frame["household_code"].to_numpy()).groupby(level=0).sum()
    first = frame[~frame["household_code"].duplicated()]
    per_household = counts.reindex(first["household_code"]).to_numpy()
    two = frame.index[heads & is_among(frame["household_code"], counts.index[counts > 1])]
    again = two[frame.loc[two, "household_code"].duplicated().to_numpy()]
    issues.add("two_heads", persons.located(again, "relation"))
    issues.add("no_head", persons.located(first.index[per_household == 0], "relation"))
    if households is not None and "members" in households.delivered:
        _check_members(persons, households, issues)


def _check_person_codes(persons: TableRows, issues: Issues) -> None:
    """Report each code of a person that stands in several households, at its second row."""
    codes = persons.frame["person_code"]
    homes = codes.dropna().groupby(codes).size()
    homes = homes[homes > 1]
    if homes.empty:
        return
    again = codes.isin(homes.index) & codes.duplicated()
    second = codes[again].drop_duplicates()
    report = persons.located(second.index, "person_code")
    report["detail"] = [str(int(homes[code])) for code in second]
    issues.add("person_twice", report)


def check_land(villages: TableRows, households: TableRows, *, issues: Issues) -> None:
    """Report villages whose land is less than that of their formerly poor households together."""
    poor = households.frame[(households.frame["household_type"] == "脱贫户").fillna(False)]
    for column in _LAND:
        if column not in villages.delivered or column not in households.delivered:
            continue
        sums = poor[column].astype("Float64").groupby(poor["place_code"]).sum()
        own = villages.frame["place_code"].map(sums)
        less = (villages.frame[column] < own - _LAND_ROUNDING).fillna(False).to_numpy(bool)
        report = villages.located(villages.frame.index[less], column)
        report["detail"] = [f"{area:g}" for area in own[less].round(1)]
        issues.add("land_smaller_than_households", report)


def _check_members(persons: TableRows, households: TableRows, issues: Issues) -> None:
    counted = persons.frame.groupby("household_code").size()
    stated = households.frame["members"].reindex(counted.index).astype("Float64")
    differs = (stated.notna() & (stated != counted)).fillna(False).to_numpy(bool)
    keys = counted.index[differs]
    report = households.located(keys, "members")
    report["detail"] = [str(number) for number in counted[keys]]
    issues.add("members_differ", report)
    report_many(households, keys, len(counted), "members", issues)


def _set_aside(
    rows: TableRows,
    keys: pd.Index,
    column: str,
    check: str,
    issues: Issues,
    aside: SetAside,
    detail: str = "",
) -> None:
    if len(keys) == 0:
        return
    report = rows.located(keys, column)
    issues.add(check, report, set_aside=True, detail=detail)
    aside.add(report, check)
    rows.drop(keys)
