"""Files that go through a whole import, or a whole join, with what must hold afterwards."""

from __future__ import annotations

import io
import random
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyreadstat
import shapely

from geodata.boundaries.boundary_faults import boundary_faults, feature_keys
from geodata.boundaries.read import read_boundaries
from geodata.errors import GuatuError
from geodata.intake.readers import read_table
from geodata.joining import join_indicators
from geodata.store import SnapshotStore
from tests.fuzz.mutations import mutated, mutated_archive
from tests.geodata.intake.damages import (
    BEFORE,
    HOUSEHOLDS,
    MONTH,
    county_of,
    delivery,
    made_county,
    run,
)


def mutated_zip(content: bytes, draw: random.Random) -> bytes:
    """Return a zip changed as a whole, or in one of its members."""
    return (mutated_archive if draw.random() < 0.7 else mutated)(content, draw)


@cache
def _county() -> Path:
    """Return a county with the month before, and the other tables of the month."""
    county = made_county(Path(tempfile.mkdtemp(prefix="guatu-fuzz-")) / "county")
    made = delivery(county)
    made.tables.pop(HOUSEHOLDS)
    made.write()
    return county


def import_of(file: Path) -> object:
    """Import a month with this file of households; it is stored whole or not at all."""
    folder = file.parent / "county"
    shutil.rmtree(folder, ignore_errors=True)
    county = county_of(_county(), folder)
    shutil.copy(file, county / "raw" / MONTH / f"{HOUSEHOLDS}{file.suffix}")
    store = county / "store"
    try:
        result = run(county)
    except GuatuError:
        assert SnapshotStore(store).months() == (BEFORE,), "a month was stored all the same"
        left = [one.name for one in (store / "snapshots").iterdir()]
        assert left == [f"{BEFORE}-001"], f"left behind: {left}"
        raise
    for source in result.manifest.sources:
        assert source.rows == source.stored + source.set_aside, "rows were lost"
    assert SnapshotStore(store).verify(result.manifest.snapshot) == (), "stored half"
    return result


def join_of(file: Path) -> object:
    """Join a table to this file of boundaries; every row and outline stays in the ledger."""
    return _joined(read_boundaries(file), _table())


def join_table_of(file: Path) -> object:
    """Join this file of a table to boundaries."""
    return _joined(_layer(), read_table(file))


def _joined(boundaries: object, table: object) -> object:
    joined = join_indicators(boundaries, table)
    layer, rows = getattr(boundaries, "frame", boundaries), getattr(table, "frame", table)
    assert len(joined.frame) == len(layer), "an outline was lost"
    assert len(joined.feature_of_row) == len(rows), "a row was lost"
    if isinstance(layer, gpd.GeoDataFrame) and "name" in layer.columns:
        boundary_faults(layer, feature_keys(layer, ["name"]))
    return joined


@cache
def _layer() -> gpd.GeoDataFrame:
    places = [(column, row) for row in range(4) for column in range(6)]
    shapes = [
        shapely.box(104 + x / 100, 35 + y / 100, 104 + (x + 1) / 100, 35 + (y + 1) / 100)
        for x, y in places
    ]
    names = [f"第{number}村" for number in range(len(places))]
    codes = [f"990101{100 + n // 6}{200 + n % 6}" for n in range(len(places))]
    columns = {"name": names, "code": codes, "area": [1.5 * n for n in range(len(places))]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4490)


@cache
def _table() -> pd.DataFrame:
    layer = _layer()
    values = [str(100 + n) for n in range(len(layer))]
    return pd.DataFrame(
        {"区划代码": layer["code"], "村": layer["name"], "收入": values}, dtype="str"
    )


def _written(suffix: str, write: Callable[[Path], object]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"layer{suffix}"
        write(file)
        parts = sorted(Path(folder).iterdir())
        if len(parts) == 1:
            return file.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                archive.write(part, part.name)
        return packed.getvalue()


def layer_bytes(suffix: str) -> bytes:
    """Return the layer as a file; a shapefile as a zip of its parts."""
    if suffix == ".parquet":
        return _written(suffix, lambda file: _layer().to_parquet(file))
    return _written(suffix, lambda file: _layer().to_file(file, encoding="utf-8"))


def table_bytes(suffix: str) -> bytes:
    """Return the table of a join as a file."""
    return _as_bytes(_table(), suffix)


def households_bytes(suffix: str) -> bytes:
    """Return the households of the month as a file."""
    return _as_bytes(delivery(Path(), MONTH).tables[HOUSEHOLDS], suffix)


def _as_bytes(frame: pd.DataFrame, suffix: str) -> bytes:
    writers: dict[str, Callable[[Path], object]] = {
        ".csv": lambda file: frame.to_csv(file, index=False, encoding="gb18030"),
        ".xlsx": lambda file: frame.to_excel(file, index=False),
        ".parquet": lambda file: frame.to_parquet(file),
        ".dta": lambda file: pyreadstat.write_dta(frame, str(file)),
        ".sav": lambda file: pyreadstat.write_sav(frame, str(file)),
    }
    return _written(suffix, writers[suffix])
