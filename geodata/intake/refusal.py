"""Why a month is not imported at all: each fault with its place, together as one error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
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

    `read` are the sheets that were recognised, `sheets` what each was taken for.
    """

    def __init__(self, key: str, faults: Sequence[Refusal], /, **values: object) -> None:
        super().__init__(key, count=len(faults), **values)
        self.faults = tuple(faults)
        self.read: tuple[Any, ...] = ()
        self.sheets: Sequence[Mapping[str, Any]] = ()
        # Longer than a value of a sentence may be, since each line is one.
        lines = [f"  {n}. {fault.sentence}" for n, fault in enumerate(self.faults, 1)]
        self.values["faults"] = "\n".join(lines)


def kind_of(key: str) -> str:
    """Return the kind of a fault from the key of its sentence, as issues name theirs."""
    return key.rpartition(".")[2]


def described_refusal(error: GuatuError, month: str) -> dict[str, Any]:
    """Return a refused import as plain values for JSON, in the structure of one that went through."""
    faults: tuple[Refusal, ...] = (Refusal(kind_of(error.key), error.sentence()),)
    sheets: Sequence[Mapping[str, Any]] = ()
    if isinstance(error, ImportRefused):
        faults, sheets = error.faults, error.sheets
    issues = [
        {"severity": "error", **asdict(fault), "advice": "", "set_aside": False} for fault in faults
    ]
    files = [_recognised(sheet) for sheet in sheets]
    named = {(sheet["file"], sheet["sheet"]) for sheet in sheets}
    for fault in faults:
        if fault.file and (fault.file, fault.sheet) not in named:
            named.add((fault.file, fault.sheet))
            files.append(_unknown(fault))
    rows = sum(int(file["rows_read"]) for file in files)
    return {
        "month": month,
        "stored": False,
        "snapshot": "",
        "files": files,
        "issues": issues,
        "places": [],
        "totals": {
            "rows_read": rows,
            "rows_stored": 0,
            "rows_aside": 0,
            "error": len(issues),
            "warning": 0,
            "notice": 0,
        },
    }


def _recognised(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a sheet that was read and not stored."""
    same = ("file", "sheet", "taken_as", "title", "why", "header_row", "rows_read", "columns")
    told = {key: sheet[key] for key in same}
    return {**told, "month": sheet["months"], "rows_stored": 0, "rows_aside": 0}


def _unknown(fault: Refusal) -> dict[str, Any]:
    """Return what is told of a file that was taken for nothing."""
    return {
        "file": fault.file,
        "sheet": fault.sheet,
        "taken_as": "",
        "title": {"zh": "", "en": ""},
        "why": {"by": "", "headers": [], "word": ""},
        "month": [],
        "header_row": 0,
        "rows_read": 0,
        "rows_stored": 0,
        "rows_aside": 0,
        "columns": [],
    }
