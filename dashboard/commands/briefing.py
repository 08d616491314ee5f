"""``guatu briefing``: a month as slides, a print or one file, to take out of the building."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dashboard.texts import text


@click.command(help=text("briefing_command.help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--month", help=text("briefing_command.month"))
@click.option("--place", help=text("briefing_command.place"))
@click.option("--each", default="", help=text("briefing_command.each"))
@click.option("--theme", multiple=True, help=text("briefing_command.theme"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("briefing_command.lang"))
@click.option("--public", is_flag=True, help=text("briefing_command.public"))
@click.option(
    "--paper", type=click.Choice(["a4", "a3"]), default="a4", help=text("briefing_command.paper")
)
@click.option("--by", help=text("briefing_command.by"))
@click.option("--at", help=text("briefing_command.at"))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help=text("briefing_command.out")
)
def command(workspace: str, by: str | None, at: str | None, out: Path, **asked) -> None:  # type: ignore[no-untyped-def]
    """Write one briefing."""
    from datetime import datetime

    from tqdm import tqdm

    from dashboard.answers.source import county_source
    from dashboard.briefing import briefing_of
    from dashboard.briefing.briefing_file import check_target, form_of, steps_of, write_briefing
    from geodata.access import command_actor, command_notice, open_guard, system_user
    from geodata.periods import parse_month
    from geodata.workspace import open_workspace

    form_of(out)
    check_target(out)
    county = open_workspace(workspace)
    month = asked.pop("month")
    try:
        month = parse_month(month) if month else None
    except ValueError as error:
        raise click.BadParameter(text("briefing_command.bad_month", why=error)) from None
    if notice := command_notice(county.setup.config.folder, asked["lang"]):
        click.echo(notice, err=True)
    made = at or f"{datetime.now():%Y-%m-%d %H:%M}"
    source = county_source(county, command_actor(), at=made, by=by or system_user())
    themes = asked.pop("theme")
    briefing = briefing_of(source, month=month, themes=themes, **asked)
    trail = open_guard(county.setup.config.folder).trail
    with tqdm(total=steps_of(briefing, out), disable=not sys.stderr.isatty(), unit="") as bar:

        def told(name: str) -> None:
            bar.set_description(name)
            bar.update()

        write_briefing(briefing, out, trail, step=told)
    if briefing.each and not briefing.pages:
        click.echo(text("briefing_command.no_pages"))
    click.echo(text("briefing_command.done", file=out, pages=bar.total))
