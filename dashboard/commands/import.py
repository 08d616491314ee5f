"""``guatu import``: a month's files into a checked snapshot, with a report."""

from __future__ import annotations

import datetime
import getpass

import click

from dashboard.commands import tell_faults
from dashboard.texts import text


@click.command(help=text("workspace.import_help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--month", required=True, help=text("workspace.import_month"))
@click.option("--accept-month", default="", help=text("workspace.import_accept_month"))
@click.option("--who", default=None, help=text("workspace.import_who"))
@click.option(
    "--report", default=None, type=click.Path(file_okay=False), help=text("workspace.import_report")
)
def command(
    workspace: str, month: str, accept_month: str, who: str | None, report: str | None
) -> None:
    """Import one month and say what was found."""
    from pathlib import Path

    from geodata.config import read_config
    from geodata.intake.importing import import_month
    from geodata.intake.reporting import write_report
    from geodata.periods import parse_month
    from geodata.themes import find_themes

    config = read_config(workspace)
    try:
        month = parse_month(month)
    except ValueError:
        raise click.BadParameter(text("workspace.import_bad_month", month=month)) from None
    at = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    registry = find_themes(config.folder)
    tell_faults(registry)
    result = import_month(
        config,
        month,
        who=who or getpass.getuser(),
        at=at,
        accept_month=accept_month,
        step=_told,
        schema=registry.schema,
    )
    click.echo("\r\033[K" if _is_terminal() else "", nl=False, err=True)
    folder = Path(report) if report else config.folder / "reports" / result.manifest.snapshot
    page = write_report(result, folder, config=config)
    for line in _summary(result):
        click.echo(line)
    click.echo(text("workspace.import_report_at", file=page))


def _told(name: str) -> None:
    """Say what is being done, on one line of a terminal."""
    if _is_terminal():
        click.echo("\r\033[K" + text("workspace.import_step", name=name), nl=False, err=True)


def _is_terminal() -> bool:
    import sys

    return sys.stderr.isatty()


def _summary(result: object) -> list[str]:
    from geodata.intake.importing import ImportResult

    assert isinstance(result, ImportResult)
    manifest = result.manifest
    lines = [text("workspace.import_done", month=manifest.month, snapshot=manifest.snapshot)]
    for source in manifest.sources:
        shown = f"{source.file} [{source.sheet}]" if source.sheet else source.file
        lines.append(
            text(
                "workspace.import_source",
                file=shown,
                rows=source.rows,
                stored=source.stored,
                aside=source.set_aside,
            )
        )
    counts = result.issues["severity"].value_counts()
    found = {name: int(counts.get(name, 0)) for name in ("error", "warning", "notice")}
    lines.append(text("workspace.import_issues", **found))
    unmatched = result.places[result.places["outcome"] != "matched"]
    if len(unmatched):
        names = "、".join((unmatched["township"] + unmatched["village"]).head(5))
        lines.append(text("workspace.import_places", count=len(unmatched), names=names))
    return lines
