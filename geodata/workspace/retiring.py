"""What is kept longer than its time: found by dated parameters, and removed with a record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from geodata.access import Actor, AuditEntry, AuditTrail
from geodata.errors import StoreError
from geodata.periods import shift_month
from geodata.store.retired import retire_tables
from geodata.workspace.building import stale_months
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import keep_sums

RAW, REPLACED, ROWS, BRIEFINGS, LOG = KINDS = ("raw", "replaced", "rows", "briefings", "log")
PERIODS: Mapping[str, str] = {
    RAW: "retention.raw",
    REPLACED: "retention.replaced",
    ROWS: "retention.rows",
    BRIEFINGS: "retention.briefings",
    LOG: "retention.log",
}
# In a folder of delivered files that were removed: that they are absent is no fault.
MARK = ".retired"
_ABOUT_PEOPLE = "household_code"
# Without its households nothing of a month can be listed.
_HOUSEHOLDS = "household"


@dataclass(frozen=True)
class Due:
    """What of one kind is kept longer than its time: a month, a snapshot, a file or records to a day.

    `tables` are those of a snapshot whose rows go; `count` files, tables or records.
    """

    kind: str
    name: str
    count: int
    tables: tuple[str, ...] = ()


def due_items(setup: Setup, trail: AuditTrail, now: datetime) -> tuple[Due, ...]:
    """Return what is kept longer than the parameters of `PERIODS` in force now say, oldest first.

    A table has a period of its own where there is a parameter `retention.rows.TABLE`; a register
    (`lasting`) is in force and has none.
    """
    parts = (_raw, _replaced, _rows, _briefings)
    found = [one for part in parts for one in part(setup, now.date())]
    return (*found, *_log(setup, trail, now))


def retire(
    setup: Setup, due: tuple[Due, ...], *, actor: Actor, trail: AuditTrail, keep_from: datetime
) -> None:
    """Remove what is due for good; each is on record before it goes.

    Figures of months whose rows go stay as they are and are not computed again. Raises StoreError
    when such a month is not built as it should be: its figures would be lost. `keep_from` is the
    first moment of which the law wants records.
    """
    _check_figures(setup, due)
    at = trail.clock().astimezone(UTC).isoformat(timespec="seconds")
    for one in due:
        detail = {"kind": one.kind, "count": one.count, "tables": list(one.tables)}
        trail.record(
            AuditEntry.by(actor, "retire", subject=one.name, outcome="done", detail=detail)
        )
        if one.kind == RAW:
            folder = setup.config.raw / one.name
            shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
            (folder / MARK).touch()
        elif one.kind == BRIEFINGS:
            (setup.config.folder / "briefings" / one.name).unlink(missing_ok=True)
        elif one.kind == LOG:
            before = datetime.combine(date.fromisoformat(one.name), datetime.min.time(), UTC)
            archive = setup.config.folder / "audit" / f"put-away-{one.name}.jsonl"
            trail.put_away(min(before, keep_from), archive, keep_from=keep_from, actor=actor.name)
            archive.chmod(0o600)
        else:
            retire_tables(setup.config.store, {one.name: one.tables}, who=actor.name, at=at)
            if one.kind == ROWS and _HOUSEHOLDS in one.tables:
                keep_sums(setup.config.store, one.name[:7])
    tell_servers(setup)


def tell_servers(setup: Setup) -> None:
    """Let running servers open the workspace anew: they look whether the map was written."""
    for file in (setup.config.folder / "atlas").glob("atlas.json"):
        file.touch()


def _check_figures(setup: Setup, due: tuple[Due, ...]) -> None:
    going = {one.name for one in due if one.kind == ROWS}
    stale = {*stale_months(setup)}
    for month in setup.store.months():
        used = {one for each in setup.snapshots(month).values() for one in each}
        if month in stale and used & going:
            raise StoreError("workspace.retire_unbuilt", month=month)


def _first_kept(setup: Setup, key: str, today: date) -> str:
    """Return the first month that is still kept; that of the beginning where no period is set."""
    value = setup.policy.at(key, setup.config.county.code, today).value
    if not isinstance(value, (int, float)):
        return ""
    return shift_month(f"{today:%Y-%m}", -int(value))


def _raw(setup: Setup, today: date) -> Iterator[Due]:
    first = _first_kept(setup, PERIODS[RAW], today)
    # What was never imported is nowhere else.
    for month in (one for one in setup.store.months() if one < first):
        folder = setup.config.raw / month
        files = [one for one in folder.rglob("*") if one.is_file() and one.name != MARK]
        if files:
            yield Due(RAW, month, len(files))


def _replaced(setup: Setup, today: date) -> Iterator[Due]:
    first = _first_kept(setup, PERIODS[REPLACED], today)
    shown = {entry.snapshot for entry in setup.store.history.current.values()}
    followed = {entry.month: entry.at for entry in setup.store.history.current.values()}
    for snapshot, entry in setup.store.history.snapshots.items():
        if snapshot not in shown and followed[entry.month][:7] < first:
            tables = _kept_tables(setup, snapshot)
            if tables:
                yield Due(REPLACED, snapshot, len(tables), tables)


def _rows(setup: Setup, today: date) -> Iterator[Due]:
    firsts: dict[str, str] = {}
    for month, entry in setup.store.history.current.items():
        for name in (kept := _kept_tables(setup, entry.snapshot)):
            if name not in firsts:
                firsts[name] = _first_kept(setup, _period_of(setup, name), today)
        tables = tuple(n for n in kept if _about_people(setup, n) and month < firsts[n])
        if tables:
            yield Due(ROWS, entry.snapshot, len(tables), tables)


def _kept_tables(setup: Setup, snapshot: str) -> tuple[str, ...]:
    gone = setup.store.retired(snapshot)
    names = {one.table for one in setup.store.manifest(snapshot).files}
    return tuple(sorted(names - gone))


def _period_of(setup: Setup, table: str) -> str:
    own = f"{PERIODS[ROWS]}.{table}"
    return own if own in setup.policy.parameters else PERIODS[ROWS]


def _about_people(setup: Setup, name: str) -> bool:
    """Return whether a table tells of households; what a row that was set aside said is among it."""
    table = setup.tables.get(name)
    return table is None or (_ABOUT_PEOPLE in table.columns and not table.lasting)


def _briefings(setup: Setup, today: date) -> Iterator[Due]:
    first = _first_kept(setup, PERIODS[BRIEFINGS], today)
    folder = setup.config.folder / "briefings"
    for file in sorted(folder.glob("*")):
        if not file.name.startswith(".") and file.is_file() and _month_of(file) < first:
            yield Due(BRIEFINGS, file.name, 1)


def _month_of(file: Path) -> str:
    return f"{datetime.fromtimestamp(file.stat().st_mtime, UTC):%Y-%m}"


def _log(setup: Setup, trail: AuditTrail, now: datetime) -> Iterator[Due]:
    first = _first_kept(setup, PERIODS[LOG], now.date())
    if first:
        before = datetime.fromisoformat(f"{first}-01").replace(tzinfo=UTC)
        records = len(trail.records(until=before))
        if records:
            yield Due(LOG, f"{first}-01", records)
