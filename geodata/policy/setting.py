"""A value of a parameter as the county sets it: checked, and written into its own files."""

from __future__ import annotations

import datetime
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from geodata.codes import is_code
from geodata.errors import PolicyError
from geodata.escaping import plain_text
from geodata.policy.parameter import DatedValue, Parameter
from geodata.policy.reference import Reference
from geodata.quantity import QUANTITIES

_FILE = "county.yaml"
_LONGEST = 300
_SWITCHES = {
    **dict.fromkeys(("是", "yes", "true", "1"), True),
    **dict.fromkeys(("否", "no", "false", "0"), False),
}


@dataclass(frozen=True)
class CountyValue:
    """What a county sets: the value, its document, first day, and place code ("" is everywhere)."""

    value: float | int | bool | str
    document: str
    since: datetime.date
    place: str = ""


def value_of(parameter: Parameter, written: str) -> float | int | bool | str:
    """Return the value that somebody wrote for a parameter, in its unit.

    Raises PolicyError for what is no value of its quantity, or lies outside its bounds.
    """
    words = plain_text(written, _LONGEST).strip()
    if parameter.quantity == "switch":
        if words.casefold() not in _SWITCHES:
            raise PolicyError("policy.not_a_switch", value=words)
        return _SWITCHES[words.casefold()]
    if parameter.is_text:
        if not words:
            raise PolicyError("policy.no_value")
        return words
    unit = parameter.unit.text() or "—"
    try:
        number = float(words.replace(",", "").replace("，", ""))
    except ValueError:
        raise PolicyError("policy.not_a_number", value=words, unit=unit) from None
    quantity = QUANTITIES[parameter.quantity]
    low, high = (
        -math.inf if quantity.lowest is None else quantity.lowest * parameter.unit.scale,
        math.inf if quantity.highest is None else quantity.highest * parameter.unit.scale,
    )
    if not math.isfinite(number) or not low <= number <= high:
        bounds = {"low": f"{low:g}", "high": f"{high:g}"}
        raise PolicyError("policy.out_of_bounds", value=words, unit=unit, **bounds)
    return int(number) if number.is_integer() else number


def check_setting(parameter: Parameter, setting: CountyValue) -> None:
    """Raise PolicyError for what cannot be written.

    That is a value without a document, for a place that is no code, or where that place has a value
    from that day on already.
    """
    if not plain_text(setting.document, _LONGEST).strip():
        raise PolicyError("policy.no_document", name=parameter.key)
    if setting.place and not is_code(setting.place):
        raise PolicyError("policy.fault_place", found=repr(setting.place))
    for value in parameter.values:
        same = value.since == setting.since and setting.place in value.places
        if same and value.value is not None:
            where = {"place": setting.place or "*", "since": setting.since}
            raise PolicyError("policy.fault_twice", **where)


def set_value(folder: Path, parameter: Parameter, setting: CountyValue) -> Path:
    """Write a value into the county's parameter files, beside those there are; returns the file.

    Values that ship with the product and were not overridden are copied with it, for what a county
    writes stands in their place. Raises PolicyError as `check_setting` does.
    """
    check_setting(parameter, setting)
    entry: dict[str, Any] = {
        "value": setting.value,
        "places": [setting.place] if setting.place else "all",
        "from": setting.since,
        "status": "county",
        "document": plain_text(setting.document, _LONGEST).strip(),
    }
    own = parameter.file.is_relative_to(folder)
    file = parameter.file if own else folder / _FILE
    content = file.read_text(encoding="utf-8-sig") if file.is_file() else ""
    if own:
        content = _with_entry(content, parameter.key, entry)
    else:
        listed = {parameter.key: [entry, *map(_written, parameter.values)]}
        content = f"{content.rstrip()}\n{_yaml(listed)}".lstrip("\n")
    folder.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_text(content, encoding="utf-8", newline="\n")
    fresh.replace(file)
    return file


def _with_entry(content: str, key: str, entry: dict[str, Any]) -> str:
    """Return a file with one more value of a key, its comments kept where it is written in lines."""
    lines = content.split("\n")
    head = re.compile(rf"{re.escape(key)}:\s*(#.*)?$")
    for at, line in enumerate(lines):
        if head.match(line):
            following = next((one for one in lines[at + 1 :] if one.strip()), "")
            bar = re.match(r"(\s*)- ", following)
            if bar:
                block = [f"{bar[1]}{one}" for one in _yaml([entry]).rstrip().split("\n")]
                return "\n".join([*lines[: at + 1], *block, *lines[at + 1 :]])
    parsed = yaml.safe_load(content) or {}
    return _yaml({**parsed, key: [entry, *parsed[key]]})


def _written(value: DatedValue) -> dict[str, Any]:
    """Return a value as it is written in YAML."""
    reference: Reference = value.reference
    everywhere = value.places == ("",)
    entry: dict[str, Any] = {
        "value": value.value,
        "places": "all" if everywhere else list(value.places) or "unknown",
        "scope": dict(value.scope),
        "from": value.since,
        "to": value.until,
        "status": reference.status,
        "grade": reference.grade,
        "document": dict(reference.document) if reference.document else None,
        "note": dict(reference.note) if reference.note else None,
        "proposal": True if value.proposal else None,
        "unit": value.unit.key if value.unit else None,
    }
    return {name: said for name, said in entry.items() if said is not None or name == "value"}


def _yaml(content: object) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
