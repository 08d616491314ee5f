"""``guatu boundaries``: what a boundary file holds, what is wrong with it, and repairs by decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard.texts import text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geodata.boundaries.read import Boundaries

_FILE = click.Path(path_type=Path)


@click.command("boundaries", help=text("boundaries_command.help"))
@click.argument("path", type=_FILE)
@click.option("--encoding", help=text("boundaries_command.encoding"))
@click.option("--crs", help=text("boundaries_command.crs"))
@click.option("--datum", help=text("boundaries_command.datum"))
@click.option("--layer", help=text("boundaries_command.layer"))
@click.option("--code", help=text("boundaries_command.code"))
@click.option("--names", default="", help=text("boundaries_command.names"))
@click.option("--json", "as_json", is_flag=True, help=text("boundaries_command.json"))
@click.option("--out", type=_FILE, help=text("boundaries_command.out"))
@click.option("--last", type=_FILE, help=text("boundaries_command.last"))
@click.option("--points", type=_FILE, help=text("boundaries_command.points"))
@click.option("--points-columns", default="", help=text("boundaries_command.points_columns"))
@click.option("--decisions", type=_FILE, help=text("boundaries_command.decisions"))
def command(
    path: Path,
    code: str | None,
    names: str,
    as_json: bool,
    out: Path | None,
    last: Path | None,
    points: Path | None,
    points_columns: str,
    decisions: Path | None,
    **options: str | None,
) -> None:
    """Print what was read, as lines or JSON; with `--out` write its faults, and what was decided."""
    from geodata.boundaries.read import read_boundaries
    from geodata.boundaries.summary import summarise

    if out is None and (last or points or decisions):
        raise click.UsageError(text("boundaries_command.needs_out"))
    of_points = _names_in(points_columns)
    if points and len(of_points) < 3:
        raise click.UsageError(text("boundaries_command.needs_points_columns"))
    boundaries = read_boundaries(path, **options)
    columns = _names_in(names)
    summary = summarise(boundaries, code=code, names=columns)
    if as_json:
        click.echo(json.dumps(summary.to_json(), ensure_ascii=False, indent=2))
    else:
        for line in summary.lines():
            click.echo(line)
    if out is not None:
        stated = ([code] if code else []) or columns
        by_points = _points_of(points, of_points) if points else None
        _faults(boundaries, stated, out, last, decisions, by_points)


def _names_in(given: str) -> list[str]:
    return [name.strip() for name in given.replace("，", ",").split(",") if name.strip()]


def _points_of(file: Path, columns: list[str]) -> tuple[gpd.GeoSeries, pd.Series]:
    """Return the points of a table and what each calls its place; raises BoundaryError without a column."""
    import geopandas as gpd
    import pandas as pd

    from geodata.boundaries.boundary_faults import feature_keys
    from geodata.errors import BoundaryError
    from geodata.intake.readers import read_table

    frame = read_table(file).frame
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        known = ", ".join(map(str, frame.columns))
        raise BoundaryError("boundaries.no_such_column", columns=", ".join(missing), names=known)
    east, north = (pd.to_numeric(frame[name], errors="coerce") for name in columns[:2])
    known_ones = east.between(-180, 180) & north.between(-90, 90)
    points = gpd.GeoSeries(gpd.points_from_xy(east[known_ones], north[known_ones]), crs=4326)
    places = feature_keys(gpd.GeoDataFrame(frame[known_ones]), columns[2:])
    return points, pd.Series(places, index=points.index, dtype="str")


def _faults(
    boundaries: Boundaries,
    stated: list[str],
    out: Path,
    last: Path | None,
    decisions: Path | None,
    by_points: tuple[gpd.GeoSeries, pd.Series] | None,
) -> None:
    """Write the faults of a layer, and the layer as it was decided to be mended."""
    from dashboard.joining.fault_report import count_lines, write_faults, write_mended
    from geodata.boundaries.boundary_faults import boundary_faults, feature_keys
    from geodata.boundaries.mending import mend_layer, read_repair_decisions
    from geodata.boundaries.point_faults import point_faults
    from geodata.boundaries.read import read_boundaries
    from geodata.intake.readers import read_table

    decided = read_repair_decisions(read_table(decisions).frame) if decisions else ()
    before = read_boundaries(last) if last else None
    columns = stated or _key_columns(boundaries)
    keys = feature_keys(boundaries.frame, columns)
    last_keys = feature_keys(before.frame, columns_of(before, columns)) if before else []
    faults = boundary_faults(
        boundaries.frame, keys, last=before.frame if before else None, last_keys=last_keys
    )
    if by_points is not None:
        faults = (*faults, *point_faults(boundaries.frame, keys, *by_points))
    for line in count_lines(faults) or [text("boundaries_command.no_faults")]:
        click.echo(line, err=True)
    title = text("boundaries_command.faults_title", file=boundaries.path.name)
    write_faults(out, boundaries.frame, keys, faults, title=title)
    click.echo(text("boundaries_command.faults_at", folder=out), err=True)
    if not decided:
        return
    mended = mend_layer(boundaries.frame, faults, decided, last=before.frame if before else None)
    if mended.stale:
        shown = ", ".join(mended.stale[:5])
        told = text("boundary_faults.decisions_stale", count=len(mended.stale), faults=shown)
        click.echo(told, err=True)
    file = write_mended(out, boundaries.path.stem, mended)
    count = mended.record["fault"].nunique()
    click.echo(text("boundaries_command.mended_at", count=count, file=file, out=out), err=True)


def _key_columns(boundaries: Boundaries) -> list[str]:
    from geodata.boundaries.levels import guess_columns

    guess = guess_columns(boundaries.frame)
    return [guess.code] if guess.code else [column for _, column in guess.names[-2:]]


def columns_of(boundaries: Boundaries, columns: list[str]) -> list[str]:
    """Return the key columns of last year's layer: those of this year's, else those that look like it.

    Raises BoundaryError when this year's were found and last year's layer has none of the kind.
    """
    from geodata.errors import BoundaryError

    known = [str(name) for name in boundaries.frame.columns]
    if all(column in known for column in columns):
        return columns
    guessed = _key_columns(boundaries)
    if len(guessed) != len(columns):
        missing = ", ".join(column for column in columns if column not in known)
        raise BoundaryError("boundaries.no_such_column", columns=missing, names=", ".join(known))
    return guessed
