"""``guatu due``: what is due as of a day, as text or as JSON for scripts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dashboard.commands import stated_day, viewer_of
from dashboard.texts import text
from geodata.escaping import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboard.answers.due_items import DueDay

_COLOURED = ("red", "yellow", "blue")


@click.command(help=text("due.help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--on", "day", help=text("due.day"))
@click.option("--place", default="", help=text("due.place"))
@click.option("--kind", "kinds", multiple=True, help=text("due.kind"))
@click.option("--all", "every", is_flag=True, help=text("due.all"))
@click.option("--json", "as_json", is_flag=True, help=text("show.json"))
@click.option("--as", "account", help=text("show.as"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("briefing_command.lang"))
def command(
    workspace: str,
    day: str | None,
    place: str,
    kinds: tuple[str, ...],
    every: bool,
    as_json: bool,
    account: str | None,
    lang: str | None,
) -> None:
    """Print what is due; raises GuatuError for a day, place or kind that is none."""
    from dashboard.answers.due_items import due_of, kinds_of_due
    from geodata.i18n import default_language
    from geodata.workspace import open_workspace

    lang = lang or default_language()
    on = stated_day(day, lang)
    county = open_workspace(workspace)
    _refuse_unknown(kinds, tuple(kinds_of_due(county, lang)), lang)
    guard, actor = viewer_of(county.setup.config.folder, account)
    due = due_of(county, actor, guard, on, place=place, lang=lang, kinds=kinds or None)
    if as_json:
        told = [asdict(one) for one in due.items]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        click.echo("\n".join(_lines(due, lang, every=every)))


def _refuse_unknown(kinds: tuple[str, ...], known: tuple[str, ...], lang: str) -> None:
    for kind in kinds:
        if kind not in known:
            told = {"value": plain_text(kind, 40), "known": "、".join(known)}
            raise click.BadParameter(text("due.bad_kind", lang, **told), param_hint="--kind")


def _lines(due: DueDay, lang: str, *, every: bool) -> Iterator[str]:
    """Give a line for the day, one a kind, and one for each thing that has a colour."""
    colours = [one.colour for one in due.items]
    counts = {name: colours.count(name) for name in _COLOURED}
    yield text("due.title", lang, day=due.day, month=due.month, **counts)
    if not due.items:
        yield text("due.nothing", lang)
    for kind, title in due.titles.items():
        own = due.counts(kind)
        if own:
            told = {name: own[name] for name in _COLOURED}
            told |= {"count": own.total(), "rest": own.total() - sum(told.values())}
            yield text("due.line", lang, title=title, **told)
    for one in due.items:
        if every or one.colour in _COLOURED:
            yield f"{text(f'due.mark_{one.colour}', lang)} {one.sentence}" + (
                text("due.owner", lang, owner=one.owner) if one.owner else ""
            )
