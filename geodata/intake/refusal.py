"""Why a month is not imported at all: each fault with its place, together as one error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from geodata.errors import GuatuError, SourceError
from geodata.i18n import text


@dataclass(frozen=True)
class Refusal:
    """One reason to refuse a month: kind, sentence and where it stands ("" and None where nowhere)."""

    kind: str
    sentence: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    @classmethod
    def of(cls, key: str, file: str, sheet: str = "", **values: object) -> Refusal:
        """Return the fault of a sentence of the catalogue about a sheet; `column` and `value` in it."""
        # A text file opened as a workbook has one sheet, of the name of the file.
        told = text(key, file=file, sheet=sheet or PurePosixPath(file).stem, **values)
        column, value = (str(values.get(name, "")) for name in ("header", "value"))
        return cls(kind_of(key), told, file, sheet, column=column, value=value)

    @classmethod
    def unread(cls, error: GuatuError, file: str) -> Refusal:
        """Return the fault of a file that cannot be read."""
        return cls(kind_of(error.key), error.sentence(), file)


class ImportRefused(SourceError):
    """A month that is refused; `faults` say why.

    `read` are the sheets that were recognised until then.
    """

    def __init__(
        self, key: str, faults: Sequence[Refusal], /, *, read: Sequence[Any] = (), **values: object
    ) -> None:
        super().__init__(key, count=len(faults), **values)
        self.faults, self.read = tuple(faults), tuple(read)
        # Longer than a value of a sentence may be, since each line is one.
        lines = [f"  {n}. {fault.sentence}" for n, fault in enumerate(self.faults, 1)]
        self.values["faults"] = "\n".join(lines)


def kind_of(key: str) -> str:
    """Return the kind of a fault from the key of its sentence, as issues name theirs."""
    return key.rpartition(".")[2]
