"""Names beside household codes, also in columns that are not kept, against the lists of the month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from geodata.intake.combining import TableRows
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.issues import Issues
from geodata.intake.layouts import HOUSEHOLD, bindings, header_key
from geodata.intake.membership import is_among
from geodata.tables import Column, table

_LISTS = ("household", "person")
# What hides a part of a name, and what may stand between its signs.
_HIDDEN, _SPACES = r"[*＊×某]", r"[\s　·•.]"


def check_names(
    tables: Mapping[str, TableRows], sheets: Sequence[DeliveredSheet], issues: Issues
) -> None:
    """Report with numbers where a sheet names a household by the code of one and the name of another."""
    heads = _named(tables["household"], "head_name")
    persons = _named(tables["person"], "name") if "person" in tables else heads[:0]
    everyone = pd.concat([heads, persons[is_among(persons.index, heads.index)]])
    columns = {
        "head_name": table("household").column("head_name"),
        "name": table("person").column("name"),
    }
    for number, sheet in enumerate(sheets):
        name = sheet.layout.tables[0].name
        if name in _LISTS or name not in tables or HOUSEHOLD not in tables[name].frame:
            continue
        for kind, column in columns.items():
            header = _header(sheet, column)
            # Nobody else of a household is known whose persons are not listed.
            known = (
                heads if kind == "head_name" else everyone[is_among(everyone.index, persons.index)]
            )
            if header:
                _compare(tables[name], number, sheet, header, known, issues)


def _named(rows: TableRows, column: str) -> pd.Series:
    """Return the names in a column by household code."""
    names = rows.frame.set_index(HOUSEHOLD)[column].dropna().astype("str")
    names = _plain(names)
    return names[names != ""]


def _plain(names: pd.Series) -> pd.Series:
    plain: pd.Series = names.str.normalize("NFKC").str.replace(_SPACES, "", regex=True)
    return plain.mask(plain.str.contains(_HIDDEN, regex=True), "")


def _header(sheet: DeliveredSheet, column: Column) -> str:
    """Return the header under which a sheet gives names, "" where it gives none of this kind."""
    titles = {header_key(one) for one in (*column.title.values(), *column.aliases)}
    headers = sheet.packed.headers
    taken = {header: bound for bound in bindings(sheet.layout, headers) for header in bound.headers}
    for header in headers:
        if header_key(header) in titles:
            bound = taken.get(header)
            filled = table(bound.table).column(bound.column) if bound else column
            return header if filled.title["zh"] == column.title["zh"] else ""
    return ""


def _compare(
    rows: TableRows,
    number: int,
    sheet: DeliveredSheet,
    header: str,
    known: pd.Series,
    issues: Issues,
) -> None:
    held = sheet.table
    said = pd.Series(held.frame[header].to_numpy(), index=held.rows, dtype="str")
    mine = rows.frame[rows.frame["sheet_number"] == number]
    codes = mine[HOUSEHOLD].astype("str")
    names = _plain(said.reindex(mine["row"]).fillna("").set_axis(mine.index))
    asked = (names != "").to_numpy() & is_among(codes, known.index)
    pairs = known.index.to_series().astype("str") + "\x1f" + known.to_numpy()
    others = asked & ~is_among(codes + "\x1f" + names, pairs)
    if others.any():
        first = rows.located(mine.index[others][:1], HOUSEHOLD)[["file", "sheet"]]
        told = first.assign(row=int(mine["row"][others].iloc[0]), value=str(int(others.sum())))
        issues.add("names_of_others", told, header=header, detail=str(int(asked.sum())))
