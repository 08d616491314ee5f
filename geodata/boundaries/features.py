"""The features of one file as GDAL gives them: raw texts, numbers, shapes, what it remarked."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geodata.boundaries.dataset import dataset
from geodata.boundaries.files import part_of
from geodata.boundaries.remark import Remark
from geodata.errors import BoundaryError

_PARQUET = (".parquet", ".geoparquet")
_GDAL_ERRORS = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError)


@dataclass(frozen=True)
class Features:
    """Columns in order of the file (names may repeat) and one geometry or None per feature.

    Names and texts of a DBF are still its bytes, one character for one byte (ISO-8859-1).
    """

    names: tuple[str, ...]
    columns: tuple[np.ndarray | pd.Series, ...]
    geometries: np.ndarray
    crs: str | None
    remarks: tuple[Remark, ...]


def read_features(file: Path, *, layer: str | None = None) -> Features:
    """Return the features of one layer; raises BoundaryError when there is none or it is broken."""
    suffix = file.suffix.lower()
    if suffix in (".shp", *_PARQUET) and layer not in (None, file.stem):
        raise BoundaryError("boundaries.no_such_layer", file=file, layer=layer, names=file.stem)
    if suffix in _PARQUET:
        return _from_parquet(file)
    if suffix == ".shp":
        _refuse_unequal_parts(file)
    with dataset(file) as source, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            chosen = None if suffix == ".shp" else _chosen_layer(file, source, layer)
            meta, _, shapes, columns = pyogrio.raw.read(
                source, layer=chosen, encoding="ISO-8859-1" if suffix == ".shp" else None
            )
        except _GDAL_ERRORS as error:
            raise BoundaryError("boundaries.unreadable", file=file, detail=error) from error
        except UnicodeDecodeError as error:
            raise BoundaryError("boundaries.not_utf8", file=file) from error
    if shapes is None:
        raise BoundaryError("boundaries.no_geometry", file=file)
    if len(shapes) == 0:
        raise BoundaryError("boundaries.no_features", file=file)
    geometries, remarks = _flat_shapes(shapes)
    said = dict.fromkeys(str(warning.message) for warning in caught)
    return Features(
        names=tuple(str(name) for name in meta["fields"]),
        columns=tuple(columns),
        geometries=geometries,
        crs=_prj_text(file) if suffix == ".shp" else meta["crs"] or None,
        remarks=(*(Remark("boundaries.reader_remark", {"detail": it}) for it in said), *remarks),
    )


def _flat_shapes(shapes: np.ndarray) -> tuple[np.ndarray, tuple[Remark, ...]]:
    """Return two-dimensional geometries from well-known binary, and what was lost on the way."""
    geometries = shapely.from_wkb(shapes, on_invalid="ignore")
    remarks = []
    lost = np.flatnonzero(
        shapely.is_missing(geometries) & np.array([it is not None for it in shapes])
    )
    if len(lost):
        rows = ", ".join(str(row + 1) for row in lost[:8]) + (" …" if len(lost) > 8 else "")
        values = {"count": len(lost), "rows": rows}
        remarks.append(Remark("boundaries.unreadable_shapes", values))
    if high := int(shapely.has_z(geometries).sum()):
        remarks.append(Remark("boundaries.heights_left_off", {"count": high}))
    return shapely.force_2d(geometries), tuple(remarks)


def _from_parquet(file: Path) -> Features:
    try:
        frame = gpd.read_parquet(file).reset_index(drop=True)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise BoundaryError("boundaries.unreadable", file=file, detail=error) from error
    except ValueError as error:  # Parquet without the description of a geometry column
        raise BoundaryError("boundaries.no_geometry", file=file) from error
    if frame.empty:
        raise BoundaryError("boundaries.no_features", file=file)
    geometries, remarks = _flat_shapes(shapely.to_wkb(frame.geometry.to_numpy()))
    # A second geometry column is no attribute.
    table = pd.DataFrame(frame.loc[:, frame.dtypes.astype(str) != "geometry"])
    return Features(
        names=tuple(str(name) for name in table.columns),
        columns=tuple(table.iloc[:, place] for place in range(table.shape[1])),
        geometries=geometries,
        crs=frame.crs.to_wkt() if frame.crs else None,
        remarks=remarks,
    )


def _prj_text(shapefile: Path) -> str | None:
    """Return the .prj as it is written, since GDAL renames its parts; None when there is none."""
    prj = part_of(shapefile, ".prj")
    text = prj.read_bytes().decode("utf-8", "replace").strip("\ufeff\x00 \r\n\t") if prj else ""
    return text or None


def _chosen_layer(file: Path, source: str | Path, layer: str | None) -> str:
    found = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
    if layer is not None and layer not in found:
        raise BoundaryError(
            "boundaries.no_such_layer", file=file, layer=layer, names=", ".join(found)
        )
    if not found:
        raise BoundaryError("boundaries.no_geometry", file=file)
    if layer is None and len(found) > 1:
        raise BoundaryError("boundaries.choose_layer", file=file, names=", ".join(found))
    return layer or found[0]


def _refuse_unequal_parts(file: Path) -> None:
    """Raise when .shx and .dbf count differently: attributes would belong to other shapes."""
    shx, dbf = part_of(file, ".shx"), part_of(file, ".dbf")
    shapes = (shx.stat().st_size - 100) // 8
    rows = int.from_bytes(dbf.read_bytes()[4:8], "little")
    if shapes != rows:
        raise BoundaryError("boundaries.parts_differ", file=file, shapes=shapes, rows=rows)
