"""Administrative division codes of 2, 4, 6, 9 or 12 digits (GB/T 2260 and GB/T 10114)."""

from __future__ import annotations

LEVELS = ("province", "city", "county", "township", "village")
WIDTHS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
_LEVEL_OF_WIDTH = {width: level for level, width in WIDTHS.items()}

# No division has a code beginning with 99, so an invented county can be told from a real one.
INVENTED_PREFIX = "99"


def is_code(text: str) -> bool:
    """Return whether the text is a whole division code: digits only and one of the five widths."""
    return text.isascii() and text.isdigit() and len(text) in _LEVEL_OF_WIDTH


def level_of(code: str) -> str:
    """Return the level of a code, one of LEVELS; raises ValueError when it is not a whole code."""
    if not is_code(code):
        raise ValueError(f"code {code!r} does not have 2, 4, 6, 9 or 12 digits")
    return _LEVEL_OF_WIDTH[len(code)]


def at_level(code: str, level: str) -> str:
    """Return the part of a code that names its place at a level above it or its own."""
    width = WIDTHS[level]
    if len(code) < width:
        raise ValueError(f"code {code!r} lies above the level {level}")
    return code[:width]
