"""``guatu build``: findings, figures and the map of the months whose data or rules changed."""

from __future__ import annotations

import os
import sys

import click

from dashboard.commands import tell_faults
from dashboard.texts import text


@click.command(help=text("build.help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--month", multiple=True, help=text("build.month"))
@click.option("--engine", default="duckdb", help=text("build.engine"))
def command(workspace: str, month: tuple[str, ...], engine: str) -> None:
    """Build the months that changed, and the map when anything did."""
    from tqdm import tqdm

    from geodata.errors import ConfigError
    from geodata.periods import parse_month
    from geodata.workspace import open_workspace

    county = open_workspace(workspace)
    tell_faults(county.setup.registry)
    try:
        chosen = [parse_month(one) for one in month] or list(county.setup.store.months())
    except ValueError as error:
        raise click.BadParameter(text("build.bad_month", why=error)) from None
    made: list[str] = []
    with tqdm(total=len(chosen), disable=not sys.stderr.isatty(), unit="") as bar:

        def told(name: str, needed: bool) -> None:
            bar.set_description(name)
            bar.update(bool(bar.n or made))
            made.extend([name] if needed else [])

        county.build(chosen, progress=told, engine=engine, processes=os.cpu_count() or 1)
        bar.update(len(chosen) - bar.n)
    click.echo(text("build.done", built=len(made), kept=len(chosen) - len(made)))
    if not chosen:
        click.echo(text("build.nothing"))
        return
    county.write_cube()
    try:
        counts = county.write_atlas(processes=os.cpu_count() or 1)
    except ConfigError as error:
        click.echo(text("build.no_map", why=error.sentence()))
        return
    click.echo(text("build.map", **counts))
    months = [county.month(one) for one in chosen]
    for fault in (fault for one in months for fault in one.unanswered):
        click.echo(fault.sentence(), err=True)
    last = months[chosen.index(max(chosen))].counts
    answers = {answer: int(last[answer].sum()) for answer in ("yes", "unknown", "exempt")}
    click.echo(text("build.findings", month=max(chosen), **answers))
