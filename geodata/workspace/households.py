"""A page of households of a place with what is wrong with them, worst first."""

from __future__ import annotations

import pandas as pd

from geodata.access import Reader, Request
from geodata.workspace.listing import HOUSEHOLD_LIST, LIST_COLUMNS

# What a page shows; the rest of the list's columns serve to search it.
COLUMNS = tuple(
    name for name in LIST_COLUMNS if name not in ("monitored_now", "unvisited_days", "sought")
)
Filter = tuple[str, str, object]


def household_request(
    place: str,
    *,
    filters: tuple[Filter, ...] = (),
    sort: str = "-score",
    page: tuple[int, int | None] = (0, 50),
) -> Request:
    """Return the request of a page of the list: filters on LIST_COLUMNS, one order, offset, length.

    `sort` is a column, with "-" for descending; equal households stand in the order of their codes.
    Raises ValueError for another column.
    """
    if sort.removeprefix("-") not in LIST_COLUMNS:
        raise ValueError(f"sort must be one of {', '.join(LIST_COLUMNS)}, not {sort!r}")
    order = (sort,) if sort == "household_code" else (sort, "household_code")
    offset, limit = page
    return Request(
        HOUSEHOLD_LIST,
        place,
        columns=("household_code", *COLUMNS[1:]),
        filters=filters,
        order=order,
        offset=offset,
        limit=limit,
    )


def household_page(
    reader: Reader,
    place: str,
    *,
    rule: str | None = None,
    sort: str = "-score",
    page: tuple[int, int | None] = (0, 50),
) -> pd.DataFrame:
    """Return one page of the households of a place; index household_code, columns COLUMNS.

    `score` weighs findings by severity, exempt ones left out; `rules` lists their keys. With `rule`
    only households that break it. `page` is offset and length (None: all). Names are masked, and
    the read is on record for the actor of the reader.
    """
    filters = () if rule is None else (("rules", "has", rule),)
    request = household_request(place, filters=filters, sort=sort, page=page)
    return reader.rows(request).frame.set_index("household_code")
