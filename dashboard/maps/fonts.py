"""The typeface of drawn maps: the first installed one that has Chinese, and which one that is."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matplotlib import font_manager

from geodata.errors import BriefingError

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
# Characters that only a face with Chinese has: radicals, punctuation, ideographs, full-width forms.
_CHINESE = re.compile("[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\uffef\U00020000-\U0003ffff]")
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

    def check(self, words: str) -> str:
        """Return the words; raises BriefingError where they are Chinese and no family has that."""
        if not self.has_chinese and _CHINESE.search(words):
            raise BriefingError("briefing.no_font", families="、".join(self.missing[:3]))
        return words


def typeface(wanted: Sequence[str] = FAMILIES) -> Typeface:
    """Return the families to draw with; when the first is missing, the log names the one used.

    Files installed after the drawing library made its list of fonts, also since this process
    began, are found.
    """
    if wanted[0] not in _installed():
        _add_new_files()
    installed = _installed()
    usable = tuple(name for name in wanted if name in installed)
    missing = tuple(wanted[: wanted.index(usable[0])] if usable else wanted)
    if missing:
        _say(missing, usable[0] if usable else _ALWAYS)
    return Typeface((*usable[:3], _ALWAYS), missing)


def _installed() -> set[str]:
    """Return the families of the library's list whose files are still there."""
    files: dict[str, set[str]] = {}
    for font in font_manager.fontManager.ttflist:
        files.setdefault(font.fname, set()).add(font.name)
    return {name for file, names in files.items() if Path(file).exists() for name in names}


def _add_new_files() -> None:
    """Put the fonts of this computer that the library's list does not hold into it.

    The library writes its list once into a cache of the user and never looks at the disk again.
    """
    held = {font.fname for font in font_manager.fontManager.ttflist}
    for file in sorted(set(font_manager.findSystemFonts()) - held):
        try:
            font_manager.fontManager.addfont(file)
        except (OSError, RuntimeError, ValueError) as problem:
            _LOG.info("font %s cannot be used: %s", file, problem)


@cache
def _say(missing: tuple[str, ...], used: str) -> None:
    _LOG.warning("map typeface: %s not installed, drawn with %s", ", ".join(missing), used)
