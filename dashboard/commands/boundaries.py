"""``guatu boundaries``: what a boundary file holds, how it was read and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dashboard.texts import text


@click.command("boundaries", help=text("boundaries_command.help"))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--encoding", help=text("boundaries_command.encoding"))
@click.option("--crs", help=text("boundaries_command.crs"))
@click.option("--datum", help=text("boundaries_command.datum"))
@click.option("--layer", help=text("boundaries_command.layer"))
@click.option("--code", help=text("boundaries_command.code"))
@click.option("--names", default="", help=text("boundaries_command.names"))
@click.option("--json", "as_json", is_flag=True, help=text("boundaries_command.json"))
def command(path: Path, code: str | None, names: str, as_json: bool, **options: str | None) -> None:
    """Print what was read, as lines for people or as one JSON object."""
    from geodata.boundaries.read import read_boundaries
    from geodata.boundaries.summary import summarise

    boundaries = read_boundaries(path, **options)
    columns = [name.strip() for name in names.split(",") if name.strip()]
    summary = summarise(boundaries, code=code, names=columns)
    if as_json:
        click.echo(json.dumps(summary.to_json(), ensure_ascii=False, indent=2))
        return
    for line in summary.lines():
        click.echo(line)
