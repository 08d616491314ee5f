"""``guatu template``: the templates that an import recognises."""

from __future__ import annotations

import click

from dashboard.commands import tell_faults
from dashboard.texts import text


@click.command(help=text("workspace.template_help"))
@click.argument("form", type=click.Choice(["xlsx"]), default="xlsx")
@click.option("--table", "tables", multiple=True, help=text("workspace.template_table"))
@click.option("--keys", "keys", is_flag=True, help=text("workspace.template_keys"))
@click.option(
    "--out",
    default="templates",
    type=click.Path(file_okay=False),
    help=text("workspace.template_out"),
)
@click.option("--workspace", default=".", help=text("workspace.template_workspace"))
def command(form: str, tables: tuple[str, ...], keys: bool, out: str, workspace: str) -> None:
    """Write templates into a folder and name them, or list the keys of tables and columns."""
    from pathlib import Path

    from geodata.intake.templates import key_lines, write_templates
    from geodata.themes import themes_around

    registry = themes_around(workspace)
    tell_faults(registry)
    if keys:
        click.echo("\n".join(key_lines(tables or None, schema=registry.schema)))
        return
    files = write_templates(Path(out), tables or None, schema=registry.schema)
    for file in files:
        click.echo(text("workspace.template_done", file=file))
