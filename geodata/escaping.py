"""Text from data made harmless before it enters HTML, a spreadsheet or a database."""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path

# Spreadsheets run a cell that begins with one of these; a tab or line break hides the sign only.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Controls that reorder the text around them; a name never needs them.
_BIDI_CONTROLS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


# A folder from the root on, as it stands in a sentence: no address, and no fraction.
_FOLDERS = re.compile(r"(?<![\w.:/\\<])(?:[A-Za-z]:[\\/]|/)(?:[^\s/\\“”\"'，。；：<>|]+[/\\])+")


def plain_text(value: object, limit: int = 200) -> str:
    """Return a value as one line of text without control characters, cut to `limit` characters."""
    line = str(value)
    # Nearly all texts are printable; such a text has no control of any kind.
    if not line.isprintable():
        line = _without_controls(line)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def capped(text: str, longest: int) -> str:
    """Return a text of at most `longest` characters, and of a longer one the beginning and a mark.

    Text from outside goes through this before any work is done on it. The mark is U+FFFD, which is
    in no name, so that the beginning of a long text is not taken for a short one.
    """
    return text if len(text) <= longest else text[:longest] + "\ufffd"


def storable(text: str) -> str:
    """Return text that every database takes as it is: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")


def _without_controls(line: str) -> str:
    line = line.translate(_BIDI_CONTROLS)
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in line)


def html_text(value: object, limit: int = 200) -> str:
    """Return a value as text that any HTML pane, title, tooltip or attribute shows literally."""
    return html.escape(plain_text(value, limit), quote=True)


def cell_text(value: str) -> str:
    """Return text that no spreadsheet runs as a formula; numbers written as text stay numbers."""
    if not value.startswith(_FORMULA_STARTS):
        return value
    try:
        float(value)
    except ValueError:
        return "'" + value
    return value


def without_folders(sentence: str, folder: Path) -> str:
    """Return a sentence for a page, where files are named without the folders of this machine.

    What lies in `folder` is named from there on, anything else by its last part.
    """
    for home in dict.fromkeys((str(folder), str(folder.absolute()), str(folder.resolve()))):
        if len(home) > 1:
            sentence = re.sub(re.escape(home) + r"[/\\]?", "", sentence)
    return _FOLDERS.sub("", sentence)
