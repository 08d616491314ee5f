"""Results of tests, published as text: the number in the unit of what was tested, and what is censored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geodata.intake.amounts import is_unit, unit_factor
from geodata.intake.converting import Reading, convert, pandas_type
from geodata.tables import Column, Table

_NOT_DETECTED = frozenset({"未检出", "不得检出", "未检测出", "nd", "n.d.", "n.d", "<lod", "<loq"})
_WITH_UNIT = re.compile(r"^(\d+(?:\.\d+)?)\s*(\S*)$")
_BELOW = re.compile(r"^(?:<=?|≤|〈|小于等于|小于|低于|不大于)")
# More than a bound is no result that a limit can be compared with.
_ABOVE = re.compile(r"^(?:>=?|≥|〉|大于等于|大于|高于|超过|不小于)|以上$")


@dataclass(frozen=True)
class Measured:
    """The columns of a table that say a result: its text, its number, and what it is censored by."""

    text: Column
    number: Column
    item: Column
    censored: Column | None
    limit: Column | None


@dataclass(frozen=True)
class Results:
    """Numbers, whether each lies below a bound, that bound, and by kind of fault the rows that have it."""

    values: pd.Series
    censored: pd.Series
    limits: pd.Series
    faults: Mapping[str, np.ndarray]


def measured_columns(entry: Table) -> Iterator[Measured]:
    """Give the results that a table holds as text."""
    for column in entry.columns.values():
        if not (column.unit_of and column.derived in entry.columns):
            continue
        beside = [c for c in entry.columns.values() if c.unit_of == column.unit_of]
        flags = [c for c in entry.columns.values() if c.kind == "flag"]
        yield Measured(
            entry.column(column.derived),
            column,
            entry.column(column.unit_of),
            next((flag for flag in flags if flag.derived == column.derived), None),
            next((one for one in beside if not one.derived), None),
        )


def in_unit_of(column: Column, item: Column, value: str) -> Column | None:
    """Return a column of numbers in the unit of one choice; None for a value that is no choice."""
    known = item.choices.choices if item.choices is not None else ()
    choice = next((one for one in known if one.value == value), None)
    if choice is None:
        return None
    return replace(
        column, unit=choice.unit, high=column.high if choice.most is None else choice.most
    )


def read_results(texts: pd.Series, items: pd.Series, measured: Measured, unit: str = "") -> Results:
    """Return the numbers of results; `items` are what was tested and `unit` is that of the header.

    A text that is no result, of another unit or impossible is a fault and has no number. What was
    tested and is no choice has none either, since no unit is known for it.
    """
    values = pd.Series(np.nan, index=texts.index, dtype=pandas_type(measured.number))
    limits, censored = values.copy(), pd.Series(None, index=texts.index, dtype="boolean")
    faults: dict[str, np.ndarray] = {}
    plain = texts.fillna("").map(lambda text: unicodedata.normalize("NFKC", text).strip())
    none = plain.str.casefold().isin(_NOT_DETECTED)
    below = plain.str.contains(_BELOW) & ~none
    above = plain.str.contains(_ABOVE)
    for value in items.dropna().unique():
        column = in_unit_of(measured.number, measured.item, value)
        here = (items == value).fillna(False).to_numpy(bool) & (plain != "").to_numpy()
        if column is None or not here.any():
            continue
        factor = unit_factor(unit, column) if unit else 1.0
        bare = plain[here].where(~none[here], "").str.replace(_BELOW, "", regex=True)
        # A unit of the header that the item is not measured in leaves its numbers without one.
        told = bare.where(~above[here] & (factor is not None), "?")
        read = convert(told.where(bare != "", ""), column, Reading(factor=factor or 1.0))
        places = np.flatnonzero(here)
        for kind, mask in _kinds(read.faults, bare, unit if factor is None else ""):
            faults.setdefault(kind, np.zeros(len(texts), dtype=bool))[places[mask]] = True
        under = below[here].to_numpy(bool)
        values.iloc[places[~under]] = read.values[~under]
        limits.iloc[places[under]] = read.values[under]
        censored.iloc[places] = under | none[here].to_numpy(bool)
    return Results(values, censored, limits, faults)


def _kinds(
    faults: Mapping[str, np.ndarray], texts: pd.Series, unit: str
) -> Iterator[tuple[str, np.ndarray]]:
    """Give the kinds of faults of results: numbers in a unit that is not that of what was tested apart.

    `unit` is that of the header where what was tested has another one.
    """
    for kind, mask in faults.items():
        if kind != "not_a_number":
            yield "impossible_result" if kind == "out_of_range" else kind, mask
            continue
        parts = texts.str.extract(_WITH_UNIT)
        numbers, units = parts[0].notna(), parts[1].fillna("")
        other = numbers & (
            (units == "") & bool(unit) | units.map(lambda one: bool(one) and is_unit(one))
        )
        apart = mask & other.to_numpy(bool)
        yield from (
            (name, rows)
            for name, rows in (("result_unit", apart), (kind, mask & ~apart))
            if rows.any()
        )


def refused(results: Results) -> np.ndarray:
    """Return which results are faults that leave no number."""
    kept = {"unit_converted", "approximate_value", "unusual"}
    lost = np.zeros(len(results.values), dtype=bool)
    for kind, mask in results.faults.items():
        if kind not in kept:
            lost |= mask
    return lost
