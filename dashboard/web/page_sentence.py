"""What a page says of an error: its sentence, in which files have names and no places on the disk."""

from __future__ import annotations

import copy
import re

from geodata.errors import GuatuError
from geodata.i18n import Key

_PART = r"[^\s\\/\"“”'‘’，。；：:,;()（）]"
_KINDS = "parquet|json|sqlite|csv|xlsx?|toml|ya?ml|gpkg|shp|geojson|html|pdf|pptx"
# A place from the root of a disk, or a file below some folder.
_PATH = re.compile(
    rf"(?<![\w./\\])(?:[A-Za-z]:)?[\\/](?:{_PART}+[\\/])+({_PART}+)[\\/]?"
    rf"|(?:{_PART}+[\\/])+({_PART}+\.(?:{_KINDS}))\b"
)
# A value that is a place as a whole may hold spaces.
_WHOLE = re.compile(r"(?:[A-Za-z]:)?[\\/](?:.*[\\/])([^\\/]+)[\\/]?")


def page_sentence(error: GuatuError, lang: str | None = None) -> str:
    """Return the sentence of an error as a page shows it: who looks at one is not told where files lie."""
    told = copy.copy(error)
    told.values = {
        # A key is a text of ours, and is found under its own name.
        name: _without_place(value)
        if isinstance(value, str) and not isinstance(value, Key)
        else value
        for name, value in error.values.items()
    }
    return _PATH.sub(_name, told.sentence(lang))


def _without_place(value: str) -> str:
    whole = _WHOLE.fullmatch(value)
    return whole[1] if whole else _PATH.sub(_name, value)


def _name(path: re.Match[str]) -> str:
    return path[1] or path[2]
