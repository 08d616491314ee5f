"""``guatu erase``: what is held about one household or person, listed or taken from them."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.texts import text


@click.command(help=text("erase.help"))
@click.argument("household")
@click.option("--person", default="", help=text("erase.person"))
@click.option(
    "--workspace",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help=text("user.workspace_help"),
)
@click.option("--remove", is_flag=True, help=text("erase.remove"))
def command(household: str, person: str, workspace: Path, remove: bool) -> None:
    """Print how many rows of each table are held; with `remove` they name nobody afterwards."""
    from geodata.access import AuditEntry, command_actor
    from geodata.config import find_workspace
    from geodata.workspace import open_workspace
    from geodata.workspace.erasing import erase, held_about

    county = open_workspace(find_workspace(workspace))
    actor, guard, tables = command_actor(), county.guard, county.setup.tables
    held = held_about(county.setup, guard, household, person)
    guard.trail.record(AuditEntry.by(actor, "audit", subject=household, detail={"held": True}))
    for one in held.rows:
        title = tables[one.table].label() if one.table in tables else one.table
        click.echo(text("erase.rows", snapshot=one.snapshot, table=title, rows=one.rows))
    click.echo(text("erase.entries", count=held.entries))
    if held.raw:
        click.echo(text("erase.raw", months=", ".join(held.raw)))
    if not remove:
        click.echo(text("erase.not_yet"))
        return
    alias = erase(county.setup, guard, household, person, actor=actor)
    click.echo(text("erase.done", alias=alias))
