"""``guatu draw``: villages and households as inspectors might draw them, into a workbook."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.texts import text

if TYPE_CHECKING:
    from pandas import DataFrame

    from geodata.access import Guard, Request
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
    from geodata.access import command_notice, open_guard
    from geodata.evaluation.book import design_lines, write_draw
    from geodata.i18n import default_language
    from geodata.workspace import open_workspace

    if out.suffix.lower() != ".xlsx" or not out.parent.is_dir():
        raise click.BadParameter(text("draw.bad_out", file=out), param_hint="--out")
    county, lang = open_workspace(workspace), default_language()
    if notice := command_notice(county.setup.config.folder, lang):
        click.echo(notice, err=True)
    desk = _Desk(county, open_guard(county.setup.config.folder), month, f"draw {seed}")
    drawn = county.draw_sample(seed=seed, month=month, read=desk.read, **numbers)  # type: ignore[arg-type]
    titles = {measure.key: measure.title[lang] for measure in county.measures}
    mark = text("households.watermark", lang, mark=desk.mark)
    write_draw(out, drawn, titles=titles, mark=mark, lang=lang)
    for head, value in design_lines(drawn, titles, lang):
        click.echo(f"{head}：{value}" if lang == "zh" else f"{head}: {value}")
    _tell_rates(county, drawn, limits_of.date() if limits_of else None, lang)
    counts = {"villages": len(drawn.villages), "households": len(drawn.households)}
    click.echo(text("draw.done", lang, **counts, file=out))


class _Desk:
    """Whoever sits at this computer: every row of a household passes the reader of access."""

    def __init__(self, county: Workspace, guard: Guard, month: str | None, reason: str) -> None:
        from geodata.access import Door, Reader, command_actor
        from geodata.workspace.people import month_privacy

        rows, privacy = county.people(month), month_privacy(county.setup)
        door = Door(rows, guard.trail, guard.unmasking, guard.limits, privacy)
        self._reader = Reader(command_actor(), door)
        self._reason = reason
        self.mark = ""

    def read(self, request: Request, prefixes: tuple[str, ...]) -> DataFrame:
        """Return the rows of a request; the list leaves as an export."""
        from geodata.workspace.listing import HOUSEHOLD_LIST

        if request.table != HOUSEHOLD_LIST:
            return self._reader.rows(request).frame
        rows = self._reader.export(request, reason=self._reason)
        self.mark = f"{self._reader.actor.name} {rows.watermark}"
        return rows.frame


def _tell_rates(county: Workspace, drawn: Draw, day: date | None, lang: str) -> None:
    """Print what the rates would be by the findings, against the limits of a day."""
    from geodata.evaluation import limit_of, self_check
    from geodata.evaluation.rates import LIMITS
    from geodata.periods import last_day

    setup, day = county.setup, day or last_day(drawn.design.month)
    limits = {kind: limit_of(setup.policy, kind, setup.config.county.code, day) for kind in LIMITS}
    click.echo(text("draw.self_check", lang, day=day))
    for checked in self_check(drawn, limits):
        unknown = text("draw.unknown", lang, count=checked.unknown) if checked.unknown else ""
        click.echo(checked.rate.sentence(lang) + unknown)
