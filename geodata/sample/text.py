"""Numbers and lists turned into columns of text, as exports write them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.tables import enumeration


def words(values: object) -> pa.Array:
    """Return strings as a column; None and NaN become empty cells."""
    if isinstance(values, (np.ndarray, pd.Series)) and values.dtype.kind == "U":
        values = np.asarray(values).tolist()
    column = pa.array(values, pa.string(), from_pandas=True)
    return pc.fill_null(column, "")


def pick(choices: Sequence[str], numbers: object) -> pa.Array:
    """Return the word at each number; a negative number is an empty cell."""
    at = np.asarray(numbers)
    return pa.array([*choices, ""], pa.string()).take(pa.array(np.where(at < 0, len(choices), at)))


def choose(name: str, numbers: object) -> pa.Array:
    """Return the published words of an enumeration at each number (-1 an empty cell)."""
    return pick([choice.title["zh"] for choice in enumeration(name).choices], numbers)


def yes_no(values: object, known: object = True) -> pa.Array:
    """Return 是 or 否, and an empty cell where it is not known."""
    return pick(("否", "是"), np.where(known, np.asarray(values).astype(int), -1))


def whole(values: object, known: object = True) -> pa.Array:
    """Return whole numbers, and an empty cell where there is none."""
    text = pc.cast(pa.array(np.rint(np.asarray(values)).astype(np.int64)), pa.string())
    return _only(text, known)


def decimal(values: object, places: int, known: object = True) -> pa.Array:
    """Return numbers with a fixed count of decimals, as exports print amounts."""
    scaled = np.rint(np.asarray(values, dtype=float) * 10**places).astype(np.int64)
    head = pc.cast(pa.array(np.abs(scaled) // 10**places), pa.string())
    tail = pc.cast(pa.array(np.abs(scaled) % 10**places), pa.string())
    tail = pc.utf8_lpad(tail, width=places, padding="0")
    sign = pick(("", "-"), (scaled < 0).astype(int))
    number = pc.binary_join_element_wise(head, tail, ".")
    return _only(pc.binary_join_element_wise(sign, number, ""), known)


def months(numbers: object, *, dash: bool = False) -> pa.Array:
    """Return counted months as yyyymm or yyyy-mm; a negative number is an empty cell."""
    at = np.asarray(numbers).astype(np.int64)
    year = pc.cast(pa.array(np.where(at < 0, 0, at) // 12), pa.string())
    month = pc.utf8_lpad(pc.cast(pa.array(at % 12 + 1), pa.string()), width=2, padding="0")
    return _only(pc.binary_join_element_wise(year, month, "-" if dash else ""), at >= 0)


def numbered(prefix: str, numbers: object, width: int) -> pa.Array:
    """Return codes such as 99AZ01; a negative number is an empty cell."""
    at = np.asarray(numbers).astype(np.int64)
    digits = pc.cast(pa.array(np.where(at < 0, 0, at)), pa.string())
    digits = pc.utf8_lpad(digits, width=width, padding="0")
    return _only(pc.binary_join_element_wise(prefix, digits, ""), at >= 0)


def _only(column: pa.Array, known: object) -> pa.Array:
    if known is True:
        return column
    return pc.if_else(pa.array(np.asarray(known, dtype=bool)), column, "")
