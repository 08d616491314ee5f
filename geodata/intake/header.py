"""Where a table's header is, and unique column names from it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest

_LAST_HEADER_ROW = 10
_NUMBER = re.compile(r"^[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?%?$")
_YEAR = re.compile(r"^(19|20)\d{2}$")


@dataclass(frozen=True)
class Header:
    """The header of a table: its 1-based row (0 when there is none), rows to skip, column names."""

    row: int
    skip: int
    names: tuple[str, ...]
    doubled: tuple[str, ...]


def find_header(rows: list[list[str]]) -> Header:
    """Return the header found among the first rows; rows above it are titles and are skipped.

    A header fills most columns, its texts do not come again below it, and no number of it stands
    above numbers (years excepted). Without such a row the columns are named column_1, column_2...
    """
    rows = [[cell.strip() for cell in row] for row in rows]
    width = _usual_width(rows)
    for place, row in enumerate(rows[:_LAST_HEADER_ROW]):
        filled = sum(cell != "" for cell in row)
        if filled == 0 or filled < 0.6 * width:
            continue
        if _is_data(row, rows[place + 1 :]):
            return _without_header(place, width)
        return _header_at(rows, place, width)
    return _without_header(_first_filled(rows), width)


def _usual_width(rows: list[list[str]]) -> int:
    """Return up to which column rows are usually filled."""
    ends = [max((n for n, cell in enumerate(row, 1) if cell), default=0) for row in rows]
    if _is_header_alone([row for row in rows if any(row)]):
        return max(ends)
    often = Counter(end for end in ends if end)
    return max(often, key=lambda end: (often[end], end), default=0)


def _is_header_alone(filled: list[list[str]]) -> bool:
    """Return whether titles stand over one wider row, a header with nothing below it."""
    if not filled or len(filled) > _LAST_HEADER_ROW:
        return False
    counts = [sum(cell != "" for cell in row) for row in filled]
    # A row of values with a cell too many is wider than the others as well.
    numbered = any(_NUMBER.match(cell) and not _YEAR.match(cell) for cell in filled[-1] if cell)
    return not numbered and all(count < 0.6 * counts[-1] for count in counts[:-1])


def _first_filled(rows: list[list[str]]) -> int:
    return next((n for n, row in enumerate(rows) if any(row)), 0)


def _is_data(row: list[str], below: list[list[str]]) -> bool:
    below = [other for other in below if other != row]
    if below:
        # A cell that is merged downwards over two lines of a header stands in both.
        merged = ["" if a == b else b for a, b in zip_longest(row, below[0], fillvalue="")]
        below = [merged, *below[1:]]
    for column, cell in enumerate(row):
        if not cell:
            continue
        under = [other[column] for other in below if column < len(other) and other[column]]
        if _NUMBER.match(cell):
            numbers = sum(bool(_NUMBER.match(value)) for value in under)
            if not _YEAR.match(cell) and numbers >= 0.5 * len(under):
                return True
        elif cell in under:
            return True
    return False


def _without_header(skip: int, width: int) -> Header:
    return Header(0, skip, tuple(f"column_{n}" for n in range(1, width + 1)), ())


def _header_at(rows: list[list[str]], place: int, width: int) -> Header:
    top = rows[place]
    last = max((n for n, cell in enumerate(top, 1) if cell), default=0)
    width = max(width, last)
    cells = top[:width] + [""] * (width - len(top))
    skip = place + 1
    under = (rows[skip] + [""] * width)[:width] if skip < len(rows) else [""] * width
    if _is_second_line(cells, under, rows[skip + 1 :]):
        cells = [_both(upper, lower) for upper, lower in zip(cells, under, strict=True)]
        skip += 1
    names, doubled = unique_names(cells)
    return Header(place + 1, skip, names, doubled)


def _is_second_line(cells: list[str], under: list[str], below: list[list[str]]) -> bool:
    """Return whether a header has a second line that tells apart its repeated or empty cells."""
    repeated = {cell for cell, count in Counter(cells).items() if cell and count > 1}
    open_places = [n for n, cell in enumerate(cells) if not cell or cell in repeated]
    if not repeated or not all(under[n] for n in open_places if cells[n]):
        return False
    return not any(_NUMBER.match(cell) for cell in under if cell) and not _is_data(under, below)


def _both(upper: str, lower: str) -> str:
    return upper if not lower or lower == upper else f"{upper}_{lower}".strip("_")


def unique_names(cells: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return column names made unique with _2, _3..., and the names that came twice."""
    cleaned = [re.sub(r"\s+", "", cell) if not cell.isascii() else cell.strip() for cell in cells]
    cleaned = [cell or f"column_{n}" for n, cell in enumerate(cleaned, 1)]
    doubled = tuple(name for name, count in Counter(cleaned).items() if count > 1)
    names: list[str] = []
    for name in cleaned:
        fresh, number = name, 2
        while fresh in names or (fresh != name and fresh in cleaned):
            fresh, number = f"{name}_{number}", number + 1
        names.append(fresh)
    return tuple(names), doubled
