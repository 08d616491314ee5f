"""Reading ``guatu.toml``: found from inside the workspace, every fault of the file named at once."""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.config.settings import FILE_NAME, LISTED, SECTIONS, Config
from geodata.errors import ConfigError
from geodata.i18n import text

_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "tuple": (list,),
    "Mapping": (dict,),
}


def find_workspace(start: str | os.PathLike[str] = ".") -> Path:
    """Return the nearest folder, from `start` upwards, that holds guatu.toml; else ConfigError."""
    first = Path(start).resolve()
    for folder in (first, *first.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise ConfigError("config.no_workspace", folder=str(first))


def read_config(start: str | os.PathLike[str] = ".") -> Config:
    """Return the settings of the workspace around a folder; raises ConfigError with all faults."""
    folder = find_workspace(start)
    file = folder / FILE_NAME
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("config.not_toml", file=str(file), why=str(error)) from None
    faults: list[str] = []
    given: dict[str, Any] = {}
    for section, value in content.items():
        if section not in SECTIONS:
            faults.append(_unknown(section, SECTIONS, where=""))
            continue
        name, kind = SECTIONS[section]
        built = _section(kind, section, value, faults)
        if built is not None:
            given[name] = built
    if faults:
        raise ConfigError("config.faults", file=str(file), faults=" ".join(faults))
    return Config(folder=folder, **given)


def _section(kind: type, where: str, value: object, faults: list[str]) -> Any:
    if where in LISTED:
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            faults.append(text("config.not_listed", key=where))
            return None
        return tuple(
            _built(kind, f"{where}[{n}]", entry, faults) for n, entry in enumerate(value, 1)
        )
    if not isinstance(value, dict):
        faults.append(text("config.wrong_kind", key=where, value=value, expected="[…]"))
        return None
    return _built(kind, where, value, faults)


def _built(kind: type, where: str, entries: Mapping[str, Any], faults: list[str]) -> Any:
    fields = {field.name: field for field in dataclasses.fields(kind)}
    given: dict[str, Any] = {}
    for key, value in entries.items():
        if key not in fields:
            faults.append(_unknown(key, fields, where=where))
        elif f"{where}.{key}" in LISTED:
            given[key] = _section(LISTED[f"{where}.{key}"], f"{where}.{key}", value, faults)
        else:
            given[key] = _checked(f"{where}.{key}", str(fields[key].type), value, faults)
    for name, field in fields.items():
        no_default = field.default is dataclasses.MISSING is field.default_factory
        if no_default and name not in entries:
            faults.append(text("config.missing_key", key=name, where=where))
            given[name] = None
    return kind(**given)


def _checked(key: str, annotation: str, value: object, faults: list[str]) -> object:
    kind = annotation.split("[")[0]
    fits = isinstance(value, _KINDS[kind]) and (kind == "bool" or not isinstance(value, bool))
    if not fits:
        faults.append(
            text("config.wrong_kind", key=key, value=value, expected=text(f"config.kind_{kind}"))
        )
    return tuple(value) if isinstance(value, list) else value


def _unknown(key: str, known: Mapping[str, object], *, where: str) -> str:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.0)
    return text("config.unknown_key", key=key, where=where or FILE_NAME, nearest=near[0])
