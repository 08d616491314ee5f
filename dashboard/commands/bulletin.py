"""``guatu bulletin``: a bulletin by week, month, quarter or year, where there is anything new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.commands import stated_day, viewer_of
from dashboard.texts import text
from geodata.escaping import plain_text

if TYPE_CHECKING:
    from dashboard.answers.source import Source
    from dashboard.briefing.bulletin.issuing import IssueOutcome


@click.command(help=text("bulletin.help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option(
    "--period",
    "kind",
    required=True,
    type=click.Choice(["week", "month", "quarter", "year"]),
    help=text("bulletin.period"),
)
@click.option("--on", "day", help=text("bulletin.day"))
@click.option("--place", default="", help=text("bulletin.place"))
@click.option("--every-township", "every", is_flag=True, help=text("bulletin.every"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=text("bulletin.out"))
@click.option("--as", "account", help=text("show.as"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("briefing_command.lang"))
def command(
    workspace: str,
    kind: str,
    day: str | None,
    place: str,
    every: bool,
    out: Path | None,
    account: str | None,
    lang: str | None,
) -> None:
    """Issue what is new; raises GuatuError for a day, place or folder that is none."""
    from dashboard.answers.source import county_source
    from dashboard.briefing.bulletin.content import FOLDER
    from dashboard.briefing.bulletin.issuing import issue, issue_all
    from geodata.errors import StoreError
    from geodata.i18n import default_language
    from geodata.workspace import open_workspace

    lang = lang or default_language()
    on = stated_day(day, lang)
    county = open_workspace(workspace)
    folder = county.setup.config.folder
    if not county.months:
        raise StoreError("workspace.not_built", month="-", known="—", folder=folder)
    guard, actor = viewer_of(folder, account)
    source = county_source(
        county, actor, by=actor.name, smallest=guard.limits.small_count, guard=guard
    )
    to = out or folder / FOLDER
    if every:
        outcomes = list(issue_all(source, guard, kind, on, out=to, lang=lang))
    else:
        chosen = source.place_of(place or None)
        outcomes = [issue(source, guard, kind, on, place=chosen, out=to, lang=lang)]
    for one in outcomes:
        _tell(one, source, lang)
    if every:
        made = sum(one.bulletin is not None for one in outcomes)
        click.echo(text("bulletin.made", lang, count=made, none=len(outcomes) - made))


def _tell(one: IssueOutcome, source: Source, lang: str) -> None:
    """Say which number was issued and where it lies, or that nothing is new."""
    name = plain_text(source.atlas.name(one.place), 40)
    if one.bulletin is None and one.last is not None:
        told = {"place": name, "last": one.last.day, "number": one.last.number}
        click.echo(text("bulletin.nothing_new", lang, **told))
    if one.bulletin is None:
        return
    for file in one.files:
        told = {"place": name, "number": one.bulletin.number, "file": file}
        click.echo(text("bulletin.done", lang, **told))
