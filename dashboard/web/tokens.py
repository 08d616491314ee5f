"""The values of `tokens.css` as Python reads them: one file says how page and charts look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("tokens.css")
_BLOCK = re.compile(r"^([^{}/]+)\{([^}]*)\}", re.MULTILINE)
_VALUE = re.compile(r"--([a-z0-9-]+):\s*([^;]+);")
_DARK = ".dark"


@cache
def tokens_css() -> str:
    """Return the style sheet, for what puts it around others."""
    return FILE.read_text(encoding="utf-8")


@cache
def tokens(look: str = "light") -> Mapping[str, str]:
    """Return the values of a look, light or dark, by name; what the dark leaves is as in the light."""
    values: dict[str, str] = {}
    for names, block in _BLOCK.findall(tokens_css()):
        selectors = [name.strip() for name in names.split(",")]
        if ":root" in selectors or (look == "dark" and _DARK in selectors):
            values |= dict(_VALUE.findall(block))
    return values
