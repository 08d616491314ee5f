"""Bytes to text: the names of encodings, and decoding that keeps what cannot be read visible."""

from __future__ import annotations

import codecs
import re

# Name shown -> Python codec. GBK and GB2312 are read as their superset GB18030, Big5 as CP950.
CODECS = {
    "utf-8": "utf-8",
    "gb18030": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "windows-1252": "cp1252",
}
# What is written in .cpg files and options, without signs -> name.
_ALIASES = {
    **dict.fromkeys(("utf8", "65001", "utf8sig", "cp65001"), "utf-8"),
    **dict.fromkeys(("gbk", "gb2312", "936", "cp936", "ansi936", "oem936", "gb18030"), "gb18030"),
    **dict.fromkeys(("54936", "euccn", "hzgb2312", "chinesesimplified"), "gb18030"),
    **dict.fromkeys(("big5", "950", "cp950", "ansi950", "oem950", "big5hkscs"), "big5"),
    **dict.fromkeys(("932", "cp932", "sjis", "shiftjis", "ansi932"), "shift_jis"),
    **dict.fromkeys(("949", "cp949", "euckr", "ksc56011987", "ansi949"), "euc-kr"),
    **dict.fromkeys(("eucjp", "51932"), "euc-jp"),
    **dict.fromkeys(("koi8r", "20866"), "koi8-r"),
    **dict.fromkeys(("1252", "iso88591", "88591", "latin1", "ansi1252"), "windows-1252"),
}


def codec_of(name: str) -> str:
    """Return the Python codec of an encoding's name; raises LookupError for an unknown one."""
    return CODECS[name] if name in CODECS else codecs.lookup(name).name


def canonical(label: str) -> str | None:
    """Return the name used here for an encoding as files and people write it, None if unknown."""
    plain = re.sub(r"[^0-9a-z]", "", label.lower())
    if plain in _ALIASES:
        return _ALIASES[plain]
    for guess in (label.strip(), plain, f"cp{plain}", re.sub("^win(dows)?", "cp", plain)):
        try:
            found = codecs.lookup(guess)
        except (LookupError, ValueError):
            continue
        # Transforms such as base64 are codecs too, but not of text.
        if getattr(found, "_is_text_encoding", True):
            return found.name
    return None


def decode(raw: bytes, encoding: str) -> str:
    """Return the text of some bytes; each character that has no meaning becomes one U+FFFD.

    An undefined two-byte character is replaced as a whole, so that the characters after it stay
    readable.
    """
    codec = codec_of(encoding)
    parts, rest = [], raw
    while rest:
        try:
            parts.append(rest.decode(codec))
            break
        except UnicodeDecodeError as error:
            parts.append(rest[: error.start].decode(codec))
            parts.append("\ufffd")
            rest = rest[error.start + _undefined_width(rest, error, codec) :]
    return "".join(parts)


def _undefined_width(raw: bytes, error: UnicodeDecodeError, codec: str) -> int:
    if codec not in ("cp950", "gb18030", "cp932", "cp949", "euc_jp"):
        return max(1, error.end - error.start)
    pair = raw[error.start : error.start + 2]
    return 2 if len(pair) == 2 and pair[0] >= 0x81 and pair[1] >= 0x40 and pair[1] != 0x7F else 1
