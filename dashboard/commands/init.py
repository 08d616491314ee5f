"""``guatu init``: make a workspace."""

from __future__ import annotations

import click

from dashboard.texts import text


@click.command(help=text("workspace.init_help"))
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--code", default="", help=text("workspace.init_code"))
@click.option("--name", default="", help=text("workspace.init_name"))
def command(folder: str, code: str, name: str) -> None:
    """Make the folders and the settings of a workspace."""
    from geodata.config import make_workspace

    made = make_workspace(folder, code=code, name=name)
    click.echo(text("workspace.init_done", folder=made))
