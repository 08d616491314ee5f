"""``guatu card``: one household's card on one sheet of A4."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.texts import text


@click.command(help=text("prints_command.card_help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option(
    "--household",
    prompt=text("prints_command.household_asked"),
    help=text("prints_command.household"),
)
@click.option("--place", help=text("prints_command.place"))
@click.option("--month", help=text("briefing_command.month"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("briefing_command.lang"))
@click.option("--by", help=text("briefing_command.by"))
@click.option("--at", help=text("briefing_command.at"))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help=text("briefing_command.out")
)
def command(workspace: str, household: str, out: Path, **asked: str | None) -> None:
    """Write the card of a household; its code may not stand in the file's name."""
    from dashboard.briefing.household_prints import open_prints, write_print
    from geodata.access import command_notice
    from geodata.errors import BriefingError

    if household and household in out.name:
        raise BriefingError("briefing.code_in_name")
    prints = open_prints(workspace, out, **asked)  # type: ignore[arg-type]
    if notice := command_notice(prints.guard.folder, asked["lang"]):
        click.echo(notice, err=True)
    write_print(out, prints.card(household))
    click.echo(text("prints_command.done", asked["lang"], file=out))
