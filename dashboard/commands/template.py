"""``guatu template``: the templates that an import recognises."""

from __future__ import annotations

import click

from dashboard.texts import text


@click.command(help=text("workspace.template_help"))
@click.argument("form", type=click.Choice(["xlsx"]), default="xlsx")
@click.option("--table", "tables", multiple=True, help=text("workspace.template_table"))
@click.option(
    "--out",
    default="templates",
    type=click.Path(file_okay=False),
    help=text("workspace.template_out"),
)
def command(form: str, tables: tuple[str, ...], out: str) -> None:
    """Write templates into a folder and name them."""
    from pathlib import Path

    from geodata.sources.templates import write_templates

    files = write_templates(Path(out), tables or None)
    for file in files:
        click.echo(text("workspace.template_done", file=file))
