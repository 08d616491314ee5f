"""Subjects: what rules and indicators can be about, and the offices that answer for findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from geodata.i18n import CATALOGUE, load_yaml

_FILE = Path(__file__).with_name("subjects.yaml")
_OFFICE = "rules.responsible_"


@dataclass(frozen=True)
class Subject:
    """One kind of subject: the column that names one of them, and what one and several are called.

    `count` is what stands after a number in Chinese (户, 个村), `several` in English.
    """

    name: str
    key: str
    title: Mapping[str, str]
    count: str
    several: str

    def counted(self, number: float, lang: str) -> str:
        """Return the word after a number of them: 1 household, 2 households, 2 户."""
        if lang == "zh":
            return self.count
        return self.title["en"] if number == 1 else self.several


@cache
def base_subjects() -> Mapping[str, Subject]:
    """Return the subjects that every theme knows, by name."""
    content = load_yaml(_FILE)
    assert isinstance(content, dict)
    return MappingProxyType({name: read_subject(name, entry) for name, entry in content.items()})


def read_subject(name: str, entry: Mapping[str, str]) -> Subject:
    """Return the subject of one entry; raises KeyError for a field that is absent."""
    title = {"zh": entry["zh"], "en": entry["en"]}
    return Subject(name, entry["key"], title, entry["count"], entry["several"])


@cache
def base_offices() -> Mapping[str, Mapping[str, str]]:
    """Return the offices of a county that answer for findings, by key, with their titles."""
    keys = [key for key in CATALOGUE if key.startswith(_OFFICE)]
    return MappingProxyType({key.removeprefix(_OFFICE): CATALOGUE.entry(key) for key in keys})
