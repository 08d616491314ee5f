"""The privacy class and mask of every column of every table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from geodata.access.masking import MASKS, Privacy
from geodata.i18n import load_yaml
from geodata.tables import Column, Table, tables

_FILE = Path(__file__).with_name("masks.yaml")


def table_privacy(known: Mapping[str, Table] | None = None) -> Mapping[str, Mapping[str, Privacy]]:
    """Return table name to column name to privacy, from the tables' own definitions.

    `known` are the tables there are, by default those of the product.
    """
    rules = _rules()
    return {
        name: {column.name: _privacy(column, rules) for column in table.columns.values()}
        for name, table in (tables() if known is None else known).items()
    }


@cache
def _rules() -> Mapping[str, Mapping[str, str]]:
    rules = load_yaml(_FILE)
    assert isinstance(rules, dict)
    unknown = {*rules["kinds"].values(), *rules["names"].values()} - set(MASKS)
    if unknown:
        raise ValueError(f"{_FILE.name}: unknown masks {sorted(unknown)}")
    return rules


def _privacy(column: Column, rules: Mapping[str, Mapping[str, str]]) -> Privacy:
    last = column.name.rsplit("_", 1)[-1]
    names = rules["names"]
    mask = rules["kinds"].get(column.kind) or names.get(column.name) or names.get(last)
    return Privacy(column.privacy, mask or "hidden")
