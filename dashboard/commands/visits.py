"""``guatu visits``: the households to visit as a print, by village and officer, with boxes to tick."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.texts import text

_PAPER = click.Choice(["a4", "a3"])


@click.command(help=text("prints_command.visits_help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--place", required=True, help=text("briefing_command.place"))
@click.option("--month", help=text("briefing_command.month"))
@click.option("--rule", default="", help=text("prints_command.rule"))
@click.option(
    "--unvisited", type=click.IntRange(0, 366), default=0, help=text("prints_command.days")
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("briefing_command.lang"))
@click.option("--paper", type=_PAPER, default="a4", help=text("briefing_command.paper"))
@click.option("--by", help=text("briefing_command.by"))
@click.option("--at", help=text("briefing_command.at"))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help=text("briefing_command.out")
)
def command(workspace: str, unvisited: int, out: Path, **asked: str | None) -> None:
    """Write the list of a place."""
    from dashboard.briefing.household_prints import open_prints, write_print
    from geodata.access import command_notice

    prints = open_prints(workspace, out, **asked)  # type: ignore[arg-type]
    if notice := command_notice(prints.guard.folder, asked["lang"]):
        click.echo(notice, err=True)
    write_print(out, prints.visits(unvisited=unvisited))
    click.echo(text("prints_command.done", asked["lang"], file=out))
