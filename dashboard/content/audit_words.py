"""A record of the audit in words: what was done, from where, and what exactly was shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboard.texts import CATALOGUE, text
from geodata.access import Record, Shown
from geodata.escaping import plain_text

COLUMNS = (
    "seq",
    "at",
    "actor",
    "role",
    "session",
    "address",
    "act",
    "place",
    "subject",
    "what",
    "reason",
    "outcome",
)
_TITLED = ("role", "act", "outcome", "reason")
_SIGNS = {
    "is": "=",
    "in": "∈",
    "among": "∈",
    "at_least": "≥",
    "at_most": "≤",
    "contains": "∋",
    "has": "∋",
    "missing": "= ?",
}
_LONGEST = 200


def record_cells(record: Record, lang: str | None, shown: Shown | None = None) -> dict[str, str]:
    """Return the texts of COLUMNS, harmless on a page and in a terminal; times are local ones.

    `shown` gives the values of filters, which the record itself does not hold.
    """
    cells = {name: str(getattr(record, name, "")) for name in COLUMNS}
    cells["at"] = datetime.fromisoformat(record.at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    for name in _TITLED:
        key = f"access.{name}_{cells[name]}"
        cells[name] = text(key, lang) if key in CATALOGUE else cells[name]
    cells["what"] = what_of(record, lang, shown)
    return {name: plain_text(value, _LONGEST) for name, value in cells.items()}


def what_of(record: Record, lang: str | None, shown: Shown | None = None) -> str:
    """Return what exactly was asked: table, filters, order, first row, and how many rows came."""
    detail = json.loads(record.detail)
    parts = [_said("table", detail, lang)]
    if shown is not None and shown.filters:
        parts += [_filter(column, sign, value) for column, sign, value in shown.filters]
    elif detail.get("by"):
        parts += [str(one) for one in detail["by"]]
    if detail.get("order"):
        parts.append(text("audit.what_order", lang, value=" ".join(map(str, detail["order"]))))
    if detail.get("ground"):
        parts.append(text(f"access.ground_{detail['ground']}", lang))
    if detail.get("from"):
        parts.append(_said("from", detail, lang))
    parts += [_said(name, detail, lang) for name in ("rows", "unmasked", "month", "sha256")]
    return "; ".join(part for part in parts if part)


def codes_shown(records: Sequence[Record], shown: Mapping[int, Shown]) -> dict[str, int]:
    """Return in how many records each code was shown, most often first."""
    seen: dict[str, int] = {}
    for record in records:
        about = shown[record.seq].codes if record.seq in shown else ()
        alone = (record.subject,) if record.act in ("card", "unmask") and record.subject else ()
        for code in dict.fromkeys((*about, *alone)):
            seen[code] = seen.get(code, 0) + 1
    return dict(sorted(seen.items(), key=lambda one: (-one[1], one[0])))


def _said(name: str, detail: Mapping[str, object], lang: str | None) -> str:
    value = detail.get(name)
    if value in (None, "", False):
        return ""
    return text(f"audit.what_{name}", lang, value=str(value)[:60])


def _filter(column: str, sign: str, value: object) -> str:
    listed = value if isinstance(value, (list, tuple)) else [value]
    return f"{column} {_SIGNS.get(sign, sign)} {','.join(map(str, listed))[:80]}"
