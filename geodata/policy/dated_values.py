"""Dated values as they are written in YAML, read into DatedValue."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from geodata.errors import PolicyError, QuantityError
from geodata.i18n import nearest
from geodata.policy.parameter import DatedValue
from geodata.policy.reference import GRADES, STATUSES, Reference
from geodata.quantity import Unit, Words, shipped_words

_FIELDS = (
    "value",
    "places",
    "scope",
    "from",
    "to",
    "status",
    "grade",
    "document",
    "note",
    "proposal",
    "unit",
)


def read_pair(content: object, field: str) -> dict[str, str]:
    """Return a text in zh and en; plain text stands for both. Raises PolicyError otherwise."""
    if isinstance(content, str):
        return {"zh": content, "en": content}
    if isinstance(content, dict) and set(content) == {"zh", "en"}:
        return {lang: str(words) for lang, words in content.items()}
    raise PolicyError("policy.fault_pair", field=field, found=repr(content))


def read_unit(key: object, words: Words | None = None) -> Unit:
    """Return the unit of a key, by default of our catalogue; raises PolicyError naming the nearest."""
    try:
        return (words or shipped_words()).unit(key)
    except QuantityError as fault:
        raise PolicyError(fault.key, **fault.values) from fault


def read_values(content: object, *, workspace: bool) -> tuple[DatedValue, ...]:
    """Return the dated values of one key; a workspace may leave out all but the value.

    Raises PolicyError for an unknown field, a place that is no code prefix, days in the wrong
    order, or two values for the same place and first day.
    """
    if not isinstance(content, list) or not content:
        raise PolicyError("policy.fault_list")
    values = tuple(_read_value(entry, workspace=workspace) for entry in content)
    seen: set[tuple[str, datetime.date | None]] = set()
    for value in values:
        for start in ((place, value.since) for place in value.places):
            if start in seen:
                raise PolicyError(
                    "policy.fault_twice", place=start[0] or "*", since=start[1] or "-"
                )
            seen.add(start)
    return values


def _read_value(entry: object, *, workspace: bool) -> DatedValue:
    if not isinstance(entry, dict) or "value" not in entry:
        raise PolicyError("policy.fault_entry", found=repr(entry))
    for field in entry:
        if field not in _FIELDS:
            raise PolicyError("policy.fault_field", field=field, near=nearest(field, _FIELDS))
    value = entry["value"]
    if value is not None and not isinstance(value, (bool, int, float, str)):
        raise PolicyError("policy.fault_value", found=repr(value))
    since, until = _read_day(entry, "from"), _read_day(entry, "to")
    if since and until and until < since:
        raise PolicyError("policy.fault_order", since=since, until=until)
    return DatedValue(
        value=value,
        places=_read_places(entry.get("places", "all")),
        scope=read_pair(entry.get("scope", ""), "scope"),
        reference=_read_reference(entry, workspace=workspace),
        since=since,
        until=until,
        proposal=bool(entry.get("proposal", False)),
        unit=read_unit(entry["unit"]) if "unit" in entry else None,
    )


def _read_reference(entry: Mapping[object, object], *, workspace: bool) -> Reference:
    status = str(entry.get("status", ("unset" if entry["value"] is None else "county")))
    grade = entry.get("grade", "W" if workspace else None)
    if status not in STATUSES:
        raise PolicyError("policy.fault_status", found=status, known=", ".join(STATUSES))
    if status == "county" and not workspace:
        raise PolicyError("policy.fault_status", found=status, known=", ".join(STATUSES[:4]))
    if grade is not None and grade not in GRADES:
        raise PolicyError("policy.fault_grade", found=grade, known=", ".join(GRADES))
    pairs = {f: read_pair(entry[f], f) if f in entry else None for f in ("document", "note")}
    return Reference(status, str(grade) if grade else None, pairs["document"], pairs["note"])


def _read_places(content: object) -> tuple[str, ...]:
    if content == "all":
        return ("",)
    if content == "unknown":
        return ()
    places = content if isinstance(content, list) else [content]
    for place in places:
        if not (
            isinstance(place, str) and place.isascii() and place.isdigit() and len(place) <= 12
        ):
            raise PolicyError("policy.fault_place", found=repr(place))
    return tuple(places)


def _read_day(entry: Mapping[object, object], field: str) -> datetime.date | None:
    day = entry.get(field)
    if day is None or (isinstance(day, datetime.date) and not isinstance(day, datetime.datetime)):
        return day
    raise PolicyError("policy.fault_day", field=field, found=repr(day))
