"""``guatu restore``: a workspace brought back from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.texts import text


@click.command(help=text("backup.restore_help"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(file: Path, folder: Path) -> None:
    """Bring a workspace back into an empty folder, and say what was made after the backup."""
    from geodata.workspace.backup import lost_minutes, restore_backup

    restored = restore_backup(file, folder)
    told = {"folder": folder, "files": restored.backup.files, "at": restored.backup.at}
    click.echo(text("backup.restored", **told))
    lost = {"lost": restored.lost, "minutes": lost_minutes(restored)}
    click.echo(text("backup.lost" if restored.lost else "backup.nothing_lost", **lost))
