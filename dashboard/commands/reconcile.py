"""``guatu reconcile``: two sources about the same households, difference by difference."""

from __future__ import annotations

import click

from dashboard.texts import text


@click.command(help=text("workspace.reconcile_help"))
@click.argument("a")
@click.argument("b")
@click.option("--on", "fields", default="", help=text("workspace.reconcile_on"))
@click.option(
    "--out", default=None, type=click.Path(dir_okay=False), help=text("workspace.reconcile_out")
)
@click.option("--workspace", default=".", help=text("workspace.snapshots_workspace"))
def command(a: str, b: str, fields: str, out: str | None, workspace: str) -> None:
    """Print counts by field and township, and write the differences."""
    import re
    from pathlib import Path

    from geodata.config import read_config
    from geodata.errors import ConfigError
    from geodata.intake.reconciling import read_households, reconcile, write_reconciliation
    from geodata.themes import themes_around

    try:
        config = read_config(workspace)
    except ConfigError as error:
        if error.key != "config.no_workspace":
            raise
        config = None
    wanted = [name.strip() for name in re.split("[,，、]", fields) if name.strip()]
    schema = themes_around(workspace).schema
    one, other = (read_households(side, config=config, schema=schema) for side in (a, b))
    reconciled = reconcile(one, other, wanted)
    counts = {"both": reconciled.both, "only_a": reconciled.only_a, "only_b": reconciled.only_b}
    click.echo(text("workspace.reconcile_counts", a=reconciled.a, b=reconciled.b, **counts))
    for row in reconciled.fields.to_dict("records"):
        share = f"{row['differing'] / row['compared']:.1%}" if row["compared"] else "—"
        click.echo(
            text(
                "workspace.reconcile_field",
                share=share,
                **{str(name): value for name, value in row.items()},
            )
        )
    totals = (
        reconciled.townships.groupby("township")["differing"].sum().sort_values(ascending=False)
    )
    for township, differing in totals[totals > 0].items():
        click.echo(
            text("workspace.reconcile_township", township=township or "—", differing=differing)
        )
    if out:
        write_reconciliation(Path(out), reconciled)
        click.echo(text("workspace.reconcile_written", file=out))
