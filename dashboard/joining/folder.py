"""The folder that ``guatu join --out`` writes, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.boundaries.join import JoinResult
from geodata.boundaries.join.decisions import COLUMNS as DECISION_COLUMNS
from geodata.boundaries.join.ledger import PROPOSED
from geodata.errors import JoinError
from geodata.escaping import cell_text

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
                target = folder / made.name
                shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
                made.rename(target)
    except OSError as error:
        raise JoinError(
            "join.out_not_written", folder=str(folder), why=error.strerror or str(error)
        ) from error


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
