"""Records of the audit and the chain of hashes that shows every change made to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from geodata.access.keyring import SealKey
from geodata.access.scope import Actor

START = "0" * 64
# Seconds by which the clocks of two servers of one database may differ.
_CLOCKS_DIFFER = 2


@dataclass(frozen=True)
class AuditEntry:
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

    def computed(self, key: SealKey | None) -> str:
        """Return the hash that a key makes of this record; without one, that of before there were keys."""
        content = [getattr(self, name) for name in CONTENT]
        # Records from before these were kept have neither, and keep their hash.
        content += [self.session, self.address] if self.session or self.address else []
        line = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        if key is not None:
            return key.seal(line)
        return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()


_BESIDE = ("hash", "session", "address")
CONTENT = tuple(name for name in Record.__dataclass_fields__ if name not in _BESIDE)


def detail_text(detail: Mapping[str, object]) -> str:
    """Return a detail as JSON, always in the same order."""
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class ChainFault:
    """One break of the chain, or what else is to be remarked: at which record, and its kind."""

    seq: int
    kind: str


@dataclass(frozen=True)
class Verification:
    """What a check of the chain found; `head` is the last hash, to be noted elsewhere.

    `remarks` break nothing, but somebody should look; `keyed` counts records that a key sealed.
    """

    records: int
    first: int
    last: int
    head: str
    faults: tuple[ChainFault, ...]
    remarks: tuple[ChainFault, ...] = ()
    keyed: int = 0

    @property
    def whole(self) -> bool:
        """Return whether nothing was edited, removed or moved."""
        return not self.faults


def head_text(head: tuple[int, str], base: tuple[int, str], key: str) -> str:
    """Return what is sealed of the end of a chain, the record that it goes on from, and the key's name."""
    return json.dumps([*head, *base, key])


def verify_records(
    records: Iterable[Record],
    *,
    keys: tuple[SealKey, ...],
    base: tuple[int, str] = (0, START),
    head: tuple[int, str] | None = None,
    noted: str | None = None,
    notes: Iterable[tuple[int, str]] = (),
) -> Verification:
    """Walk the chain from `base` (number and hash of the record before the first) to `head`.

    Faults: edited (no key makes this hash of the content), missing (a number is left out), moved
    (the hash before is another), tail (the chain ends before or after its head), unknown_head (a
    record that was noted elsewhere is not there as it was). Records without a key are whole only
    before the first with one. Remarks: clock (a record is earlier than the one before), unkeyed.
    """
    faults: list[ChainFault] = []
    remarks: list[ChainFault] = []
    wanted = {seq: hashed for seq, hashed in notes if seq >= base[0]}
    noted_seen = noted in (None, base[1])
    (last, expected), count, keyed, before = base, 0, 0, ""
    if base[0] in wanted and wanted.pop(base[0]) != base[1]:
        faults.append(ChainFault(base[0], "unknown_head"))
    for record in records:
        count += 1
        if record.seq != last + 1:
            faults.append(ChainFault(last + 1, "missing"))
        elif record.previous != expected:
            faults.append(ChainFault(record.seq, "moved"))
        if any(record.computed(key) == record.hash for key in keys):
            keyed += 1
        elif keyed or record.computed(None) != record.hash:
            faults.append(ChainFault(record.seq, "edited"))
        if _is_earlier(record.at, before):
            remarks.append(ChainFault(record.seq, "clock"))
        last, expected, before = record.seq, record.hash, record.at
        if wanted.pop(record.seq, record.hash) != record.hash:
            faults.append(ChainFault(record.seq, "unknown_head"))
        noted_seen = noted_seen or record.hash == noted
    if head is not None and head != (last, expected):
        faults.append(ChainFault(max(last, head[0]), "tail"))
    faults += [ChainFault(seq, "unknown_head") for seq in sorted(wanted)]
    if not noted_seen:
        faults.append(ChainFault(last, "unknown_head"))
    if keyed < count:
        remarks.append(ChainFault(last, "unkeyed"))
    end = (count, base[0] + 1, last, expected)
    return Verification(*end, tuple(faults), tuple(remarks), keyed)


def _is_earlier(at: str, before: str) -> bool:
    """Return whether a record is earlier than the one before, by more than clocks differ."""
    try:
        moments = [datetime.fromisoformat(each) for each in (at, before)]
        return (moments[1] - moments[0]).total_seconds() > _CLOCKS_DIFFER
    except (ValueError, TypeError):
        return False  # the first, or one that was edited
