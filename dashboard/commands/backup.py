"""``guatu backup``: a workspace in one file, while it is served."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.texts import text

_file = click.Path(dir_okay=False, path_type=Path)


@click.command(help=text("backup.help"))
@click.argument("file", type=_file)
@click.argument(
    "workspace", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--keys", type=_file, help=text("backup.keys"))
def command(file: Path, workspace: Path, keys: Path | None) -> None:
    """Write a workspace, and its keys apart, into files."""
    from geodata.config import find_workspace
    from geodata.workspace.backup import write_backup

    backup = write_backup(find_workspace(workspace), file, keys=keys)
    click.echo(text("backup.done", file=file, files=backup.files, seq=backup.seq))
    click.echo(text("backup.keys_in" if keys else "backup.keys_missing", file=keys or ""))
