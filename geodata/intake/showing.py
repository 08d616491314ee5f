"""Stored values as people write them."""

from __future__ import annotations

from geodata.escaping import plain_text
from geodata.tables import Column

_FLAG = {True: "是", False: "否"}


def shown_value(column: Column, value: object) -> str:
    """Return a known stored value as a file would write it: yuan, 是 or 否, plain numbers."""
    if column.kind == "flag":
        return _FLAG[bool(value)]
    if column.kind == "money":
        return f"{int(str(value)) / 100:.2f}".rstrip("0").rstrip(".")
    if column.kind in ("number", "count"):
        return f"{float(str(value)):g}"
    return plain_text(value)
