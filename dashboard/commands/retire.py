"""``guatu retire``: what is kept longer than its time, listed or removed with a record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from dashboard.texts import text

_DAYS_OF_MONTH = 31


@click.command(help=text("retire.help"))
@click.argument(
    "workspace", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--remove", is_flag=True, help=text("retire.remove"))
def command(workspace: Path, remove: bool) -> None:
    """Print what is due, one line each; with `remove` it is gone afterwards."""
    from geodata.access import command_actor
    from geodata.config import find_workspace
    from geodata.workspace import open_workspace
    from geodata.workspace.retiring import PERIODS, due_items, retire

    county = open_workspace(find_workspace(workspace))
    setup, guard = county.setup, county.guard
    now = guard.trail.clock()
    for kind, key in PERIODS.items():
        months = setup.policy.at(key, setup.config.county.code, now.date()).value
        period = text("retire.kept" if months is None else "retire.months", months=months)
        click.echo(text("retire.period", kind=text(f"retire.{kind}"), period=period, key=key))
    due = due_items(setup, guard.trail, now)
    for one in due:
        tables = ", ".join(
            setup.tables[name].label() if name in setup.tables else name for name in one.tables
        )
        line = text("retire.due", kind=text(f"retire.{one.kind}"), name=one.name, count=one.count)
        click.echo("  " + line + (f" ({tables})" if tables else ""))
    if not due:
        click.echo(text("retire.nothing"))
    elif not remove:
        click.echo(text("retire.not_yet"))
    else:
        kept = now.astimezone(UTC) - timedelta(days=_DAYS_OF_MONTH * guard.limits.retention_months)
        keep_from = datetime(kept.year, kept.month, 1, tzinfo=UTC)
        retire(setup, due, actor=command_actor(), trail=guard.trail, keep_from=keep_from)
        click.echo(text("retire.done", count=len(due)))
