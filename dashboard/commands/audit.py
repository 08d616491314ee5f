"""``guatu audit``: who looked at what, whether the records are whole, and taking them along."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.texts import text
from geodata.escaping import plain_text

if TYPE_CHECKING:
    from geodata.access import AuditTrail, Record, Verification

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_folder = click.option(
    "--workspace",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help=text("user.workspace_help"),
)
_name = click.argument("name")


def _month(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        if len(value) == 7 and datetime.date.fromisoformat(f"{value}-01"):
            return value
    except ValueError:
        pass
    raise click.BadParameter(text("audit.bad_month", value=plain_text(value, 40)))


@click.group(help=text("audit.help"))
def command() -> None:
    """Hold the subcommands together."""


@command.command("show", help=text("audit.show_help"))
@click.option("--since", type=_DAY, help=text("audit.since_help"))
@click.option("--last", type=click.IntRange(1), default=50, help=text("audit.last_help"))
@click.option("--actor", help=text("audit.actor_help"))
@click.option("--household", help=text("audit.household_help"))
@_folder
def show(
    since: datetime.datetime | None,
    last: int,
    actor: str | None,
    household: str | None,
    workspace: Path,
) -> None:
    """Print records, oldest first."""
    trail = _trail(workspace)
    records = trail.records(
        since=since.astimezone() if since else None,
        newest=last,
        actor=actor or "",
        showing=household or "",
    )
    _print(trail, records)
    click.echo(text("audit.shown", shown=len(records), all=trail.count()))


@command.command("who", help=text("audit.who_help"))
@click.argument("code")
@_folder
def who(code: str, workspace: Path) -> None:
    """Print every record that showed a household or person, oldest first; asking is recorded."""
    trail = _trail(workspace)
    _asked(trail, subject=code)
    records = trail.records(showing=code)
    seen = [record for record in records if record.act != "audit"]
    _print(trail, seen)
    accounts = len({record.actor for record in seen})
    click.echo(text("audit.who_count", code=code, count=len(seen), accounts=accounts))


@command.command("account", help=text("audit.account_help"))
@_name
@click.option("--month", required=True, callback=_month, help=text("audit.month_help"))
@click.option("--households", is_flag=True, help=text("audit.households_help"))
@_folder
def account(name: str, month: str, households: bool, workspace: Path) -> None:
    """Print what an account did and saw in a month; asking is recorded."""
    from dashboard.content.audit_words import codes_shown
    from geodata.periods import shift_month

    trail = _trail(workspace)
    _asked(trail, subject=name)
    first, after = (
        datetime.datetime.fromisoformat(f"{one}-01").astimezone()
        for one in (month, shift_month(month, 1))
    )
    records = trail.records(since=first, until=after, actor=name)
    shown = trail.shown(records)
    _print(trail, records)
    codes = codes_shown(records, shown)
    if households:
        for code, count in codes.items():
            click.echo(f"  {plain_text(code, 64)}  {count}")
    counts = {"count": len(records), "households": len(codes)}
    click.echo(text("audit.account_count", name=name, month=month, **counts))


@command.command("verify", help=text("audit.verify_help"))
@click.option("--noted", help=text("audit.noted_help"))
@click.option(
    "--file",
    "exported",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=text("audit.file_help"),
)
@_folder
def verify(noted: str | None, exported: Path | None, workspace: Path) -> None:
    """Check the chain; leaves with exit code 1 when it is broken."""
    from geodata.access import audit_ring, guard_of_accounts, read_export, verify_records
    from geodata.access.chain import START

    altered: list[str] = []
    if exported is not None:
        records = list(read_export(exported))
        base = (records[0].seq - 1, records[0].previous) if records else (0, START)
        keys = audit_ring(workspace).keys
        verification = verify_records(records, noted=noted, base=base, keys=keys)
    else:
        trail = _trail(workspace)
        verification = trail.verify(noted=noted)
        if verification.whole:
            trail.note_head()
        guard = guard_of_accounts(workspace)
        altered = [] if guard is None else guard.accounts.altered()
    _say(verification)
    for name in altered:
        click.echo("  " + text("audit.account_altered", name=name))
    if altered or not verification.whole:
        sys.exit(1)


@command.command("export", help=text("audit.export_help"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_folder
def export(file: Path, workspace: Path) -> None:
    """Write every record to a file and check what was written; the export itself is recorded."""
    from geodata.access import AuditEntry, command_actor

    trail = _trail(workspace)
    trail.record(AuditEntry.by(command_actor(), "audit_export", detail={"file": file.name}))
    if file.suffix == ".csv":
        verification = trail.verify()
        _write_csv(trail, file)
    else:
        verification = trail.export(file)
    click.echo(text("audit.exported", file=file, count=verification.records))
    _say(verification)


def _trail(folder: Path) -> AuditTrail:
    from geodata.access import open_trail

    return open_trail(folder, made=True)


def _say(verification: Verification) -> None:
    span = {"count": verification.records, "first": verification.first, "last": verification.last}
    click.echo(text("audit.whole" if verification.whole else "audit.broken", **span))
    for fault in verification.faults[:20]:
        click.echo("  " + text(f"audit.fault_{fault.kind}", seq=fault.seq))
    if len(verification.faults) > 20:
        click.echo("  " + text("audit.more_faults", count=len(verification.faults) - 20))
    for remark in verification.remarks[:20]:
        click.echo("  " + text(f"audit.remark_{remark.kind}", seq=remark.seq))
    click.echo(text("audit.head", head=verification.head))


def _write_csv(trail: AuditTrail, file: Path) -> None:
    import csv

    from dashboard.content.audit_words import COLUMNS, record_cells
    from geodata.escaping import cell_text

    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow([text(f"audit.column_{name}") for name in COLUMNS])
        records = trail.records()
        shown = trail.shown(records)
        for record in records:
            cells = record_cells(record, None, shown.get(record.seq)) | {"at": record.at}
            rows.writerow([cell_text(cells[name]) for name in COLUMNS])


def _print(trail: AuditTrail, records: list[Record]) -> None:
    from dashboard.content.audit_words import record_cells

    shown = trail.shown(records)
    for record in records:
        cells = record_cells(record, None, shown.get(record.seq))
        parts = [f"{record.seq:>6}", *list(cells.values())[1:]]
        click.echo("  ".join(part for part in parts if part))


def _asked(trail: AuditTrail, *, subject: str) -> None:
    """Record that somebody looked into the audit, and for what."""
    from geodata.access import AuditEntry, command_actor

    trail.record(AuditEntry.by(command_actor(), "audit", subject=subject))
