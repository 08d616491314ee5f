"""The typeface of drawn maps: the first installed one that has Chinese, and which one that is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from matplotlib import font_manager

from dashboard.texts import text

# Sans-serif faces with simplified Chinese, in order of preference: the free ones of domestic and
# other Linux systems, then those of Windows and macOS, then what is better than empty boxes.
FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Droid Sans Fallback",
)
# Has Latin letters and digits, and comes with the drawing library.
_ALWAYS = "DejaVu Sans"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Typeface:
    """The families used, the best first, and those that would have been better but are missing."""

    families: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def has_chinese(self) -> bool:
        """Return whether any family has Chinese characters."""
        return self.families != (_ALWAYS,)

    def note(self, lang: str | None = None) -> str:
        """Return what to install where Chinese cannot be drawn; empty when it can."""
        if self.has_chinese:
            return ""
        return text("paper.no_font", lang, families="、".join(FAMILIES[:3]))


@cache
def typeface(wanted: Sequence[str] = FAMILIES) -> Typeface:
    """Return the families to draw with; when the first is missing, the log names the one used."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    found = tuple(name for name in wanted if name in installed)
    used = found[0] if found else _ALWAYS
    missing = tuple(wanted[: wanted.index(found[0])] if found else wanted)
    if missing:
        _LOG.warning("map typeface: %s not installed, drawn with %s", ", ".join(missing), used)
    return Typeface((*found[:3], _ALWAYS), missing)
