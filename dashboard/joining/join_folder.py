"""Read both sides, join them, and print the outcome or write its folder, whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd

from dashboard.joining.joined_atlas import FigurePlan, join_tree, make_plan, save_join_atlas
from dashboard.joining.report import write_report
from dashboard.maps.web import write_web_map
from dashboard.texts import text
from geodata.boundaries.read import Boundaries, finding_lines, read_boundaries
from geodata.errors import JoinError
from geodata.escaping import cell_text, plain_text
from geodata.intake.period_tables import read_series
from geodata.intake.readers import SourceTable, read_table, read_tables
from geodata.joining import JoinResult, join_indicators
from geodata.joining.decisions import COLUMNS as DECISION_COLUMNS
from geodata.joining.feature_values import wide_values
from geodata.joining.join_result import PROPOSED


def summary_lines(layer: Boundaries, result: JoinResult, notes: Sequence[str]) -> Iterator[str]:
    """Yield what was read, by which columns it was joined, and the counts of both sides."""
    yield text("join.read", encoding=layer.encoding.name, crs=layer.crs.label)
    yield from finding_lines(layer)
    columns = result.columns
    for kind, ours, theirs in (
        ("code", columns.boundary_code, columns.table_code),
        ("name", ",".join(columns.boundary_name), ",".join(columns.table_name)),
    ):
        if ours:
            stated = "guessed" if kind in columns.guessed else "stated"
            yield text(f"join.{kind}_columns_{stated}", boundary=ours, table=theirs)
    steps = "、".join(
        f"{text(f'join.step_{step}')} {count}" for step, count in result.matched_by.items()
    )
    yield text(
        "join.table_counts",
        rows=result.table_rows,
        matched=result.matched,
        steps=steps or "-",
        proposed=result.proposed,
        unmatched=len(result.unmatched_table),
    )
    yield text(
        "join.boundary_counts",
        features=result.boundary_features,
        matched=result.matched_boundary,
        proposed=result.proposed_boundary,
        unmatched=len(result.unmatched_boundary),
    )
    doubled = result.duplicates["table"]
    if doubled:
        named = sorted(doubled.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
        shown = "、".join(f"{plain_text(key, 60)} ×{times}" for key, times in named)
        yield text("join.doubled_rows", count=len(doubled), names=shown)
    yield from notes


# GeoPackage files carry the time of writing; a fixed one keeps equal input giving equal bytes.
_WRITTEN_AT = "2000-01-01T00:00:00.000Z"
_RESERVED = {"fid", "geom", "geometry"}


def write_whole(folder: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder beside `folder`, then move its files there in one go.

    Files of an earlier run are replaced, others stay. Raises JoinError when it cannot be written.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise JoinError("join.out_is_file", folder=str(folder))
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
            written = Path(scratch) / "out"
            written.mkdir()
            write(written)
            if not folder.exists():
                written.rename(folder)
                return
            for made in sorted(written.iterdir()):
                _move(made, folder / made.name)
    except OSError as error:
        raise JoinError(
            "join.out_not_written", folder=str(folder), why=error.strerror or str(error)
        ) from error


def _move(made: Path, target: Path) -> None:
    """Put a file or folder in the place of an older one; what names the files of a folder goes last."""
    if not (made.is_dir() and target.is_dir()):
        if target.is_dir():
            shutil.rmtree(target)
        made.replace(target)
        return
    fresh = sorted(made.iterdir(), key=lambda file: (file.suffix == ".json", file.name))
    names = {file.name for file in fresh}
    for file in fresh:
        _move(file, target / file.name)
    for old in target.iterdir():
        if old.name not in names and old.is_file():
            old.unlink()


def write_layer(file: Path, layer: gpd.GeoDataFrame, figures: pd.DataFrame) -> None:
    """Write the joined layer as a GeoPackage: attributes, outcome, and figures as numbers."""
    import pyogrio

    outcome = [name for name in layer.columns if str(name).startswith("join_")]
    kept = [*[c for c in layer.columns if c not in figures.columns]]
    joined = gpd.GeoDataFrame(
        layer[kept].join(figures), geometry=layer.geometry.name, crs=layer.crs
    )
    joined = joined.rename(columns=_apart([str(name) for name in joined.columns], layer, outcome))
    texts = [n for n in joined.columns if n != joined.geometry.name and joined[n].dtype == object]
    joined[texts] = joined[texts].map(lambda value: value if value is None else str(value))
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN_AT})
    try:
        joined.to_file(file, layer="joined", driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _apart(names: list[str], layer: gpd.GeoDataFrame, outcome: list[str]) -> dict[str, str]:
    """Return new names for columns that differ by case only, which GeoPackage does not tell apart."""
    taken: set[str] = set(_RESERVED)
    renamed = {}
    for name in names:
        if name == layer.geometry.name:
            continue
        fresh, number = name, 2
        while fresh.casefold() in taken:
            fresh, number = f"{name}_{number}", number + 1
        taken.add(fresh.casefold())
        renamed[name] = fresh
    return renamed


def write_ledger(file: Path, result: JoinResult) -> None:
    """Write the ledger for a spreadsheet: UTF-8 with a mark, no cell that could run."""
    _write_csv(file, result.ledger)


def write_decisions(file: Path, result: JoinResult) -> None:
    """Write the proposals as a table of decisions to fill in and give back with --decisions."""
    lines = result.ledger
    lines = lines[(lines["side"] == "table") & (lines["outcome"] == PROPOSED)]
    lines = lines.drop_duplicates(["key", "partner"])
    form = pd.DataFrame(
        {
            "boundary_key": lines["partner"],
            "table_key": lines["key"],
            "decision": "",
            "who": "",
            "when": "",
            "why": "",
            "step": lines["step"],
            "score": lines["score"],
        }
    )
    _write_csv(file, form[[*DECISION_COLUMNS, "step", "score"]])


def _write_csv(file: Path, frame: pd.DataFrame) -> None:
    texts = frame.select_dtypes(["object", "string", "str"]).columns
    safe = frame.assign(**{name: frame[name].astype(str).map(cell_text) for name in texts})
    file.write_bytes(safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))


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


def _plan(result: JoinResult, options: Mapping[str, Any]) -> FigurePlan | None:
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
    plan: FigurePlan,
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
