"""What people may write: the kinds of entries of ``entries.yaml`` and the check of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from geodata import i18n
from geodata.errors import WriteError
from geodata.escaping import capped, storable

_FILE = Path(__file__).with_name("entries.yaml")
# No field is longer; one that is cut here is still too long for its own limit.
_LONGEST = 4000


@dataclass(frozen=True)
class Field:
    """One field of an entry: type text, day, choice or (whole) number, and its bounds."""

    name: str
    type: str
    required: bool = False
    longest: int = 0
    choices: tuple[str, ...] = ()
    # Of a day: no further ahead than the parameters allow.
    limited: bool = False
    # The largest whole number.
    high: int = 0


@dataclass(frozen=True)
class EntryKind:
    """One kind of entry: the right it needs and its fields.

    With a `table` an entry is a row of it as well: `row` and `columns` (field to column) say what it
    tells, `by` the column of who wrote it; rows of equal `match` are one. Who wrote an entry of a kind
    in `apart` with equal fields `about` may not write one of this.
    """

    name: str
    act: str
    fields: tuple[Field, ...]
    # Counts only when a second person has approved it.
    approved: bool = False
    # The right by which entries of a place are seen.
    seen_by: str = "figure"
    table: str = ""
    match: tuple[str, ...] = ()
    row: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    about: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


@cache
def kinds() -> Mapping[str, EntryKind]:
    """Return every kind of entry by name."""
    content = i18n.load_yaml(_FILE)
    assert isinstance(content, dict)
    return {
        name: EntryKind(
            name,
            kind["act"],
            tuple(
                Field(one, **(given | {"choices": tuple(given.get("choices", ()))}))
                for one, given in kind["fields"].items()
            ),
            kind.get("approved", False),
            kind.get("seen_by", "figure"),
            kind.get("table", ""),
            tuple(kind.get("match", ())),
            kind.get("row", {}),
            kind.get("columns", {}),
            kind.get("by", ""),
            tuple(kind.get("about", ())),
            tuple(kind.get("apart", ())),
        )
        for name, kind in content.items()
    }


def checked(kind: str, values: Mapping[str, object]) -> dict[str, str]:
    """Return the fields of an entry as text, the empty ones left out.

    Raises WriteError with all faults at once: unknown kind or field, missing, too long, no day.
    """
    known = kinds().get(kind)
    if known is None:
        raise WriteError("access.unknown_kind", kind=kind, known=", ".join(kinds()))
    clean = {
        name: storable(capped(str(value), _LONGEST)).strip()
        for name, value in values.items()
        if value is not None
    }
    faults = [fault for one in known.fields for fault in _faults(one, clean.get(one.name, ""))]
    names = {one.name for one in known.fields}
    faults += [i18n.text("access.unknown_field", field=name) for name in clean if name not in names]
    if faults:
        raise WriteError("access.entry_faults", faults="".join(faults))
    return {name: value for name, value in clean.items() if value}


def _faults(one: Field, value: str) -> list[str]:
    title = i18n.text(f"access.field_{one.name}")
    if not value:
        return [i18n.text("access.needed_field", field=title)] if one.required else []
    if one.longest and len(value) > one.longest:
        return [i18n.text("access.long_field", field=title, most=one.longest, found=len(value))]
    if one.type == "day" and not _is_day(value):
        return [i18n.text("access.not_a_day", field=title, value=value[:50])]
    if one.type == "number" and not _is_number(value, one.high):
        told = {"value": value[:50], "high": one.high}
        return [i18n.text("access.not_a_number", field=title, **told)]
    if one.type == "choice" and value not in one.choices:
        known = ", ".join(one.choices)
        return [i18n.text("access.not_a_choice", field=title, value=value[:50], known=known)]
    return []


def _is_number(value: str, high: int) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= high


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
