"""Names of places made comparable: width, variants of characters, suffixes, damaged signs."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_IGNORED = re.compile(
    r"[\s\u200b-\u200f\u2060\ufeff()（）\[\]【】〔〕<>《》·・•,，.。、;；:：'’‘\"“”`\-‐-―_/|*]+"
)
_BRACKETED = re.compile(r"[\[【〔(（](?:已撤销|已撤|撤销|新设|原)[^\]】〕)）]*[\]】〕)）]")
# One sign that is missing or broken: replacement, private use, blank box, a question mark within.
_BROKEN = re.compile(r"[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff□■〓?]+")
BROKEN = "\ufffd"

# Endings of village names by the kind of place they mean; longer ones first.
_VILLAGE_ENDINGS = (
    ("community", ("社区居民委员会", "社区居委会", "居民委员会", "社区委员会", "居委会", "社区")),
    ("village", ("行政村村委会", "村民委员会", "村委员会", "村委会", "行政村", "嘎查村", "村")),
    ("gacha", ("嘎查委员会", "嘎查")),
    ("li", ("里办公处", "里")),
    ("village", ("village",)),
)
_UPPER_ENDINGS = (
    ("street", ("街道办事处", "街道办", "办事处", "街道")),
    ("town", ("镇人民政府", "镇")),
    ("township", ("乡人民政府", "民族乡", "乡")),
    ("sumu", ("苏木",)),
    ("county", ("自治县", "自治旗", "县", "旗")),
    ("city", ("市",)),
    ("district", ("区",)),
    ("province", ("自治区", "省")),
)


@cache
def _converter() -> object:
    """Return the converter from traditional to simplified characters."""
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=200_000)
def clean_name(name: str) -> str:
    """Return a name in one form: half width, simplified, lower case, no spaces or punctuation.

    A sign that cannot be read becomes U+FFFD, so that only its place is kept.
    """
    line = unicodedata.normalize("NFKC", _BRACKETED.sub("", name))
    line = _BROKEN.sub(BROKEN, _IGNORED.sub("", line))
    if line.isascii():
        return line.casefold()
    return _converter().convert(line).casefold()


def split_ending(clean: str, *, lowest: bool) -> tuple[str, str]:
    """Return the stem of a cleaned name and the kind of its ending ("" without one).

    `lowest` takes the endings of villages, else those of townships and above. A stem is never
    empty: 村 alone stays 村.
    """
    for kind, endings in _VILLAGE_ENDINGS if lowest else _UPPER_ENDINGS:
        for ending in endings:
            if clean.endswith(ending) and len(clean) > len(ending):
                return clean[: -len(ending)], kind
    return clean, ""


def is_damaged(clean: str) -> bool:
    """Return whether a cleaned name holds a sign that cannot be read."""
    return BROKEN in clean
