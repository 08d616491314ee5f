"""``guatu snapshots``: list, show, verify and restore what was imported."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dashboard.texts import text

if TYPE_CHECKING:
    from geodata.store import SnapshotStore


_workspace = click.option("--workspace", default=".", help=text("workspace.snapshots_workspace"))


def _store(workspace: str) -> SnapshotStore:
    from geodata.config import read_config
    from geodata.store import SnapshotStore

    return SnapshotStore(read_config(workspace).store)


@click.group(help=text("workspace.snapshots_help"))
def command() -> None:
    """Hold the commands about snapshots together."""


@command.command("list", help=text("workspace.snapshots_list_help"))
@click.argument("folder", required=False)
@_workspace
def list_snapshots(folder: str | None, workspace: str) -> None:
    """Print one line for each snapshot, the one a month shows marked."""
    store = _store(folder or workspace)
    if not store.history.snapshots:
        click.echo(text("workspace.snapshots_none"))
        return
    shown = {entry.snapshot for entry in store.history.current.values()}
    for snapshot in sorted(store.history.snapshots):
        manifest = store.manifest(snapshot)
        rows = manifest.rows()
        key = "snapshots_line_shown" if snapshot in shown else "snapshots_line"
        click.echo(
            text(
                f"workspace.{key}",
                snapshot=snapshot,
                who=manifest.who,
                at=manifest.at,
                households=rows.get("household", 0),
                persons=rows.get("person", 0),
                issues=rows.get("issue", 0),
            )
        )


@command.command("show", help=text("workspace.snapshots_show_help"))
@click.argument("snapshot")
@_workspace
def show(snapshot: str, workspace: str) -> None:
    """Print the tables, files and findings of one snapshot."""
    from geodata.themes import themes_around

    known = themes_around(workspace).tables
    store = _store(workspace)
    manifest = store.manifest(snapshot)
    click.echo(
        text(
            "workspace.snapshots_made",
            snapshot=snapshot,
            month=manifest.month,
            who=manifest.who,
            at=manifest.at,
        )
    )
    for name, count in manifest.rows().items():
        title = known[name].label() if name in known else name
        click.echo(text("workspace.snapshots_table", table=title, rows=count))
    for source in manifest.sources:
        click.echo(
            text(
                "workspace.import_source",
                file=f"{source.file} [{source.sheet}]" if source.sheet else source.file,
                rows=source.rows,
                stored=source.stored,
                aside=source.set_aside,
            )
        )
    counts = {
        name: manifest.facts.get("severities", {}).get(name, 0)
        for name in ("error", "warning", "notice")
    }
    click.echo(text("workspace.import_issues", **counts))


@command.command("verify", help=text("workspace.snapshots_verify_help"))
@click.argument("snapshot", required=False)
@_workspace
def verify(snapshot: str | None, workspace: str) -> None:
    """Compare files with their manifests; exit code 1 when something does not match."""
    from geodata.config import read_config
    from geodata.workspace.verifying import made_faults, raw_faults

    config = read_config(workspace)
    store = _store(workspace)
    wanted = [snapshot] if snapshot else sorted(store.history.snapshots)
    faults = [fault for name in wanted for fault in store.verify(name)]
    for fault in faults:
        what = text(f"store.{fault.kind}")
        click.echo(
            text("workspace.snapshots_fault", snapshot=fault.snapshot, file=fault.file, what=what)
        )
    made = [] if snapshot else made_faults(config.folder, store)
    for name in made:
        click.echo(text("workspace.snapshots_made_damaged", file=name))
    for month, file in [] if snapshot else raw_faults(config, store):
        click.echo(text("workspace.snapshots_raw_changed", month=month, file=file))
    if faults or made:
        sys.exit(1)
    click.echo(text("workspace.snapshots_whole", count=len(wanted)))


@command.command("restore", help=text("workspace.snapshots_restore_help"))
@click.argument("snapshot")
@click.option("--who", default=None, help=text("workspace.import_who"))
@_workspace
def restore(snapshot: str, who: str | None, workspace: str) -> None:
    """Let the snapshot's month show it again."""
    import datetime
    import getpass

    at = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    store = _store(workspace).restore(snapshot, who=who or getpass.getuser(), at=at)
    month = store.history.snapshots[snapshot].month
    click.echo(text("workspace.snapshots_restored", month=month, snapshot=snapshot))


@command.command("encrypt", help=text("workspace.snapshots_encrypt_help"))
@_workspace
def encrypt(workspace: str) -> None:
    """Write the numbers of people in all snapshots anew as the settings want them."""
    from geodata.access import AuditEntry, command_actor, open_trail
    from geodata.store.encryption import seals_of
    from geodata.workspace import open_workspace
    from geodata.workspace.erasing import seal_anew

    setup, actor = open_workspace(workspace).setup, command_actor()
    seals, trail = seals_of(setup.config.store), open_trail(setup.config.folder)
    name = seals.keys[0].name if seals.sealing else ""
    trail.record(AuditEntry.by(actor, "encrypt", outcome="done", detail={"key": name}))
    at = trail.clock().astimezone().isoformat(timespec="seconds")
    files = seal_anew(setup, seals, who=actor.name, at=at)
    told = "encrypted" if seals.sealing else "plain"
    click.echo(text(f"workspace.snapshots_{told}", files=files, key=name))
