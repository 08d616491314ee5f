"""Tables read from the YAML files of ``definitions``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from geodata.i18n import load_yaml
from geodata.tables.columns import PRIVACY, STORED_AS, Column, Table
from geodata.tables.enumerations import Enumeration, enumerations

_DEFINITIONS = Path(__file__).parent / "definitions"
_COLUMN_KEYS = frozenset(Column.__dataclass_fields__) - {"name", "title"} | {"zh", "en"}


@cache
def tables() -> Mapping[str, Table]:
    """Return all tables by name, sorted by name."""
    return {file.stem: read_definition(file) for file in sorted(_DEFINITIONS.glob("*.yaml"))}


def table(name: str) -> Table:
    """Return one table by name; raises KeyError naming the known ones."""
    if name not in tables():
        raise KeyError(f"no table {name!r}; known: {', '.join(tables())}")
    return tables()[name]


def enumeration(name: str) -> Enumeration:
    """Return one enumeration by name; raises KeyError naming the known ones."""
    if name not in enumerations():
        raise KeyError(f"no enumeration {name!r}; known: {', '.join(enumerations())}")
    return enumerations()[name]


def read_definition(file: Path) -> Table:
    """Return the table of one YAML file; raises ValueError for a key it does not know."""
    content = load_yaml(file)
    assert isinstance(content, dict)
    columns = {name: _column(file, name, entry) for name, entry in content["columns"].items()}
    missing = [name for name in content["key"] if name not in columns]
    if missing or content["nature"] not in ("state", "events"):
        raise ValueError(
            f"{file.name}: key {missing} is no column, or nature is not state or events"
        )
    key, lasting = tuple(content["key"]), bool(content.get("lasting", False))
    return Table(file.stem, content["title"], content["nature"], key, columns, lasting)


def _column(file: Path, name: str, entry: Mapping[str, Any]) -> Column:
    unknown = set(entry) - _COLUMN_KEYS
    kind, privacy = entry["kind"], entry.get("privacy", "identity")
    choice = entry.get("choice", "")
    if unknown or kind not in STORED_AS or privacy not in PRIVACY:
        raise ValueError(
            f"{file.name}: column {name}: {sorted(unknown) or (kind, privacy)} unknown"
        )
    if kind.startswith("choice") and choice not in enumerations():
        raise ValueError(f"{file.name}: column {name}: no enumeration {choice!r}")
    given: dict[str, Any] = {
        key: tuple(entry[key])
        for key in ("aliases", "says_yes", "says_no", "usual")
        if key in entry
    }
    for key in ("unit", "required", "low", "high", "derived", "past"):
        if key in entry:
            given[key] = entry[key]
    return Column(
        name=name,
        kind=kind,
        title={"zh": entry["zh"], "en": entry["en"]},
        choice=choice,
        privacy=privacy,
        **given,
    )
