"""Entries of a theme's YAML files: what must stand in them, and one sentence for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Self

import yaml

from geodata.errors import ThemeError, ThemeErrors
from geodata.i18n import LANGUAGES, Key, load_yaml, most_alike, nearest

# Names become names of tables and columns in SQL.
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# So many known names are told; the nearest one is told besides.
_SHOWN = 12


class Faults:
    """What is wrong in one reading: each `with` block keeps what it raises, `tell` raises all at once."""

    def __init__(self) -> None:
        self.kept: list[ThemeError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        if isinstance(error, ThemeError):
            self.kept += error.faults
        return isinstance(error, ThemeError)

    def tell(self) -> None:
        """Raise ThemeError with everything that was kept, if anything was."""
        if len(self.kept) > 1:
            raise ThemeErrors(self.kept)
        if self.kept:
            raise self.kept[0]


def mapping_of(file: Path) -> dict[str, Any]:
    """Return the mapping of a YAML file; raises ThemeError when it is absent, no YAML or none."""
    content = content_of(file)
    if not isinstance(content, dict):
        raise ThemeError("rules.fault_mapping", file=file)
    return {str(key): entry for key, entry in content.items()}


def content_of(file: Path) -> object:
    """Return the content of a YAML file; raises ThemeError when it is absent or no YAML."""
    if not file.is_file():
        raise ThemeError("themes.is_folder" if file.is_dir() else "themes.no_file", file=file)
    try:
        return load_yaml(file)
    except (yaml.YAMLError, ValueError, OSError) as problem:
        words = " ".join(str(problem).split())
        raise ThemeError("themes.no_yaml", file=file, problem=words) from problem


def text_of(file: Path) -> str:
    """Return the text of a file; raises ThemeError when it is no text in UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except (ValueError, OSError) as problem:
        raise ThemeError("themes.no_utf8", file=file) from problem


def check_name(place: str, name: object) -> None:
    """Raise ThemeError for a name that is not of small letters, digits and underlines."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ThemeError("themes.bad_name", place=place, name=name)


def check_fields(place: str, entry: object, fields: Mapping[str, bool]) -> None:
    """Raise ThemeError for an entry that is no mapping, has an unknown field or lacks a needed one.

    `fields` maps each field to whether it must be there. An absent language is told as such.
    """
    if not isinstance(entry, Mapping):
        raise ThemeError("themes.no_mapping", place=place, found=entry)
    faults, meant = Faults(), set[str]()
    for name in entry:
        if name not in fields:
            near, known = nearest(name, fields), shown(fields)
            meant.update(most_alike(name, fields))
            faults.kept.append(
                ThemeError("rules.fault_field", place=place, field=name, near=near, known=known)
            )
    absent = [name for name, needed in fields.items() if needed and name not in entry]
    # A field whose name is misspelt is not told as absent besides.
    for name in absent:
        if name not in (*LANGUAGES, *meant):
            faults.kept.append(ThemeError("rules.fault_absent", place=place, field=name))
    if all(fields.get(lang) for lang in LANGUAGES) and not meant & {*LANGUAGES}:
        with faults:
            check_texts(place, entry)
    faults.tell()


def check_texts(place: str, entry: object) -> None:
    """Raise ThemeError unless an entry has a text in Chinese and one in English."""
    faults = Faults()
    for lang in LANGUAGES:
        words = entry.get(lang) if isinstance(entry, Mapping) else None
        if not isinstance(words, (str, int, float)) or not str(words).strip():
            told = Key(f"themes.language_{lang}")
            faults.kept.append(
                ThemeError("themes.no_text", place=place, language=told, found=entry)
            )
    faults.tell()


def check_pair(place: str, entry: Mapping[str, Any], name: str) -> None:
    """Raise ThemeError unless a field holds a Chinese and an English text, and nothing else."""
    check_fields(f"{place} {name}", entry.get(name), dict.fromkeys(LANGUAGES, True))


def check_value(place: str, name: str, value: object, known: Collection[str]) -> None:
    """Raise ThemeError for a value that is not one of the known ones."""
    if isinstance(value, (dict, list)) or value not in known:
        values = {"found": value, "known": shown(known)}
        near = nearest(value, known)
        raise ThemeError("rules.fault_value", place=place, field=name, near=near, **values)


def shown(known: Collection[str]) -> str:
    """Return the known names, or the first of them and how many there are."""
    names = ", ".join(list(known)[:_SHOWN])
    return names if len(known) <= _SHOWN else f"{names} … ({len(known)})"


def list_of(place: str, entry: object, name: str) -> list[object]:
    """Return a field that is a list; raises ThemeError when it is none."""
    if not isinstance(entry, list):
        raise ThemeError("themes.no_list", place=place, field=name, found=entry)
    return entry


def text_list(place: str, entry: object, name: str) -> tuple[str, ...]:
    """Return a field that is a list of texts; raises ThemeError for anything else."""
    listed = list_of(place, entry, name)
    texts = [str(text) for text in listed if isinstance(text, (str, int)) and str(text).strip()]
    if len(texts) < len(listed):
        raise ThemeError("themes.no_list", place=place, field=name, found=entry)
    return tuple(texts)
