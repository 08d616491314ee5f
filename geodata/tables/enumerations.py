"""Lists of allowed values, kept as published, and the items of the household account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from geodata.errors import ThemeError
from geodata.i18n import default_language, load_yaml
from geodata.yaml_entries import (
    Faults,
    check_fields,
    check_name,
    check_pair,
    check_value,
    list_of,
    mapping_of,
)

_FOLDER = Path(__file__).parent
# Our own themes keep their tables and lists in their folders; they are shipped like the others.
OWN_THEMES = Path(__file__).parents[1] / "themes"
_OPTIONAL = ("value", "code", "aliases", "unit", "most", "successor")
_CHOICE = {"zh": True, "en": True, **dict.fromkeys(_OPTIONAL, False)}


@dataclass(frozen=True)
class Choice:
    """One allowed value: what is stored, its published code, its titles and other spellings.

    A number of it is in `unit` and cannot be more than `most`. `successor` is the value that policy
    has since put in its place.
    """

    value: str
    code: str
    title: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    unit: str = ""
    most: float | None = None
    successor: str = ""


@dataclass(frozen=True)
class Enumeration:
    """A list of allowed values in published order; `source` names the published table."""

    name: str
    title: Mapping[str, str]
    choices: tuple[Choice, ...] = field(repr=False)
    source: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """Return the stored values in published order."""
        return tuple(choice.value for choice in self.choices)

    def spellings(self) -> dict[str, str]:
        """Return every known spelling (value, title, code, alias) with the value it stands for.

        A spelling that is itself a value stands for that value.
        """
        known: dict[str, str] = {}
        for choice in self.choices:
            for text in (*choice.aliases, choice.title["en"], choice.code):
                if text:
                    known.setdefault(text, choice.value)
        for choice in self.choices:
            known[choice.title["zh"]] = choice.value
        return known | {value: value for value in self.values}

    def label(self, value: str, lang: str | None = None) -> str:
        """Return the title of a stored value; an unknown value is its own title."""
        for choice in self.choices:
            if choice.value == value:
                return choice.title[lang or default_language()]
        return value


@dataclass(frozen=True)
class IncomeItem:
    """One item of the household account.

    `part` is wage, business, property, transfer or expense; `policy` is strict, broad or none;
    `sustainable` is yes, seasonal or no; `cost` is the expense item to be taken off a business item;
    `claim` says that an insurance pays it.
    """

    code: str
    title: Mapping[str, str]
    part: str
    policy: str
    sustainable: str
    cost: str = ""
    claim: bool = False


@cache
def enumerations() -> Mapping[str, Enumeration]:
    """Return all enumerations by name, the items of the household account among them."""
    by_name: dict[str, Enumeration] = {}
    shared = sorted((_FOLDER / "enumerations").glob("*.yaml"))
    for file in (*shared, *sorted(OWN_THEMES.glob("*/enumerations/*.yaml"))):
        read = read_enumerations(file)
        doubled = set(read) & set(by_name)
        if doubled:
            raise ValueError(f"{file}: enumerations defined twice: {', '.join(sorted(doubled))}")
        by_name.update(read)
    by_name["income_item"] = _income_enumeration()
    return by_name


def read_enumerations(file: Path) -> dict[str, Enumeration]:
    """Return the enumerations of one YAML file; raises ThemeError naming what is wrong."""
    by_name, faults = {}, Faults()
    for name, entry in mapping_of(file).items():
        with faults:
            by_name[name] = _enumeration(f"{file} {name}", name, entry)
    faults.tell()
    return by_name


@cache
def income_items() -> Mapping[str, IncomeItem]:
    """Return the items of the household account by code, in the order of the form."""
    content = load_yaml(_FOLDER / "income_items.yaml")
    assert isinstance(content, dict)
    return {
        code: IncomeItem(
            code=code,
            title={"zh": entry["zh"], "en": entry["en"]},
            part=entry["part"],
            policy=entry["policy"],
            sustainable=entry["sustainable"],
            cost=entry.get("cost", ""),
            claim=entry.get("claim", False),
        )
        for code, entry in content.items()
    }


def _enumeration(place: str, name: str, entry: Mapping[str, Any]) -> Enumeration:
    check_name(place, name)
    check_fields(place, entry, {"title": True, "values": True, "source": False})
    faults = Faults()
    with faults:
        check_pair(place, entry, "title")
    for number, item in enumerate(list_of(place, entry["values"], "values"), 1):
        with faults:
            check_fields(f"{place} values {number}", item, _CHOICE)
            _check_most(f"{place} values {number}", item)
    faults.tell()
    choices = tuple(
        Choice(
            value=str(item.get("value", item["zh"])),
            code=str(item.get("code", "")),
            title={"zh": item["zh"], "en": item["en"]},
            aliases=tuple(map(str, item.get("aliases", ()))),
            unit=item.get("unit", ""),
            most=item.get("most"),
            successor=str(item.get("successor", "")),
        )
        for item in entry["values"]
    )
    values = [choice.value for choice in choices]
    for successor in {choice.successor: None for choice in choices if choice.successor}:
        with faults:
            check_value(place, "successor", successor, values)
    faults.tell()
    return Enumeration(name, entry["title"], choices, str(entry.get("source", "")))


def _check_most(place: str, item: object) -> None:
    """Raise ThemeError for a bound of a value that is no number."""
    most = item.get("most", 0) if isinstance(item, Mapping) else 0
    if isinstance(most, bool) or not isinstance(most, (int, float)):
        raise ThemeError("themes.no_amount", place=place, field="most", found=most)


def _income_enumeration() -> Enumeration:
    choices = tuple(Choice(item.code, item.code, item.title) for item in income_items().values())
    return Enumeration("income_item", {"zh": "收支项目", "en": "income item"}, choices)
