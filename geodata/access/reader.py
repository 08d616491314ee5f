"""The one door to rows about people: scope, then read, then mask, then the audit, then they leave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pandas as pd

from geodata.access.audit import AuditTrail
from geodata.access.chain import AuditEntry
from geodata.access.limits import AccessLimits
from geodata.access.masking import HIDDEN, UNKNOWN, Privacy, mask_frame
from geodata.access.request import HOUSEHOLD_KEYS, Keys, ReadRows, Request
from geodata.access.scope import Actor
from geodata.access.shown import Shown
from geodata.access.unmask import Unmasking
from geodata.errors import AccessError, ScopeError


@dataclass(frozen=True)
class Rows:
    """What an actor may see: the frame, the masked columns and how, and the audit's number.

    `foreign` counts rows that the store gave although they lie outside; they are not in `frame`.
    """

    frame: pd.DataFrame
    masked: Mapping[str, str]
    record: int
    foreign: int = 0
    watermark: str = ""


@dataclass(frozen=True)
class Door:
    """What every reader of one workspace shares."""

    # Only a Reader calls it, after the scope was asked and the audit written.
    _read: ReadRows = field(repr=False)
    trail: AuditTrail
    unmasking: Unmasking
    limits: AccessLimits
    privacy: Mapping[str, Mapping[str, Privacy]] = field(default_factory=dict)
    keys: Keys = HOUSEHOLD_KEYS


# Classes whose values are a person's own: one that is known already tells nothing more.
NUMBERS = ("identity", "account")


class Reader:
    """Everything one actor reads of households passes here; nothing else may open the store."""

    def __init__(self, actor: Actor, door: Door) -> None:
        self.actor = actor
        self._door = door

    def rows(self, request: Request, *, reason: str = "", leaving: bool = False) -> Rows:
        """Return a page of rows within the actor's places, masked; `reason` stands in the audit.

        `leaving` they stand in a file beside rows that were exported, and are masked as those are.
        """
        role = self.actor.scope.role
        sees = role.exports if leaving else role.sees
        frame, foreign = self._own(request, "rows", sees)
        masked, masks = self._masked(frame, request, sees)
        record = self._trail(request, "rows", reason=reason, showing=masked)
        return Rows(masked, masks, record, foreign)

    def count(self, request: Request) -> int:
        """Return how many rows of a request lie within the actor's places, of all its pages.

        A number of the actor's own places is no row: only what is refused is recorded.
        """
        starts = self._check(request, "rows")
        asked = replace(request, columns=(), order=(), offset=0, limit=None, counting=True)
        asked = replace(asked, table=self._summed(request.table, self.actor.scope.role.sees))
        return int(self._door._read(asked, starts)["rows"].iloc[0])

    def card(
        self,
        tables: Sequence[str],
        *,
        household: str,
        place: str,
        now: datetime,
        leaving: bool = False,
    ) -> dict[str, Rows]:
        """Return the rows of one household in several tables; readable when the glass was broken.

        `leaving` they go into a file and are masked as any export, whatever the glass.
        """
        if not household or not place:
            raise ValueError("a card needs its household and its place")
        role, unmasking = self.actor.scope.role, self._door.unmasking
        sees = role.exports if leaving else role.sees
        is_open = not leaving and unmasking.is_open(self.actor, household, place=place, now=now)
        whole = Request(",".join(tables), place, household)
        keys, rows = self._door.keys, {}
        for table in tables:
            asked = replace(whole, table=table)
            frame, foreign = self._own(asked, "card", sees)
            # Asked for one household, nothing else may come along.
            frame = frame[frame[keys.household].eq(household).fillna(False).astype(bool)]
            masks: dict[str, str] = {}
            if not is_open:
                frame, masks = self._masked(frame, asked, sees)
            rows[table] = Rows(frame, masks, 0, foreign)
        counts = {"unmasked": is_open, "rows": sum(len(each.frame) for each in rows.values())}
        record = self._trail(whole, "card", detail=counts)
        return {table: replace(each, record=record) for table, each in rows.items()}

    def export(self, request: Request, *, reason: str = "") -> Rows:
        """Return rows for a file that leaves: always masked, recorded by hash before they go.

        `watermark` is the audit's number and the first digits of the content's hash; it goes on
        the file. Formula-safe cells are the writer's part (geodata.escaping).
        """
        refuse_beyond_quota(self.actor, self._door.trail, self._door.limits)
        exports = self.actor.scope.role.exports
        frame, foreign = self._own(request, "export", exports)
        masked, masks = self._masked(frame, request, exports)
        digest = _digest(masked)
        detail = {"sha256": digest}
        record = self._trail(request, "export", reason=reason, detail=detail, showing=masked)
        return Rows(masked, masks, record, foreign, watermark=f"{record}-{digest[:8]}")

    def computed(self, frame: pd.DataFrame, table: str, *, place: str = "") -> Rows:
        """Return rows about households that the engine computed, as the actor may see them.

        `frame` has the columns of `Keys`, its other columns the privacy of `table`; it is scoped,
        masked and recorded like rows that were read.
        """
        request = Request(table, place)
        own, foreign = self._within(frame, self._check(request, "rows"), "rows")
        masked, masks = self._masked(own, request, self.actor.scope.role.sees)
        record = self._trail(request, "rows", showing=masked)
        return Rows(masked, masks, record, foreign)

    def _check(self, request: Request, act: str) -> tuple[str, ...]:
        """Return the prefixes to read within; what is not allowed is recorded and refused."""
        scope = self.actor.scope
        starts = scope.narrowed(request.place, act)
        if not starts:
            verdict = scope.allows(request.place, act)
            self._trail(request, act, outcome="refused")
            raise verdict.error()
        column = self._asks_hidden(request)
        if column:
            self._trail(request, act, outcome="refused")
            raise ScopeError("access.masked_column", column=column)
        if self._names_hidden(request):
            self._trail(request, act, outcome="refused")
            raise ScopeError("access.closed_list")
        return starts

    def _names_hidden(self, request: Request) -> bool:
        """Return whether a table that is asked tells by each of its rows what the actor may not see."""
        sees = self.actor.scope.role.sees | {"open"}
        among = [str(value) for _, comparison, value in request.filters if comparison == "among"]
        for table in (request.table, *(one.partition(":")[0] for one in among)):
            subject = self._privacy(table).get("subject")
            if subject is not None and subject.column_class not in sees:
                return True
        return False

    def _summed(self, table: str, sees: frozenset[str]) -> str:
        """Return the table to read for a list that sums up keys: where some are closed, without those."""
        listed = [known for known in self._privacy(table).values() if known.listed]
        classes = {one for known in listed for one in known.values.values()} - sees
        return without(table, classes) if classes else table

    def _asks_hidden(self, request: Request) -> str | None:
        """Return a column that is masked to the actor although rows are picked or sorted by it.

        Sorting by an identity number, or asking for its beginnings, would read it digit by digit;
        only a whole number that the actor already knows may be looked for, never one of the few
        words of a class. A value that stands for more than the actor may see, such as a rule about
        health, may not be asked for at all.
        """
        known = self._privacy(request.table)
        sees = self.actor.scope.role.sees | {"open"}
        partly = [
            column
            for column, comparison, _ in request.filters
            if comparison != "is" or known.get(column, UNKNOWN).column_class not in NUMBERS
        ]
        for column in (*partly, *(name.removeprefix("-") for name in request.order)):
            if known.get(column, UNKNOWN).column_class not in sees:
                return column
        for column, _, value in request.filters:
            closed = known.get(column, UNKNOWN).closed(sees)
            values = value if isinstance(value, (tuple, list)) else (value,)
            told = next((str(one) for one in values if one in closed), None)
            if told is not None:
                return told
        return None

    def _trail(
        self,
        request: Request,
        act: str,
        *,
        reason: str = "",
        outcome: str = "allowed",
        detail: Mapping[str, object] | None = None,
        showing: pd.DataFrame | None = None,
    ) -> int:
        """Write what was asked and, of a frame, whom it shows; only then may it leave the reader."""
        page: dict[str, object] = {"table": request.table}
        page |= {"from": request.offset, "limit": request.limit, "order": list(request.order)}
        page["by"] = [f"{column} {comparison}" for column, comparison, _ in request.filters]
        filters, shown = (
            self._told(request),
            Shown(self._told(request)) if request.filters else None,
        )
        if showing is not None:
            page["rows"], shown = len(showing), Shown.of(showing, filters)
        entry = AuditEntry.by(
            self.actor,
            act,
            place=request.place or ",".join(self.actor.prefixes),
            subject=request.household,
            reason=reason,
            outcome=outcome,
            detail={**page, **(detail or {})},
        )
        return self._door.trail.record(entry, shown).seq

    def _told(self, request: Request) -> tuple[tuple[str, str, object], ...]:
        """Return the filters as the audit keeps them: no name or number of a person."""
        known = self._privacy(request.table)
        return tuple(
            (column, sign, HIDDEN)
            if known.get(column, UNKNOWN).column_class not in ("open", "restricted")
            else (column, sign, value)
            for column, sign, value in request.filters
        )

    def _own(self, request: Request, act: str, sees: frozenset[str]) -> tuple[pd.DataFrame, int]:
        """Return the rows that lie within the scope, whatever the store gave, and the others' count.

        A read that fails is recorded as well.
        """
        starts = self._check(request, act)
        keys = self._door.keys
        needed = (*request.columns, keys.place, keys.household) if request.columns else ()
        asked = replace(request, columns=tuple(dict.fromkeys(needed)))
        asked = replace(asked, table=self._summed(request.table, sees))
        try:
            read = self._door._read(asked, starts)
        except Exception:
            self._trail(request, act, outcome="failed")
            raise
        return self._within(read, starts, act)

    def _within(
        self, frame: pd.DataFrame, starts: tuple[str, ...], act: str
    ) -> tuple[pd.DataFrame, int]:
        places = frame[self._door.keys.place].astype("str")
        inside = self.actor.scope.filter(places, act)
        inside &= places.str.startswith(starts).fillna(False).astype(bool)
        return frame[inside], int((~inside).sum())

    def _masked(
        self, frame: pd.DataFrame, request: Request, sees: frozenset[str]
    ) -> tuple[pd.DataFrame, dict[str, str]]:
        privacy = self._privacy(request.table)
        return mask_frame(frame, privacy, self._door.limits.patterns, sees=sees | {"open"})

    def _privacy(self, table: str) -> dict[str, Privacy]:
        """Return the privacy of a table's columns; the two keys open, they name no person."""
        keys = self._door.keys
        open_keys = dict.fromkeys((keys.place, keys.household), Privacy("open", ""))
        return {**self._door.privacy.get(table, {}), **open_keys}


def without(table: str, classes: Iterable[str]) -> str:
    """Return the name of a list whose sums leave out the keys of some classes."""
    return "_".join((table, "without", *sorted(classes)))


def refuse_beyond_quota(actor: Actor, trail: AuditTrail, limits: AccessLimits) -> None:
    """Raise AccessError, recorded, when an account has taken out as much as it may in a day."""
    since = trail.clock() - timedelta(days=1)
    if trail.times(actor.name, "export", since) >= limits.exports_per_day:
        trail.record(AuditEntry.by(actor, "export", reason="quota", outcome="refused"))
        raise AccessError("access.export_quota", most=limits.exports_per_day)


def _digest(frame: pd.DataFrame) -> str:
    """Return the hash of a frame's content, the same for the same rows in the same order."""
    text = frame.to_csv(index=False, lineterminator="\n", na_rep="")
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
