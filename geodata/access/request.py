"""Which rows are wanted, and the columns that say where a row lies and whom it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

COMPARISONS = ("is", "in", "at_least", "at_most", "contains", "has", "missing", "among")


@dataclass(frozen=True)
class Request:
    """Which rows are wanted: a table, a place, columns, filters, an order and a page.

    `place` is the code within which rows are wanted, empty for all the actor's places. A filter is
    (column, comparison, value) with a comparison of COMPARISONS, "has" for one of several parts
    between commas, "among" for one of the subjects of a derived table, or of those of one point in it (TABLE:POINT); `order` names columns, with "-" before one for descending; `limit` None means
    all rows. `counting` asks for their number alone, as one row with the column rows.
    """

    table: str
    place: str = ""
    household: str = ""
    columns: tuple[str, ...] = ()
    filters: tuple[tuple[str, str, object], ...] = ()
    order: tuple[str, ...] = ()
    offset: int = 0
    limit: int | None = None
    counting: bool = False


# Reads what is wanted within code prefixes (the empty text is every place) and gives back rows
# with the columns of `Keys`; it decides nothing about who may see them.
ReadRows = Callable[[Request, tuple[str, ...]], pd.DataFrame]


@dataclass(frozen=True)
class Keys:
    """The columns that say where a row lies and which household it is about."""

    place: str = "place_code"
    household: str = "household_code"


HOUSEHOLD_KEYS = Keys()
# Of a table that is about no household: the place is its only key.
PLACE_KEYS = Keys("place_code", "place_code")
