"""Read both sides, join them, and print or write the outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from dashboard.joining.wording import summary_lines
from geodata.boundaries.boundaries import Boundaries
from geodata.boundaries.join import JoinResult, join_indicators
from geodata.boundaries.read import read_boundaries
from geodata.sources.readers import SourceTable
from geodata.sources.series import read_series


def run_join(
    boundaries: Path, tables: Sequence[Path], options: Mapping[str, Any], *, as_json: bool
) -> JoinResult:
    """Join and print the outcome; notes go to standard error, with `as_json` one object to output."""
    layer = read_boundaries(
        boundaries,
        encoding=options["encoding"],
        crs=options["crs"],
        datum=options["datum"],
        layer=options["layer"],
    )
    table, periods = read_series(
        tables,
        sheet=options["sheet"],
        encoding=options["table_encoding"],
        period_column=options["period"],
    )
    result = join_indicators(
        layer,
        table,
        periods=periods,
        **{name: options[name] for name in _COLUMNS},
    )
    for line in summary_lines(layer, table, result):
        click.echo(line, err=as_json)
    if as_json:
        click.echo(json.dumps(as_object(layer, table, result), ensure_ascii=False, indent=1))
    return result


_COLUMNS = ("boundary_code", "table_code", "boundary_name", "table_name")


def as_object(layer: Boundaries, table: SourceTable, result: JoinResult) -> dict[str, object]:
    """Return the outcome as plain JSON values, the object that --json prints."""
    return {
        **result.counts(),
        "repairs": layer.repair_counts(),
        "encoding": layer.encoding.name,
        "crs": layer.crs.label,
        "table_encoding": table.encoding,
        "notes": [*table.notes, *result.notes],
    }
