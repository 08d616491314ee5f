"""``guatu theme``: which themes a workspace has, what one offers, and whether one holds together."""

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
    from dashboard.charts import chart_kinds
    from geodata.i18n import default_language
    from geodata.themes import themes_around
    from geodata.themes.checking import chart_faults

    registry = themes_around(workspace)
    for theme in registry.themes:
        counts = {"rules": len(theme.rules), "indicators": len(theme.indicators)}
        title = theme.title[default_language()]
        click.echo(text("theme.line", key=theme.key, title=title, folder=theme.folder, **counts))
        # The theme is there all the same: only such a figure is not drawn.
        for fault in chart_faults(theme, chart_kinds()):
            click.echo(fault.sentence(), err=True)
    tell_faults(registry)


@command.command("show", help=text("theme.show_help"))
@click.argument("key")
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
def show(key: str, workspace: str) -> None:
    """Print the features of a theme by subject, its rules and its indicators, as SQL names them."""
    from geodata.errors import ThemeError
    from geodata.i18n import default_language
    from geodata.themes import themes_around

    lang, themes = default_language(), {one.key: one for one in themes_around(workspace).themes}
    if key not in themes:
        raise ThemeError("themes.no_theme", theme=key, known=", ".join(themes))
    theme = themes[key]
    for made in theme.feature_sets:
        click.echo(text("theme.features", name=made.name))
        for name in (one for one in made.columns if one in theme.features):
            feature = theme.features[name]
            unit = f"  [{feature.unit}]" if feature.unit else ""
            click.echo(f"  {name}  {feature.title[lang]}{unit}")
    click.echo(text("theme.rules"))
    for rule in theme.rules:
        click.echo(f"  {rule.key}  {rule.title[lang]}  [{rule.subject}]")
    click.echo(text("theme.indicators"))
    for indicator in theme.indicators:
        click.echo(f"  {indicator.key}  {indicator.title_in(lang)}  [{indicator.unit.key}]")


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
