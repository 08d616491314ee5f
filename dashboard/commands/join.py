"""``guatu join``: boundaries and a table of indicators become a ledger, a layer and a map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboard.texts import text

# Whether a file can be read is said in a sentence by its reader.
_PATH = click.Path(path_type=Path, readable=False)


def _help(name: str) -> str:
    return text(f"join.{name}_help")


@click.command(help=text("join.help"))
@click.argument("boundaries", type=_PATH)
@click.argument("table", type=_PATH, nargs=-1, required=True)
@click.option("--sheet", help=_help("sheet"))
@click.option("--boundary-code", metavar="COL", help=_help("boundary_code"))
@click.option("--table-code", metavar="COL", help=_help("table_code"))
@click.option("--boundary-name", metavar="COL[,COL...]", help=_help("boundary_name"))
@click.option("--table-name", metavar="COL[,COL...]", help=_help("table_name"))
@click.option("--table-xy", metavar="LON,LAT", help=_help("table_xy"))
@click.option("--encoding", help=_help("encoding"))
@click.option("--table-encoding", help=_help("table_encoding"))
@click.option("--crs", help=_help("crs"))
@click.option("--datum", help=_help("datum"))
@click.option("--layer", help=_help("layer"))
@click.option("--aliases", type=_PATH, help=_help("aliases"))
@click.option("--decisions", type=_PATH, help=_help("decisions"))
@click.option("--period", metavar="COL", help=_help("period"))
@click.option("--value", metavar="COL|NUM/DEN", multiple=True, help=_help("value"))
@click.option("--how", type=click.Choice(["sum", "none"]), help=_help("how"))
@click.option(
    "--worse", type=click.Choice(["high", "low", "none"]), default="none", help=_help("worse")
)
@click.option(
    "--aggregate", type=click.Choice(["sum", "mean", "median", "count"]), help=_help("aggregate")
)
@click.option("--title", help=_help("title"))
@click.option("--out", metavar="DIR", type=_PATH, help=_help("out"))
@click.option("--json", "as_json", is_flag=True, help=_help("json"))
def command(boundaries: Path, table: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Join a table to boundaries; exit code 0 also when rows stay unmatched."""
    from dashboard.joining.join_folder import run_join

    run_join(boundaries, table, options, as_json=as_json)
