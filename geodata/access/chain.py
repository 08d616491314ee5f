"""Records of the audit and the chain of hashes that shows every change made to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from geodata.access.scope import Actor

START = "0" * 64


@dataclass(frozen=True)
class Entry:
    """What happened: who did which act where, to which household, why, and how it ended.

    `subject` is a household or account by its code, never a person's name or number. `outcome`
    is allowed, refused, done or failed. `detail` holds plain values only. `session` and `address`
    say from where it was done.
    """

    actor: str
    act: str
    role: str = ""
    place: str = ""
    subject: str = ""
    reason: str = ""
    outcome: str = "allowed"
    detail: Mapping[str, object] = field(default_factory=dict)
    session: str = ""
    address: str = ""

    @classmethod
    def by(
        cls,
        actor: Actor,
        act: str,
        *,
        place: str = "",
        subject: str = "",
        reason: str = "",
        outcome: str = "allowed",
        detail: Mapping[str, object] | None = None,
    ) -> Self:
        """Return the entry of an actor, with role, session and address."""
        return cls(
            actor.name,
            act,
            actor.role,
            place,
            subject,
            reason,
            outcome,
            detail or {},
            actor.session,
            actor.address,
        )


@dataclass(frozen=True)
class Record:
    """One entry in the chain: its number, time (UTC, ISO 8601), and the two hashes."""

    seq: int
    at: str
    actor: str
    role: str
    act: str
    place: str
    subject: str
    outcome: str
    reason: str
    detail: str
    previous: str
    hash: str
    session: str = ""
    address: str = ""

    def computed(self) -> str:
        """Return the hash that the content of this record has."""
        content = [getattr(self, name) for name in CONTENT]
        # Records from before these were kept have neither, and keep their hash.
        content += [self.session, self.address] if self.session or self.address else []
        line = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()


_BESIDE = ("hash", "session", "address")
CONTENT = tuple(name for name in Record.__dataclass_fields__ if name not in _BESIDE)


def detail_text(detail: Mapping[str, object]) -> str:
    """Return a detail as JSON, always in the same order."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Fault:
    """One break of the chain: at which record, and whether it is edited, missing or moved."""

    seq: int
    kind: str


@dataclass(frozen=True)
class Verification:
    """What a check of the chain found; `head` is the last hash, to be noted elsewhere."""

    records: int
    first: int
    last: int
    head: str
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Return whether nothing was edited, removed or moved."""
        return not self.faults


def verify_records(
    records: Iterable[Record],
    *,
    base: tuple[int, str] = (0, START),
    head: tuple[int, str] | None = None,
    noted: str | None = None,
) -> Verification:
    """Walk the chain from `base` (number and hash of the record before the first) to `head`.

    Faults: edited (the content does not give the hash), missing (a number is left out), moved
    (the hash before is another), tail (the chain ends before or after its head), unknown_head (a
    hash noted earlier is not in the chain any more).
    """
    faults: list[Fault] = []
    seen = noted in (None, base[1])
    (last, expected), count = base, 0
    for record in records:
        count += 1
        if record.seq != last + 1:
            faults.append(Fault(last + 1, "missing"))
        elif record.previous != expected:
            faults.append(Fault(record.seq, "moved"))
        if record.computed() != record.hash:
            faults.append(Fault(record.seq, "edited"))
        last, expected = record.seq, record.hash
        seen = seen or record.hash == noted
    if head is not None and head != (last, expected):
        faults.append(Fault(max(last, head[0]), "tail"))
    if not seen:
        faults.append(Fault(last, "unknown_head"))
    return Verification(count, base[0] + 1, last, expected, tuple(faults))
