"""``guatu flows``: how the monitored households of a place came to be as many as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dashboard.texts import text

if TYPE_CHECKING:
    from geodata.workspace import Workspace

_TERMS = (
    *("before", "new", "returned", "delivered_again", "renamed_in", "corrected_in"),
    *("removed", "not_delivered", "renamed_out", "corrected_out", "after"),
)


@click.command(help=text("flows.help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--place", default="", help=text("flows.place"))
@click.option("--month", help=text("flows.month"))
@click.option("--term", type=click.Choice(_TERMS), help=text("flows.term"))
@click.option("--category", default="", help=text("flows.category"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("briefing_command.lang"))
def command(
    workspace: str, place: str, month: str | None, term: str | None, category: str, lang: str | None
) -> None:
    """Print every term by category, or the households of one term, masked and on record."""
    from geodata.errors import StoreError
    from geodata.workspace import open_workspace

    county = open_workspace(workspace)
    if not county.months:
        folder = county.setup.config.folder
        raise StoreError("workspace.not_built", month="-", known="—", folder=folder)
    month = month or county.months[-1]
    if term is None:
        _print_terms(county, place, month, lang)
    else:
        _print_households(county, place, month, term=term, category=category, lang=lang)


def _print_terms(county: Workspace, place: str, month: str, lang: str | None) -> None:
    flows = county.flows(place, month=month)
    if flows is None:
        click.echo(text("flows.no_month_before", lang, month=month))
        return
    code = place or county.setup.config.county.code
    click.echo(text("flows.title", lang, month=month, place=code))
    for name, row in flows.iterrows():
        counts = {term: int(row[term]) for term in _TERMS}
        click.echo("  " + text("flows.line", lang, category=_category(str(name), lang), **counts))


def _print_households(
    county: Workspace, place: str, month: str, *, term: str, category: str, lang: str | None
) -> None:
    from geodata.access import command_notice
    from geodata.escaping import plain_text

    if notice := command_notice(county.setup.config.folder, lang):
        click.echo(notice, err=True)
    rows = county.flow_households(term, place, category=category, month=month)
    if rows is None:
        click.echo(text("flows.no_month_before", lang, month=month))
        return
    for row in rows.itertuples():
        cause = text(f"flows.cause_{row.cause}", lang) if isinstance(row.cause, str) else ""
        parts = (row.household_code, row.place_code, _category(str(row.category), lang), cause)
        click.echo("  " + "  ".join(plain_text(str(part), 60) for part in parts if part))
    click.echo(text("flows.households", lang, count=len(rows)))


def _category(name: str, lang: str | None) -> str:
    from geodata.i18n import default_language
    from geodata.tables import enumeration

    if not name:
        return text("flows.all", lang)
    return enumeration("monitored_category").label(name, lang or default_language())
