"""The reader of a month for one actor, and what of a month is about no person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.access._rows import month_tables
from geodata.access.guard import Guard
from geodata.access.masking import UNKNOWN
from geodata.access.month_source import MonthSource
from geodata.access.reader import Door, Reader
from geodata.access.request import PLACE_KEYS, Request
from geodata.access.scope import Actor
from geodata.tables import IDENTIFYING

_CODES = ("household_code", "person_code")


def open_reader(source: MonthSource, actor: Actor, guard: Guard) -> Reader:
    """Return the one door to rows about households of a month, for an actor."""
    read = month_tables(source).read
    return Reader(actor, Door(read, guard.trail, guard.unmasking, guard.limits, source.privacy))


def open_place_reader(source: MonthSource, actor: Actor, guard: Guard) -> Reader:
    """Return the reader of rows about places, sites and works of a month, for an actor."""
    shared = (guard.trail, guard.unmasking, guard.limits, source.place_privacy, PLACE_KEYS)
    return Reader(actor, Door(month_tables(source).read, *shared))


def prepare_rows(source: MonthSource, table: str) -> None:
    """Open a table of a month before anybody asks for it; no row leaves."""
    month_tables(source).prepare(table)


def public_rows(
    source: MonthSource, request: Request, prefixes: tuple[str, ...] = ("",)
) -> pd.DataFrame:
    """Return rows that are about no person, as they are; nothing of it needs a record.

    Raises ValueError for a table with rows about households, and for a column that is not open.
    """
    privacy = source.place_privacy.get(request.table, {})
    asked = (*request.columns, *(column for column, _, _ in request.filters))
    closed = [name for name in asked if privacy.get(name, UNKNOWN).column_class != "open"]
    known = source.tables.get(request.table)
    about_people = known is not None and bool({*_CODES} & set(known.columns))
    if about_people or closed or not request.columns:
        raise ValueError(f"{request.table} {closed} is read by a reader")
    return month_tables(source).read(request, prefixes)


def tally(
    source: MonthSource, request: Request, prefixes: tuple[str, ...], *, amount: str = ""
) -> pd.DataFrame:
    """Return how many rows have each value of the one column of a request, and their amount.

    Columns value, rows and amount (0 without an `amount` column), in the order of appearance; a
    missing value has its row. No row about a person comes out. Raises ValueError for a column of
    names, numbers or codes of people.
    """
    (column,) = request.columns
    privacy = source.privacy.get(request.table, {})
    # What a person is called or lives by is counted for nobody.
    if column in _CODES or privacy.get(column, UNKNOWN).column_class in IDENTIFYING:
        raise ValueError(f"values of {request.table}.{column} are not counted")
    columns = tuple(filter(None, (column, amount)))
    frame = month_tables(source).read(
        Request(request.table, columns=columns, filters=request.filters), prefixes
    )
    codes, values = pd.factorize(frame[column], use_na_sentinel=False)
    amounts = frame[amount].fillna(0).to_numpy("float64") if amount else np.zeros(len(frame))
    counted = {"rows": np.bincount(codes, minlength=len(values))}
    counted["amount"] = np.bincount(codes, amounts, minlength=len(values))
    return pd.DataFrame({"value": values, **counted})
