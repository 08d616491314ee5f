"""``guatu audit``: who looked at what, whether the records are whole, and taking them along."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.texts import text

if TYPE_CHECKING:
    from geodata.access import Record, Trail, Verification

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_folder = click.option(
    "--workspace",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help=text("user.workspace_help"),
)


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
        subject=household or "",
    )
    for record in records:
        click.echo(_line(record))
    click.echo(text("audit.shown", shown=len(records), all=trail.count()))


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
    from geodata.access import read_export, verify_records

    if exported is not None:
        records = list(read_export(exported))
        base = (records[0].seq - 1, records[0].previous) if records else None
        found = verify_records(records, noted=noted, **({"base": base} if base else {}))
    else:
        found = _trail(workspace).verify(noted=noted)
    _say(found)
    if not found.whole:
        sys.exit(1)


@command.command("export", help=text("audit.export_help"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_folder
def export(file: Path, workspace: Path) -> None:
    """Write every record to a file and check what was written; the export itself is recorded."""
    from geodata.access import Entry, command_actor

    trail = _trail(workspace)
    trail.record(Entry(command_actor().name, "audit_export", detail={"file": file.name}))
    if file.suffix == ".csv":
        found = trail.verify()
        _write_csv(trail.records(), file)
    else:
        found = trail.export(file)
    click.echo(text("audit.exported", file=file, count=found.records))
    _say(found)


def _trail(folder: Path) -> Trail:
    from geodata.access import Database, Trail, database_of
    from geodata.errors import AccessError

    database = database_of(folder)
    if isinstance(database, Path) and not database.is_file():
        raise AccessError("access.no_audit", folder=str(folder))
    return Trail(Database(database))


def _say(found: Verification) -> None:
    span = {"count": found.records, "first": found.first, "last": found.last}
    click.echo(text("audit.whole" if found.whole else "audit.broken", **span))
    for fault in found.faults[:20]:
        click.echo("  " + text(f"audit.fault_{fault.kind}", seq=fault.seq))
    if len(found.faults) > 20:
        click.echo("  " + text("audit.more_faults", count=len(found.faults) - 20))
    click.echo(text("audit.head", head=found.head))


def _write_csv(records: list[Record], file: Path) -> None:
    import csv
    from dataclasses import asdict

    from geodata.escaping import cell_text

    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        rows = csv.writer(lines)
        names = ["seq", "at", "actor", "role", "act", "place", "subject", "outcome", "reason"]
        rows.writerow([text(f"audit.column_{name}") for name in names])
        for record in records:
            values = asdict(record) | _titles(record)
            rows.writerow([cell_text(str(values[name])) for name in names])


def _titles(record: Record) -> dict[str, str]:
    """Return role, act and outcome in words; one that no catalogue knows stays as it is."""
    from dashboard.texts import CATALOGUE

    keys = {name: f"access.{name}_{getattr(record, name)}" for name in ("role", "act", "outcome")}
    return {
        name: text(key) if key in CATALOGUE else str(getattr(record, name))
        for name, key in keys.items()
    }


def _line(record: Record) -> str:
    from geodata.escaping import plain_text

    at = datetime.datetime.fromisoformat(record.at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    titles = _titles(record)
    parts = [f"{record.seq:>6}", at, record.actor, titles["role"], titles["act"]]
    parts += [record.place, record.subject, titles["outcome"], record.reason]
    return "  ".join(plain_text(part) for part in parts if part)
