"""An indicator: what a figure is called, its unit, which end is worse and how it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from geodata import i18n

WORSE = ("high", "low", "none")
ADDS_UP = ("sum", "ratio", "none")


@dataclass(frozen=True)
class Indicator:
    """One quantity of a place and period.

    `title` and `unit` are texts by language (zh, en). `worse` names the end that needs attention.
    `adds_up`: "sum" adds the villages up, "ratio" divides the sum of numerators by the sum of
    denominators, "none" (a mean or a median of unknown base) shows the median of the villages.
    """

    key: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    worse: str = "none"
    adds_up: str = "none"

    def __post_init__(self) -> None:
        if self.worse not in WORSE:
            raise ValueError(f"worse is {self.worse!r}, expected one of {', '.join(WORSE)}")
        if self.adds_up not in ADDS_UP:
            raise ValueError(f"adds_up is {self.adds_up!r}, expected one of {', '.join(ADDS_UP)}")

    def title_in(self, lang: str | None = None) -> str:
        """Return the title in one language, or in the other when it has only that."""
        return _in_language(self.title, lang)

    def unit_in(self, lang: str | None = None) -> str:
        """Return the unit in one language; empty when the figure has none."""
        return _in_language(self.unit, lang)

    def to_json(self) -> dict[str, object]:
        """Return the fields as plain JSON values."""
        return {**asdict(self), "title": dict(self.title), "unit": dict(self.unit)}


def _in_language(texts: Mapping[str, str], lang: str | None) -> str:
    return texts.get(lang or i18n.default_language()) or next(iter(texts.values()), "")
