"""``guatu layouts``: by which layouts a workspace recognises the files of an import."""

from __future__ import annotations

import click

from dashboard.commands import tell_faults
from dashboard.texts import text


@click.command(help=text("layouts.help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
def command(workspace: str) -> None:
    """Print each layout with the headers it needs, then those that were left out and why."""
    from geodata.i18n import default_language, listed, parted
    from geodata.intake.layouts import upstream_layouts
    from geodata.themes import themes_around

    registry, lang = themes_around(workspace), default_language()
    for layout in (*upstream_layouts(), *registry.schema.more):
        needed = parted(" | ".join(group) for group in layout.marks)
        tables = listed(table.name for table in layout.tables)
        told = {"name": layout.name, "title": layout.title[lang], "tables": tables}
        click.echo(text("layouts.line", marks=needed, **told))
    click.echo(text("layouts.templates", count=len(registry.tables)))
    tell_faults(registry)
