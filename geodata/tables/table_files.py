"""Tables read from YAML: those that several themes share, and those in the folders of our themes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from geodata.errors import ThemeError
from geodata.i18n import LANGUAGES
from geodata.tables.columns import PRIVACY, STORED_AS, Column, Table
from geodata.tables.enumerations import OWN_THEMES, Enumeration, enumerations
from geodata.yaml_entries import (
    Faults,
    check_fields,
    check_name,
    check_pair,
    check_value,
    mapping_of,
    text_list,
)

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
    """Return all tables of the product by name, sorted by name; those of its themes among them."""
    files = (*_DEFINITIONS.glob("*.yaml"), *OWN_THEMES.glob("*/tables/*.yaml"))
    return {file.stem: read_definition(file) for file in sorted(files, key=lambda file: file.stem)}


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
    faults = Faults()
    with faults:
        check_fields(place, content, _TABLE)
    if "title" in content:
        with faults:
            check_pair(place, content, "title")
    if "nature" in content:
        with faults:
            check_value(place, "nature", content["nature"], NATURES)
    entries, columns = content.get("columns", {}), {}
    if not isinstance(entries, Mapping):
        faults.kept.append(ThemeError("themes.no_mapping", place=f"{place} columns", found=entries))
        entries = {}
    for name, entry in entries.items():
        with faults:
            columns[name] = _column(f"{place} {name}", name, entry, known)
    faults.kept += _same_titles(place, columns)
    key: tuple[str, ...] = ()
    with faults:
        key = text_list(place, content.get("key", []), "key")
    for field, named in (("key", key), ("lists", filter(None, [content.get("lists")]))):
        for column in named if entries else ():
            with faults:
                check_value(place, field, column, entries)
    with faults:
        _check_units(place, columns)
    faults.tell()
    return Table(
        file.stem,
        content["title"],
        content["nature"],
        key,
        columns,
        bool(content.get("lasting", False)),
        content.get("lists", ""),
        bool(content.get("in_village", False)),
    )


def _check_units(place: str, columns: Mapping[str, Column]) -> None:
    """Raise ThemeError for a number whose unit is that of a column without choices."""
    choosing = [one.name for one in columns.values() if one.choices is not None]
    for column in columns.values():
        if column.unit_of:
            check_value(f"{place} {column.name}", "unit_of", column.unit_of, choosing)


def _same_titles(place: str, columns: Mapping[str, Column]) -> Iterator[ThemeError]:
    """Give each column that has the title of another: a file's header could be either."""
    for lang in LANGUAGES:
        first: dict[str, str] = {}
        for name, column in columns.items():
            other = first.setdefault(str(column.title[lang]), name)
            if other != name:
                told = {"title": column.title[lang], "column": name, "other": other}
                yield ThemeError("themes.same_title", place=place, **told)


def _column(
    place: str, name: str, entry: Mapping[str, Any], lists: Mapping[str, Enumeration]
) -> Column:
    faults = Faults()
    with faults:
        check_name(place, name)
    with faults:
        check_fields(place, entry, _COLUMN)
    if not isinstance(entry, Mapping):
        faults.tell()
    kind = entry.get("kind")
    privacy, choice = entry.get("privacy", PRIVACY[-1]), entry.get("choice", "")
    checked: list[tuple[str, Any, Collection[str]]] = [("privacy", privacy, PRIVACY)]
    if "kind" in entry:
        checked.append(("kind", kind, STORED_AS))
    if str(kind).startswith("choice"):
        checked.append(("choice", choice, lists))
    for field, value, known in checked:
        with faults:
            check_value(place, field, value, known)
    given: dict[str, Any] = {}
    for key in ("aliases", "says_yes", "says_no"):
        with faults:
            given[key] = text_list(place, entry.get(key, []), key)
    with faults:
        given |= _bounds(place, entry)
    faults.tell()
    for key in ("unit", "required", "kept", "derived", "past", "unit_of"):
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


def _bounds(place: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bounds of a column; raises ThemeError for one that is no number."""
    pair = entry.get("usual", (None, None))
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        raise ThemeError("themes.no_pair_of_numbers", place=place, field="usual", found=pair)
    named = {"low": entry.get("low"), "high": entry.get("high"), "usual": pair[0]}
    for field, bound in (*named.items(), ("usual", pair[1])):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, (int, float))):
            raise ThemeError("themes.no_amount", place=place, field=field, found=bound)
    bounds = {"low": entry.get("low"), "high": entry.get("high")}
    return {**bounds, "usual": tuple(pair)} if "usual" in entry else bounds
