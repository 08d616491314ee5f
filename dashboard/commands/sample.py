"""``guatu sample``: write an invented county to try everything on."""

from __future__ import annotations

import click

from dashboard.texts import text


@click.command(help=text("sample.help"))
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--villages", default=300, show_default=True, help=text("sample.villages"))
@click.option("--households", default=60_000, show_default=True, help=text("sample.households"))
@click.option("--months", default=36, show_default=True, help=text("sample.months"))
@click.option("--seed", default=7, show_default=True, help=text("sample.seed"))
def command(folder: str, villages: int, households: int, months: int, seed: int) -> None:
    """Write the county as a workspace, with the answers to what is planted in it."""
    from tqdm import tqdm

    from geodata.sample.county import write_county

    if villages < 24 or villages > 3000 or households < villages * 40 or months < 6:
        raise click.UsageError(text("sample.too_small"))
    with tqdm(total=months, unit="", disable=None) as bar:

        def step(month: str) -> None:
            bar.set_description(month)
            bar.update()

        place = write_county(
            folder, villages=villages, households=households, months=months, seed=seed, step=step
        )
    click.echo(text("sample.done", folder=place, villages=villages, households=households))
