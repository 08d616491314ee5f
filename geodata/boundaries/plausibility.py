"""How plausible decoded text is: does it use the characters that its script uses every day."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache

from geodata.boundaries.decoding import decode

# A character that cannot be decoded counts against an encoding more than a rare one.
_UNDECODED = -2.0
_RARE_HAN = 0.1
# Japanese without any kana in a whole file is more likely another encoding's Han.
_KANA = re.compile("[\u3041-\u30ff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_KANA_EXPECTED = ("shift_jis", "euc-jp")
_WITHOUT_KANA = 0.7
_PUNCTUATION = set("　、。，：；（）《》〈〉“”‘’·—…！？【】〔〕")


def plausibility(texts: Sequence[bytes], encoding: str) -> float:
    """Return the mean weight of the characters beyond ASCII: 1 everyday, 0 implausible.

    Undecodable characters weigh -2, so a wrong encoding ends below zero.
    """
    joined = "\n".join(decode(text, encoding) for text in texts)
    counts = Counter(character for character in joined if character > "\x7f")
    if not counts:
        return 0.0
    weigh = _SCRIPTS.get(encoding)
    if encoding == "utf-8":
        total = float(sum(counts.values()))
    elif weigh is None:
        total = sum(_alphabetic(joined, found.start()) for found in _BEYOND_ASCII.finditer(joined))
    else:
        total = sum(weigh(character) * count for character, count in counts.items())
    total += counts["\ufffd"] * (_UNDECODED - (1.0 if encoding == "utf-8" else 0.0))
    if encoding in _KANA_EXPECTED and not _KANA.search(joined):
        total *= _WITHOUT_KANA
    return total / counts.total()


@cache
def _chinese_simplified(character: str) -> float:
    if character in _level_1("gb2312", 0xB0, 0xD7) or character in _PUNCTUATION or _wide(character):
        return 1.0
    if character in _level_1("big5", 0xA4, 0xC6):
        return 0.7
    if character in _level_1("gb2312", 0xD8, 0xF7):
        return 0.4
    return _RARE_HAN if _is_han(character) else 0.0


@cache
def _chinese_traditional(character: str) -> float:
    if character in _level_1("big5", 0xA4, 0xC6) or character in _PUNCTUATION or _wide(character):
        return 1.0
    return 0.3 if _is_han(character) else 0.0


@cache
def _japanese(character: str) -> float:
    if "\u3041" <= character <= "\u30ff" or character in _level_1("euc_jp", 0xB0, 0xCF):
        return 0.95
    # Bytes A1-DF alone are half-width katakana: any other encoding's bytes look like them.
    return _RARE_HAN if _is_han(character) else 0.0


@cache
def _korean(character: str) -> float:
    # Hangul and everyday simplified Chinese share their bytes; without a label it is Chinese.
    if "\uac00" <= character <= "\ud7a3":
        return 0.9 if character in _level_1("euc_kr", 0xB0, 0xC8) else 0.3
    return _RARE_HAN


def _alphabetic(text: str, place: int) -> float:
    """Return the weight of a letter of a one-byte alphabet, by the letters next to it."""
    character = text[place]
    if not unicodedata.category(character).startswith("L"):
        return 0.0
    around = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
    if character < "\u0250":
        return 0.9 if any(sign.isascii() and sign.isalpha() for sign in around) else 0.2
    return 0.8


_SCRIPTS = {
    "gb18030": _chinese_simplified,
    "big5": _chinese_traditional,
    "shift_jis": _japanese,
    "euc-jp": _japanese,
    "euc-kr": _korean,
}


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _wide(character: str) -> bool:
    return "\uff10" <= character <= "\uff5a"


@cache
def _level_1(codec: str, first: int, last: int) -> frozenset[str]:
    """Return the characters whose lead byte lies in a range: the everyday part of a charset."""
    pairs = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in range(64, 255))
    return frozenset(pair.decode(codec, "ignore")[:1] for pair in pairs)
