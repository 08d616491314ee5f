"""Settings changed in guatu.toml as a person would: the lines concerned, all others kept."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from geodata.config.settings import FILE_NAME, Config, PlaceDecision, read_config
from geodata.errors import ConfigError

Value = str | bool | Mapping[str, str]


def change_settings(folder: Path, changes: Mapping[str, Mapping[str, Value]]) -> Config:
    """Set keys of sections of a workspace's settings and return what is read of them afterwards.

    Comments and other lines stay as they are; "" takes a key away. Raises ConfigError, with the
    file as it was, when the result could not be read, or a section is written in another form.
    """
    file = folder / FILE_NAME
    before = file.read_text(encoding="utf-8-sig")
    content = before
    for section, values in changes.items():
        for key, value in values.items():
            content = _changed(content, section, key, value)
    if content == before:
        return read_config(folder)
    _replace(file, content)
    try:
        config = read_config(folder)
        _check_taken(file, content, changes)
    except ConfigError:
        _replace(file, before)
        raise
    return config


def add_place_decision(folder: Path, decision: PlaceDecision) -> Config:
    """Add what a name of a place stands for to the settings; returns what is read of them afterwards.

    Raises ConfigError, with the file as it was, when the result could not be read.
    """
    file = folder / FILE_NAME
    before = file.read_text(encoding="utf-8-sig")
    _replace(file, "\n".join([before.rstrip("\n"), "", _decision_lines(decision), ""]))
    try:
        config = read_config(folder)
        if decision not in config.places.decisions:
            raise ConfigError("config.not_changed", file=str(file), key="places.decisions")
    except ConfigError:
        _replace(file, before)
        raise
    return config


def take_back_place_decision(folder: Path, decision: PlaceDecision) -> Config:
    """Take away the newest entry of a decision as it was added; one that was edited since stays.

    Raises ConfigError, with the file as it was, when the result could not be read.
    """
    file = folder / FILE_NAME
    before = file.read_text(encoding="utf-8-sig")
    head, entry, tail = before.rpartition(f"\n{_decision_lines(decision)}\n")
    if entry:
        _replace(file, f"{head.rstrip()}\n{tail}")
    try:
        return read_config(folder)
    except ConfigError:
        _replace(file, before)
        raise


def _decision_lines(decision: PlaceDecision) -> str:
    entries = {"township": decision.township, "name": decision.name, "code": decision.code}
    lines = (f"{key} = {_quoted(value)}" for key, value in entries.items())
    return "\n".join(["[[places.decisions]]", *lines])


def _check_taken(file: Path, content: str, changes: Mapping[str, Mapping[str, Value]]) -> None:
    """Raise ConfigError when a setting does not read as it was meant, as in a list over lines."""
    parsed = tomllib.loads(content)
    for section, values in changes.items():
        for key, value in values.items():
            wanted = value if isinstance(value, bool) else value or None
            if parsed.get(section, {}).get(key) != wanted:
                raise ConfigError("config.not_changed", file=str(file), key=f"{section}.{key}")


def _replace(file: Path, content: str) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_text(content, encoding="utf-8", newline="\n")
    fresh.replace(file)


def _changed(content: str, section: str, key: str, value: Value) -> str:
    lines = content.split("\n")
    head = re.compile(rf"\s*\[\s*{re.escape(section)}\s*\]\s*(#.*)?$")
    at = next((n for n, line in enumerate(lines) if head.match(line)), None)
    written = f"{key} = {_toml(value)}"
    if at is None:
        if value == "":
            return content
        return content.rstrip("\n") + f"\n\n[{section}]\n{written}\n"
    end = next(
        (n for n in range(at + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines)
    )
    own = re.compile(rf"\s*{re.escape(key)}\s*=")
    for n in range(at + 1, end):
        if own.match(lines[n]):
            comment = re.search(r"\s+#[^\"']*$", lines[n])
            new = [] if value == "" else [written + (comment[0] if comment else "")]
            return "\n".join([*lines[:n], *new, *lines[n + 1 :]])
    if value == "":
        return content
    return "\n".join([*lines[: at + 1], written, *lines[at + 1 :]])


def _toml(value: Value) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return str(value).lower() if isinstance(value, bool) else _quoted(value)


def _quoted(value: str) -> str:
    """Return a text as a TOML string; JSON escapes the same signs, and DEL besides."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
