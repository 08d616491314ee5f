"""``guatu draw``: villages and households as inspectors might draw them, into a workbook."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.texts import text

if TYPE_CHECKING:
    from geodata.evaluation import Draw
    from geodata.workspace import Workspace


@click.command(help=text("draw.help"))
@click.argument("workspace", default=".", type=click.Path(path_type=Path))
@click.option("--month", help=text("draw.month"))
@click.option("--seed", type=click.IntRange(0), required=True, help=text("draw.seed"))
@click.option("--villages", type=int, help=text("draw.villages"))
@click.option("--exited", type=int, help=text("draw.exited"))
@click.option("--missed", type=int, help=text("draw.missed"))
@click.option("--weak-share", type=float, help=text("draw.weak_share"))
@click.option("--limits-of", type=click.DateTime(["%Y-%m-%d"]), help=text("draw.limits_of"))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help=text("draw.out")
)
def command(
    workspace: Path,
    month: str | None,
    seed: int,
    out: Path,
    limits_of: datetime | None,
    **numbers: float,
) -> None:
    """Draw a sample, masked and recorded, and print how it was drawn."""
    from geodata.access import command_actor, command_notice, open_guard
    from geodata.evaluation.book import design_lines, write_draw
    from geodata.i18n import default_language
    from geodata.workspace import open_workspace
    from geodata.workspace.drawing import draw_doors, export_draw
    from geodata.workspace.month_tables import month_source

    if out.suffix.lower() != ".xlsx" or not out.parent.is_dir():
        raise click.BadParameter(text("draw.bad_out", file=out), param_hint="--out")
    county, lang = open_workspace(workspace), default_language()
    if notice := command_notice(county.setup.config.folder, lang):
        click.echo(notice, err=True)
    guard, reason = open_guard(county.setup.config.folder), f"draw {seed}"
    source = month_source(county.setup, county.month(month).built)
    reader, read = draw_doors(source, command_actor(), guard, reason=reason)
    drawn = county.draw_sample(seed=seed, month=month, read=read, **numbers)  # type: ignore[arg-type]
    drawn, mark = export_draw(drawn, reader, county.setup.config.county.code, reason=reason)
    titles = {one.key: one.title[lang] for one in county.indicators}
    mark = text("households.watermark", lang, mark=mark)
    rates = _rates(county, drawn, limits_of.date() if limits_of else None, lang)
    write_draw(out, drawn, titles=titles, rates=rates, mark=mark, lang=lang)
    for head, value in design_lines(drawn, titles, lang):
        click.echo(f"{head}：{value}" if lang == "zh" else f"{head}: {value}")
    for sentence in rates:
        click.echo(sentence)
    counts = {"villages": len(drawn.villages), "households": len(drawn.households)}
    click.echo(text("draw.done", lang, **counts, file=out))


def _rates(county: Workspace, drawn: Draw, day: date | None, lang: str) -> list[str]:
    """Return what the rates would be by the findings, against the limits of a day."""
    from geodata.evaluation import rate_sentences
    from geodata.periods import last_day
    from geodata.workspace.drawing import rates_of

    day = day or last_day(drawn.design.month)
    return rate_sentences(rates_of(county.setup, drawn, day), day, lang)
