"""An address taken apart: what is absent or unknown to the atlas becomes the default."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from geodata.atlas import Atlas
from geodata.i18n import LANGUAGES, default_language
from geodata.theme import Theme

# What of a state is in the address, and in which order; nothing of it is personal.
ADDRESS = (
    "view",
    "theme",
    "place",
    "indicator",
    "period",
    "level",
    "classes",
    "compare",
    "compared",
    "ranked",
    "side",
    "rule",
    "point",
    "site",
    "zone",
    "seed",
    "numbers",
    "limits",
    "spotlight",
    "presenting",
    "lang",
    "dark",
)
# What is left out of the address because it is how a page opens anyway.
DEFAULTS = {"view": "map", "side": "ranking", "compared": "change", "seed": "1"}
# Larger numbers than this are no seed and no count of households.
MOST = 999_999_999
_LONGEST_CODE = 40
_NUMBERS = re.compile(r"(\d{0,9},){3}(\d{0,9}(\.\d{1,4})?)")


class Asked:
    """The words of one address over one atlas and its themes."""

    def __init__(self, query: str, atlas: Atlas, themes: Mapping[str, Theme]) -> None:
        self._words = {key: found[-1] for key, found in parse_qs(query.lstrip("?")).items()}
        self._atlas, self._themes = atlas, themes

    @property
    def is_bare(self) -> bool:
        """Return whether the address says nothing of what to show."""
        return not set(self._words) - {"lang", "dark"}

    def one_of(self, name: str, known, default):  # type: ignore[no-untyped-def]
        """Return the word when it is known, else the default."""
        found = self._words.get(name)
        return found if found in known else default

    def flag(self, name: str) -> bool:
        """Return whether a flag is set."""
        return self._words.get(name) == "1"

    def code(self, name: str) -> str:
        """Return a code of letters and digits; anything else is left out."""
        found = self._words.get(name, "")
        return found if is_code_text(found) else ""

    def point(self, theme: str) -> str:
        """Return ``table:code`` of a kind of points that the theme has, else the empty text."""
        table, _, code = self._words.get("point", "").partition(":")
        kinds = self._themes[theme].points if theme in self._themes else ()
        known = any(kind.table == table for kind in kinds)
        return f"{table}:{code}" if known and is_code_text(code) else ""

    def period(self, indicator: str) -> str:
        """Return the period asked for, else the last of the indicator."""
        periods = self._atlas.periods_of(indicator)
        return self.one_of("period", periods, periods[-1] if periods else "")

    def rule(self) -> str:
        """Return the key of a rule of any theme, else the empty text."""
        return self.one_of("rule", {r.key for one in self._themes.values() for r in one.rules}, "")

    def whole(self, name: str, default: int) -> int:
        """Return a whole number of at most nine digits, else the default."""
        found = self._words.get(name, "")
        short = found.isascii() and found.isdigit() and len(found) <= len(str(MOST))
        return int(found) if short else default

    def numbers(self) -> str:
        """Return the numbers of a sample, any of them left out; else the empty text."""
        found = self._words.get("numbers", "")
        return found if _NUMBERS.fullmatch(found) else ""

    def day(self, name: str) -> str:
        """Return a day as ISO text; anything else is left out."""
        try:
            return datetime.date.fromisoformat(self._words.get(name, "")).isoformat()
        except ValueError:
            return ""

    def lang(self) -> str:
        """Return the language asked for, else the one of the program."""
        return self.one_of("lang", LANGUAGES, default_language())


def is_code_text(found: str) -> bool:
    """Return whether a text could be the code of a site, zone or works."""
    plain = found.replace("-", "").replace("_", "")
    return plain.isascii() and plain.isalnum() and len(found) <= _LONGEST_CODE
