"""An indicator: what a figure is called, its unit, which end is worse and how it adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from geodata import i18n

WORSE = ("high", "low", "none")
ADDS_UP = ("sum", "ratio", "none")


@dataclass(frozen=True)
class Indicator:
    """One quantity of a place and period.

    `title` and `unit` are texts by language (zh, en); `unit` and `counted` may hold under `one` the
    English word for one of it. `worse` names the end that needs attention.
    `adds_up`: "sum" adds the villages up, "ratio" divides the sum of numerators by the sum of
    denominators, "none" (a mean or a median of unknown base) shows the median of the villages.
    `decimals` are those of its figures wherever they are written, None when they follow from the
    values. `counted` says by language what numerator and denominator are (households), each
    divided by `counted_in`; empty when the parts say nothing to a reader.
    """

    key: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    worse: str = "none"
    adds_up: str = "none"
    decimals: int | None = None
    counted: Mapping[str, str] = field(default_factory=dict)
    counted_in: float = 1.0

    def __post_init__(self) -> None:
        if self.worse not in WORSE:
            raise ValueError(f"worse is {self.worse!r}, expected one of {', '.join(WORSE)}")
        if self.adds_up not in ADDS_UP:
            raise ValueError(f"adds_up is {self.adds_up!r}, expected one of {', '.join(ADDS_UP)}")

    def title_in(self, lang: str | None = None) -> str:
        """Return the title in one language, or in the other when it has only that."""
        return _in_language(self.title, lang)

    def unit_in(self, lang: str | None = None, number: str = "") -> str:
        """Return the unit in one language, as it stands after a number; empty when there is none."""
        return _in_language(self.unit, lang, number)

    def counted_text(self, lang: str | None = None, number: str = "") -> str:
        """Return what the parts of a share count, as it stands after a number; empty when not told."""
        return _in_language(self.counted, lang, number)

    def to_json(self) -> dict[str, object]:
        """Return the fields as plain JSON values."""
        return {**asdict(self), "title": dict(self.title), "unit": dict(self.unit)} | {
            "counted": dict(self.counted)
        }


def _in_language(texts: Mapping[str, str], lang: str | None, number: str = "") -> str:
    lang = lang or i18n.default_language()
    if lang == "en" and number == "1" and "one" in texts:
        return texts["one"]
    return texts.get(lang) or next(iter(texts.values()), "")
