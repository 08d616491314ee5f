"""Which encoding the texts of a file really have: labels are evidence, the bytes decide."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError

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
            codec = codecs.lookup(guess)
        except (LookupError, ValueError):
            continue
        # Transforms such as base64 are codecs too, but not of text.
        if getattr(codec, "_is_text_encoding", True):
            return codec.name
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
        total = sum(_alphabetic(joined, match.start()) for match in _BEYOND_ASCII.finditer(joined))
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


# Byte 29 of a DBF header (language driver) -> what it stands for; 0x01, 0x03 and 0x57 are written
# by default by many programs and say nothing.
LANGUAGE_BYTES = {
    0x02: "cp850", 0x08: "cp865", 0x13: "shift_jis", 0x26: "cp866", 0x4D: "gb18030",
    0x4E: "euc-kr", 0x4F: "big5", 0x50: "cp874", 0x64: "cp852", 0x65: "cp866", 0x6A: "cp737",
    0x78: "big5", 0x79: "euc-kr", 0x7A: "gb18030", 0x7B: "shift_jis", 0x7C: "cp874",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
# A label is believed over the text unless another encoding reads clearly better.
_LABEL_BONUS = 0.2
_CLEAR_LEAD = 0.2


@dataclass(frozen=True)
class Label:
    """An encoding that a file states: by `source` (cpg, language_byte) and the `text` it holds."""

    source: str
    text: str


@dataclass(frozen=True)
class EncodingChoice:
    """The encoding chosen, whether the evidence leaves no doubt, and why it was chosen."""

    name: str
    certain: bool
    reason: Remark
    remarks: tuple[Remark, ...] = ()


def choose_encoding(
    texts: Sequence[bytes], *, labels: Sequence[Label] = (), wanted: str | None = None
) -> EncodingChoice:
    """Return the encoding of some raw texts, from what the file states and what reads plausibly.

    `wanted` is the user's own statement and is followed. Raises BoundaryError when it is unknown or
    is UTF-16, which a DBF cannot hold.
    """
    if wanted is not None:
        return EncodingChoice(_wanted(wanted), True, Remark("boundaries.encoding_given"))
    stated, remarks = _stated(labels)
    high = sorted({text for text in texts if not text.isascii()})
    if not high:
        name = next(iter(stated), "utf-8")
        return EncodingChoice(name, True, Remark("boundaries.encoding_ascii"), remarks)
    scores = {name: plausibility(high, name) for name in dict.fromkeys([*CODECS, *stated])}
    ranked = sorted(
        scores, key=lambda name: (-scores[name] - _LABEL_BONUS * (name in stated), name)
    )
    return _verdict(ranked, scores, stated, remarks)


def _verdict(
    ranked: list[str],
    scores: dict[str, float],
    stated: dict[str, Label],
    remarks: tuple[Remark, ...],
) -> EncodingChoice:
    best, second = ranked[:2]
    values = {"encoding": best, "score": round(scores[best], 2), "other": second}
    values["other_score"] = round(max(scores[second], 0.0), 2)
    lead = scores[best] - scores[second]
    refuted = tuple(
        Remark("boundaries.encoding_label_wrong", {"label": label.text, "encoding": best})
        for name, label in stated.items()
        if name != best
    )
    if best in stated:
        values["label"] = stated[best].text
        reason = Remark(f"boundaries.encoding_{stated[best].source}", values)
        return EncodingChoice(best, scores[best] > 0.5, reason, remarks + refuted)
    key = "utf8" if best == "utf-8" else "evidence"
    certain = scores[best] > 0.5 and lead >= _CLEAR_LEAD
    return EncodingChoice(
        best, certain, Remark(f"boundaries.encoding_{key}", values), remarks + refuted
    )


def _wanted(wanted: str) -> str:
    name = canonical(wanted)
    if name is None:
        raise BoundaryError("boundaries.unknown_encoding", encoding=wanted)
    if name.startswith(("utf-16", "utf-32")):
        raise BoundaryError("boundaries.encoding_utf16", encoding=wanted)
    return name


def _stated(labels: Sequence[Label]) -> tuple[dict[str, Label], tuple[Remark, ...]]:
    stated: dict[str, Label] = {}
    remarks = []
    for label in labels:
        name = canonical(label.text)
        if name is None:
            remarks.append(Remark("boundaries.encoding_label_unknown", {"label": label.text}))
        else:
            stated.setdefault(name, label)
    return stated, tuple(remarks)


_STRING = re.compile(rb'"([^"]{1,400})"')


@contextmanager
def json_as_utf8(file: Path, encoding: str | None) -> Iterator[tuple[Path, EncodingChoice | None]]:
    """Give the file itself and None when it is UTF-8, else a rewritten copy and its encoding.

    The copy lives only inside the block.
    """
    raw = file.read_bytes()
    if encoding is None and _is_utf8(raw):
        yield file, None
        return
    choice = choose_encoding(_STRING.findall(raw), wanted=encoding)
    if encoding is None:
        choice = replace(choice, reason=Remark("boundaries.encoding_json", choice.reason.values))
    with TemporaryDirectory(prefix="guatu-") as folder:
        copy = Path(folder) / file.name
        copy.write_text(decode(raw, choice.name), encoding="utf-8")
        yield copy, choice


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
