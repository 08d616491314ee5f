"""Faults planted in the files of the last month, each remembered with its place and its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geodata.sample.exports import Columns
from geodata.sample.planted import Fault

_COPIES = 2


@dataclass(frozen=True)
class File:
    """One file of a month before it is written: `first` is the number of its first data row."""

    name: str
    columns: Columns
    sheet: str = ""
    titles: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """Return the row number of the first row below the header."""
        return len(self.titles) + 2

    @property
    def rows(self) -> int:
        """Return the number of data rows."""
        return len(next(iter(self.columns.values())))


@dataclass
class Desk:
    """The files of one month on the desk of someone careless.

    `taken` are the households that a fault has touched; no household gets two.
    """

    month: str
    rng: np.random.Generator
    files: Mapping[str, File]
    owners: Mapping[str, np.ndarray]
    taken: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    _cells: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)
    _added: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    _dropped: dict[str, set[int]] = field(default_factory=dict)

    def choose(self, file: str, mask: np.ndarray, count: int = _COPIES) -> list[int]:
        """Return positions of rows of a file where `mask` holds, of households not yet touched."""
        owners = self.owners[file]
        found: list[int] = []
        for position in self.rng.permutation(np.flatnonzero(mask)):
            owner = int(owners[position])
            if owner not in self.taken:
                self.taken.add(owner)
                found.append(int(position))
            if len(found) == count:
                break
        return sorted(found)

    def write(self, file: str, position: int, header: str, value: str, *, check: str = "") -> None:
        """Put a value into a cell; with `check` it is remembered as a fault of that kind."""
        right = self.files[file].columns[header][position].as_py()
        self._cells.setdefault((file, header), {})[position] = value
        if check:
            row = self.files[file].first + position
            self.remember(file, row, header, check=check, written=value, right=right)

    def add(
        self, file: str, position: int, changes: dict[str, str], *, header: str, check: str
    ) -> None:
        """Repeat a row at the end of a file with some cells changed."""
        added = self._added.setdefault(file, [])
        added.append((position, changes))
        row = self.files[file].first + self.files[file].rows + len(added) - 1
        written = changes.get(header, self.files[file].columns[header][position].as_py())
        self.remember(file, row, header, check=check, written=written)

    def drop(self, file: str, positions: np.ndarray) -> None:
        """Leave rows out of a file in which no fault is remembered, since later rows move up."""
        self._dropped.setdefault(file, set()).update(int(one) for one in positions)

    def remember(
        self, file: str, row: int, header: str, *, check: str, written: str, right: str = ""
    ) -> None:
        """Note a fault at a row number and header of a file."""
        entry = self.files[file]
        self.faults.append(
            Fault(self.month, entry.name, entry.sheet, row, header, check, written, right)
        )

    def soil(
        self,
        file: str,
        mask: np.ndarray,
        header: str,
        value: str | Callable[[str], str],
        *,
        check: str,
    ) -> None:
        """Write a wrong value (or what a function makes of the right one) into a few rows."""
        for position in self.choose(file, mask):
            right = self.files[file].columns[header][position].as_py()
            written = value if isinstance(value, str) else value(right)
            self.write(file, position, header, written, check=check)

    def finished(self) -> dict[str, File]:
        """Return the files with all that was written into them."""
        done = {}
        for name, file in self.files.items():
            columns = {
                header: _changed(column, self._cells.get((name, header), {}))
                for header, column in file.columns.items()
            }
            columns = _without(columns, self._dropped.get(name, set()))
            for position, changes in self._added.get(name, []):
                columns = {
                    header: pa.concat_arrays(
                        [column, pa.array([changes.get(header, column[position].as_py())])]
                    )
                    for header, column in columns.items()
                }
            done[name] = File(file.name, columns, file.sheet, file.titles)
        return done


def _without(columns: Columns, dropped: set[int]) -> Columns:
    if not dropped:
        return columns
    count = len(next(iter(columns.values())))
    kept = pa.array(np.setdiff1d(np.arange(count), sorted(dropped)))
    return {header: column.take(kept) for header, column in columns.items()}


def _changed(column: pa.Array, cells: dict[int, str]) -> pa.Array:
    if not cells:
        return column
    at = np.array(sorted(cells))
    mask = np.zeros(len(column), dtype=bool)
    mask[at] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array([cells[one] for one in at]))
