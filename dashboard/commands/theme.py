"""``guatu theme``: which themes a workspace has, and whether a theme holds together."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands import tell_faults
from dashboard.texts import text


@click.group(help=text("theme.help"))
def command() -> None:
    """Hold the subcommands together."""


@command.command("list", help=text("theme.list_help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
def list_themes(workspace: str) -> None:
    """Print each theme with what it brings and where it lies, then those that were left out."""
    from geodata.i18n import default_language
    from geodata.themes import themes_around

    registry = themes_around(workspace)
    for theme in registry.themes:
        counts = {"rules": len(theme.rules), "indicators": len(theme.indicators)}
        title = theme.title[default_language()]
        click.echo(text("theme.line", key=theme.key, title=title, folder=theme.folder, **counts))
    tell_faults(registry)


@command.command("check", help=text("theme.check_help"))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Read the theme of a folder and answer its cases and examples; exit 1 when anything is wrong."""
    from dashboard.charts import chart_kinds
    from geodata.themes import check_theme
    from geodata.themes.answers import wrong_answers

    theme, faults = check_theme(folder, chart_kinds())
    said = [fault.sentence() for fault in faults]
    if theme is not None:
        said += wrong_answers(theme)
    for sentence in said:
        click.echo(sentence)
    if theme is None or said:
        click.echo(text("theme.faults", count=len(said)))
        raise click.exceptions.Exit(1)
    counts = {"rules": len(theme.rules), "indicators": len(theme.indicators)}
    click.echo(text("theme.holds", key=theme.key, tables=len(theme.tables), **counts))
