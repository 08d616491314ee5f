"""Tables read from the YAML files of ``definitions``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from geodata.entries import check_fields, check_name, check_pair, check_value, mapping_of
from geodata.errors import ThemeError
from geodata.tables.columns import PRIVACY, STORED_AS, Column, Table
from geodata.tables.enumerations import Enumeration, enumerations

_DEFINITIONS = Path(__file__).parent / "definitions"
NATURES = ("state", "events")
# Field of a table or a column -> whether it must be there.
_TABLE = {
    **dict.fromkeys(("title", "nature", "key", "columns"), True),
    **dict.fromkeys(("lasting", "lists", "in_village"), False),
}
_COLUMN = {
    **dict.fromkeys(set(Column.__dataclass_fields__) - {"name", "title", "choices", "kind"}, False),
    **dict.fromkeys(("zh", "en", "kind"), True),
}


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


def read_definition(file: Path, lists: Mapping[str, Enumeration] | None = None) -> Table:
    """Return the table of one YAML file; raises ThemeError naming file, column and what is wrong.

    `lists` are the enumerations that a column may name, by default those of the product. The table
    has the name of its file.
    """
    known = enumerations() if lists is None else lists
    place, content = str(file), mapping_of(file)
    check_name(place, file.stem)
    check_fields(place, content, _TABLE)
    check_pair(place, content, "title")
    check_value(place, "nature", content["nature"], NATURES)
    entries = content["columns"]
    check_fields(f"{place} columns", entries, dict.fromkeys(entries, False))
    columns = {
        name: _column(f"{place} {name}", name, entry, known) for name, entry in entries.items()
    }
    for field in ("key", "lists"):
        named = content.get(field) or []
        for column in [named] if isinstance(named, str) else named:
            check_value(place, field, column, columns)
    return Table(
        file.stem,
        content["title"],
        content["nature"],
        tuple(content["key"]),
        columns,
        bool(content.get("lasting", False)),
        content.get("lists", ""),
        bool(content.get("in_village", False)),
    )


def _column(
    place: str, name: str, entry: Mapping[str, Any], lists: Mapping[str, Enumeration]
) -> Column:
    check_name(place, name)
    check_fields(place, entry, _COLUMN)
    for text in ("zh", "en"):
        if not str(entry[text] or "").strip():
            raise ThemeError("themes.no_text", place=place, language=text)
    privacy, choice = entry.get("privacy", PRIVACY[-1]), entry.get("choice", "")
    check_value(place, "kind", entry["kind"], STORED_AS)
    check_value(place, "privacy", privacy, PRIVACY)
    if entry["kind"].startswith("choice"):
        check_value(place, "choice", choice, lists)
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
        kind=entry["kind"],
        title={"zh": entry["zh"], "en": entry["en"]},
        choice=choice,
        privacy=privacy,
        choices=lists.get(choice),
        **given,
    )
