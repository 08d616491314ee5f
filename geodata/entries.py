"""Entries of a theme's YAML files: what must stand in them, and one sentence for what is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from geodata.errors import ThemeError
from geodata.i18n import load_yaml

# Names become names of tables and columns in SQL.
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SHOWN = 12


def mapping_of(file: Path) -> dict[str, Any]:
    """Return the mapping of a YAML file; raises ThemeError when it is absent, no YAML or none."""
    if not file.is_file():
        raise ThemeError("themes.no_file", file=file)
    try:
        content = load_yaml(file)
    except (yaml.YAMLError, ValueError) as problem:
        words = " ".join(str(problem).split())
        raise ThemeError("themes.no_yaml", file=file, problem=words) from problem
    if not isinstance(content, dict):
        raise ThemeError("rules.fault_mapping", file=file)
    return {str(key): entry for key, entry in content.items()}


def nearest(name: object, known: Collection[str]) -> str:
    """Return the known name most like another, - when none is known."""
    near = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.0)
    return near[0] if near else "-"


def check_name(place: str, name: str) -> None:
    """Raise ThemeError for a name that is not of small letters, digits and underlines."""
    if not _NAME.fullmatch(name):
        raise ThemeError("themes.bad_name", place=place, name=name)


def check_fields(place: str, entry: object, fields: Mapping[str, bool]) -> None:
    """Raise ThemeError for an entry that is no mapping, has an unknown field or lacks a needed one.

    `fields` maps each field to whether it must be there.
    """
    if not isinstance(entry, Mapping):
        raise ThemeError("themes.no_mapping", place=place, found=entry)
    for name in entry:
        if name not in fields:
            near = nearest(name, list(fields))
            raise ThemeError("rules.fault_field", place=place, field=name, near=near)
    for name, needed in fields.items():
        if needed and name not in entry:
            raise ThemeError("rules.fault_absent", place=place, field=name)


def check_pair(place: str, entry: Mapping[str, Any], name: str) -> None:
    """Raise ThemeError unless a field holds a Chinese and an English text, and nothing else."""
    found = entry[name]
    whole = isinstance(found, Mapping) and set(found) == {"zh", "en"}
    if not whole or not all(str(text or "").strip() for text in found.values()):
        raise ThemeError("rules.fault_pair", place=place, field=name, found=found)


def check_value(place: str, name: str, found: object, known: Collection[str]) -> None:
    """Raise ThemeError for a value that is not one of the known ones."""
    if isinstance(found, (dict, list)) or found not in known:
        values = {"found": found, "known": ", ".join(list(known)[:_SHOWN])}
        near = nearest(found, known)
        raise ThemeError("rules.fault_value", place=place, field=name, near=near, **values)


def list_of(place: str, entry: object, name: str) -> list[object]:
    """Return a field that is a list; raises ThemeError when it is none."""
    if not isinstance(entry, list):
        raise ThemeError("themes.no_list", place=place, field=name, found=entry)
    return entry


def text_list(place: str, entry: object, name: str) -> tuple[str, ...]:
    """Return a field that is a list of texts; raises ThemeError for anything else."""
    found = list_of(place, entry, name)
    texts = [str(text) for text in found if isinstance(text, (str, int)) and str(text).strip()]
    if len(texts) < len(found):
        raise ThemeError("themes.no_list", place=place, field=name, found=entry)
    return tuple(texts)
