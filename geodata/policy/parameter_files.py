"""Parameters from folders of YAML: the shipped ones, those of themes, those of a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from geodata.errors import PolicyError, QuantityError
from geodata.i18n import load_yaml, nearest, text
from geodata.policy.dated_values import read_pair, read_unit, read_values
from geodata.policy.parameter import PLACES, DatedValue, Parameter
from geodata.policy.policy import Policy
from geodata.quantity import Unit, Words, quantity_of, shipped_words

SHIPPED = Path(__file__).parent / "parameters"
# Our own themes keep their parameters in their folders; they are shipped like the others.
THEMES = Path(__file__).parents[1] / "themes"
_FIELDS = ("title", "quantity", "unit", "values", "each")
_SHOWN = 5


def load_policy(
    workspace: Path | None = None, *, more: Iterable[Path] = (), others: bool = False
) -> Policy:
    """Return the parameters shipped and of `more` folders, the workspace's over them.

    `workspace` is a folder of YAML files that map a key to its list of values; a key given there
    replaces the shipped values of that key. Raises PolicyError with all faults: a key that two
    files define, a key that is not known, a field or value that cannot be read. With `others`, for
    whoever needs shipped parameters alone, the workspace may give keys that themes bring.
    """
    known: dict[str, Parameter] = {}
    faults: list[str] = []
    for folder in (SHIPPED, *sorted(THEMES.glob("*/parameters")), *more):
        shipped, unread = _read_folder(folder)
        faults += unread
        for key in shipped.keys() & known.keys():
            twice = PolicyError("policy.fault_known_elsewhere", other=known[key].file)
            faults.append(_placed(shipped[key].file, twice, key))
        known.update(shipped)
    if workspace is not None and workspace.is_dir():
        known.update(_read_overrides(workspace, known, faults, others=others))
    if faults:
        shown = "; ".join(sorted(faults)[:_SHOWN])
        raise PolicyError("policy.faults", count=len(faults), faults=shown)
    return Policy(dict(sorted(known.items())))


def folder_faults(folder: Path) -> tuple[str, ...]:
    """Return a sentence for each file of a folder of parameters that cannot be read."""
    return _read_folder(folder)[1]


@cache
def _read_folder(folder: Path) -> tuple[dict[str, Parameter], tuple[str, ...]]:
    """Return the parameters of `folder/area/name.yaml` under the key area.name, and the faults."""
    parameters: dict[str, Parameter] = {}
    faults: list[str] = []
    # A theme may bring units of its own, beside its parameters.
    words = shipped_words().with_files(folder.parent / "units.yaml")
    for file in sorted(folder.rglob("*.yaml")):
        key = ".".join((*file.parent.relative_to(folder).parts, file.stem))
        try:
            parameters[key] = _read_file(key, file, words)
        except PolicyError as fault:
            faults.append(_placed(file, fault))
    return parameters, tuple(faults)


def _read_file(key: str, file: Path, words: Words) -> Parameter:
    content = _mapping_in(file)
    for field in content:
        if field not in _FIELDS:
            raise PolicyError("policy.fault_field", field=field, near=nearest(field, _FIELDS))
    quantity, unit = _what(content, words)
    title, values = read_pair(content.get("title"), "title"), content.get("values")
    each, dated = _each(content, words), read_values(values, workspace=False)
    return Parameter(key, title, quantity, unit, dated, file, each)


def _each(content: dict[object, object], words: Words) -> str:
    """Return whom one value is set for, empty where that is not told; raises PolicyError."""
    each = content.get("each", "")
    if not each or each in PLACES:
        return str(each)
    try:
        return words.thing("each", each).key
    except QuantityError as fault:
        raise PolicyError(fault.key, **fault.values) from fault


def _what(content: dict[object, object], words: Words) -> tuple[str, Unit]:
    """Return the quantity and the unit that a parameter declares; raises PolicyError."""
    unit = read_unit(content.get("unit"), words)
    try:
        quantity = quantity_of(content.get("quantity"), policy=True)
        if unit.of not in quantity.units:
            known = {"units": ", ".join(quantity.units), "found": unit.key}
            raise QuantityError("quantity.fault_unit", quantity=quantity.key, **known)
    except QuantityError as fault:
        raise PolicyError(fault.key, **fault.values) from fault
    return quantity.key, unit


def _read_overrides(
    folder: Path, known: dict[str, Parameter], faults: list[str], *, others: bool
) -> dict[str, Parameter]:
    """Return the parameters that a workspace replaces; faults are added to the list."""
    overridden: dict[str, Parameter] = {}
    for file, key, values in _written_in(folder, faults):
        if others and key not in known:
            continue
        try:
            replaced = _override(key, values, known, overridden)
            overridden[key] = replace(known[key], values=replaced, file=file)
        except PolicyError as fault:
            faults.append(_placed(file, fault, key))
    return overridden


def _written_in(folder: Path, faults: list[str]) -> Iterator[tuple[Path, str, object]]:
    for file in sorted(folder.glob("*.yaml")):
        try:
            content = _mapping_in(file)
        except PolicyError as fault:
            faults.append(_placed(file, fault))
            continue
        for key, values in content.items():
            yield file, str(key), values


def _override(
    key: str, values: object, known: dict[str, Parameter], overridden: dict[str, Parameter]
) -> tuple[DatedValue, ...]:
    if key not in known:
        raise PolicyError("policy.fault_unknown_key", near=nearest(key, known, cutoff=0.5))
    if key in overridden:
        raise PolicyError("policy.fault_known_elsewhere", other=overridden[key].file)
    return read_values(values, workspace=True)


def _mapping_in(file: Path) -> dict[object, object]:
    """Return the content of one file; raises PolicyError when it is no mapping or no YAML."""
    try:
        content = load_yaml(file) or {}
    except (yaml.YAMLError, ValueError) as problem:
        words = " ".join(str(problem).split())
        raise PolicyError("policy.fault_yaml", problem=words) from problem
    if not isinstance(content, dict):
        raise PolicyError("policy.fault_mapping")
    return content


def _placed(file: Path, fault: PolicyError, key: str = "") -> str:
    """Return a fault with the file, and the key where the file holds several, before it."""
    return text("policy.fault_at", file=file, name=f" {key}" if key else "", fault=fault.sentence())
