"""Which encoding the texts of a file really have: labels are evidence, the bytes decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geodata.boundaries.decoding import CODECS, canonical
from geodata.boundaries.plausibility import plausibility
from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError

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
    ranked = sorted(scores, key=lambda name: (-scores[name] - _bonus(name, stated), name))
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


def _bonus(name: str, stated: dict[str, Label]) -> float:
    return _LABEL_BONUS if name in stated else 0.0
