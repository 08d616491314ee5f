"""Exemptions: a household or village that a rule does not count for, for a reason and a time."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import ThemeError

COLUMNS = ("rule", "subject", "reason", "approver", "from", "to")


@dataclass(frozen=True)
class Exemption:
    """One exemption; `subject` is a household code, or a place code with all that lies in it.

    It holds from `since` to `until`, both included; after that the finding is open again.
    """

    rule: str
    subject: str
    reason: str
    approver: str
    since: datetime.date
    until: datetime.date

    def state_on(self, day: datetime.date) -> str:
        """Return holds, expired or early."""
        if day < self.since:
            return "early"
        return "holds" if day <= self.until else "expired"


def read_exemptions(file: Path, rules: Collection[str]) -> tuple[Exemption, ...]:
    """Return the exemptions of a CSV file with the columns COLUMNS; () when there is no file.

    Raises ThemeError with every row that names an unknown rule, lacks reason or approver, or has
    days that cannot be read or lie in the wrong order.
    """
    if not file.is_file():
        return ()
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ThemeError("rules.exemption_columns", file=file, missing=", ".join(missing))
        read = [(number, _read(row, rules)) for number, row in enumerate(reader, start=2)]
    faulty = [str(number) for number, exemption in read if exemption is None]
    if faulty:
        raise ThemeError("rules.exemption_rows", file=file, rows=", ".join(faulty))
    return tuple(exemption for _, exemption in read if exemption is not None)


def _read(row: dict[str, str], rules: Collection[str]) -> Exemption | None:
    cells = {name: (row[name] or "").strip() for name in COLUMNS}
    if cells["rule"] not in rules or not (
        cells["subject"] and cells["reason"] and cells["approver"]
    ):
        return None
    try:
        since, until = (datetime.date.fromisoformat(cells[name]) for name in ("from", "to"))
    except ValueError:
        return None
    if until < since:
        return None
    return Exemption(
        cells["rule"], cells["subject"], cells["reason"], cells["approver"], since, until
    )


def is_place(subject: str) -> bool:
    """Return whether the name of an exemption may be a place, with all that lies in it."""
    return subject.isdigit() and len(subject) in (6, 9, 12)


def held_on(exemptions: Sequence[Exemption], day: datetime.date) -> dict[str, tuple[str, ...]]:
    """Return for each rule the households and places that are exempt from it on a day."""
    held: dict[str, tuple[str, ...]] = {}
    for exemption in exemptions:
        if exemption.state_on(day) == "holds":
            held[exemption.rule] = (*held.get(exemption.rule, ()), exemption.subject)
    return held
