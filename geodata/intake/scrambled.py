"""Texts that were read in a wrong code page and saved so, and what they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

# In what Chinese texts are written, and as what programs take them by mistake.
_WRITTEN, _TAKEN = ("utf-8", "gb18030"), ("latin-1", "cp1252", "gb18030", "big5")


def unscrambled(texts: Sequence[str]) -> Iterator[list[str]]:
    """Give what texts may have been before they were read in a wrong code page.

    Signs that were lost on the way are left out, as their neighbours may be.
    """
    for written, taken in product(_WRITTEN, _TAKEN):
        read = [_back(text, written, taken) for text in texts]
        if written != taken and read != list(texts):
            yield read


def _back(text: str, written: str, taken: str) -> str:
    raw = text.lstrip("\ufeff").encode(taken, "ignore")
    return raw.decode(written, "ignore").lstrip("\ufeff")
