"""Read both sides, join them, and print or write the outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from dashboard.joining.atlas import join_tree, save_join_atlas
from dashboard.joining.figures import Plan, make_plan
from dashboard.joining.folder import write_decisions, write_layer, write_ledger, write_whole
from dashboard.joining.report import write_report
from dashboard.joining.wording import summary_lines
from dashboard.maps.web import write_web_map
from dashboard.texts import text
from geodata.boundaries.join import JoinResult, join_indicators
from geodata.boundaries.join.values import wide_values
from geodata.boundaries.read import Boundaries, read_boundaries
from geodata.errors import JoinError
from geodata.sources.readers import SourceTable, read_table, read_tables
from geodata.sources.series import read_series

_COLUMNS = ("boundary_code", "table_code", "boundary_name", "table_name", "table_xy")


def run_join(
    boundaries: Path, tables: Sequence[Path], options: Mapping[str, Any], *, as_json: bool
) -> JoinResult:
    """Join and print the outcome; notes go to standard error, with `as_json` one object to output."""
    layer = read_boundaries(
        boundaries,
        **{name: options[name] for name in ("encoding", "crs", "datum", "layer")},
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
        aliases=read_tables(options["aliases"]) if options["aliases"] else None,
        decisions=read_table(options["decisions"]) if options["decisions"] else None,
        **{name: options[name] for name in _COLUMNS},
    )
    _refuse_doubled(table, result, options["value"])
    plan = _plan(result, options)
    notes = [*table.notes, *result.notes, *(plan.notes if plan else ())]
    if plan and options["out"]:
        _write(layer, table, result, plan, options, notes)
    for line in summary_lines(layer, result, notes):
        click.echo(line, err=as_json)
    if options["out"]:
        click.echo(text("join.written", folder=str(options["out"])), err=as_json)
    if as_json:
        click.echo(json.dumps(as_object(layer, table, result, notes), ensure_ascii=False, indent=1))
    return result


def _refuse_doubled(table: SourceTable, result: JoinResult, stated: Sequence[str]) -> None:
    """Refuse a name that two columns share, when the join or its figures would use it."""
    used = {result.columns.table_code, *result.columns.table_name}
    used |= {part for value in stated for part in value.split("/")}
    for name in table.doubled:
        if not stated or name in used:
            raise JoinError("join.doubled_columns", file=table.path.name, column=name)


def _plan(result: JoinResult, options: Mapping[str, Any]) -> Plan | None:
    """Return what to map; nothing is worked out when neither a value nor a folder is asked for."""
    if not options["value"] and not options["out"]:
        return None
    return make_plan(
        result,
        options["value"],
        **{name: options[name] for name in ("how", "worse", "aggregate", "period")},
    )


def _write(
    layer: Boundaries,
    table: SourceTable,
    result: JoinResult,
    plan: Plan,
    options: Mapping[str, Any],
    notes: Sequence[str],
) -> None:
    title = options["title"] or text(
        "join.default_title", table=table.path.stem, boundaries=layer.path.stem
    )

    def fill(folder: Path) -> None:
        figures = wide_values(plan.values, len(layer.frame))
        write_layer(folder / "joined.gpkg", result.frame, figures)
        write_ledger(folder / "ledger.csv", result)
        write_decisions(folder / "decisions.csv", result)
        write_report(folder / "report.html", layer, table, result, title=title, notes=notes)
        atlas = save_join_atlas(
            folder,
            title=title,
            tree=join_tree(layer, result),
            plan=plan,
            result=result,
            source={"boundaries": layer.path.name, "table": table.path.name},
        )
        write_web_map(atlas, folder / "map.html")

    write_whole(options["out"], fill)


def as_object(
    layer: Boundaries, table: SourceTable, result: JoinResult, notes: Sequence[str]
) -> dict[str, object]:
    """Return the outcome as plain JSON values, the object that --json prints."""
    return {
        **result.counts(),
        "repairs": layer.repair_counts(),
        "encoding": layer.encoding.name,
        "crs": layer.crs.label,
        "table_encoding": table.encoding,
        "notes": list(notes),
    }
