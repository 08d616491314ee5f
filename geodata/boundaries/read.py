"""Read boundaries from a file, settle encoding and CRS, repair geometry; say all that was done."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.attributes import as_table, damaged_texts, decoded
from geodata.boundaries.boundaries import Boundaries
from geodata.boundaries.crs import choose_crs
from geodata.boundaries.dataset import JSON
from geodata.boundaries.datum import without_shift
from geodata.boundaries.encoding import EncodingChoice
from geodata.boundaries.features import Features, read_features
from geodata.boundaries.files import opened_file
from geodata.boundaries.json_text import json_as_utf8
from geodata.boundaries.neighbours import neighbour_faults
from geodata.boundaries.remark import Remark
from geodata.boundaries.repair import repair_geometry
from geodata.errors import BoundaryError


def read_boundaries(
    path: str | Path,
    *,
    encoding: str | None = None,
    crs: object = None,
    datum: str | None = None,
    layer: str | None = None,
) -> Boundaries:
    """Return the boundaries of a shapefile (file, folder or zip), GeoPackage, GeoJSON and others.

    Also read are TopoJSON, FlatGeobuf and GeoParquet. `encoding` and `crs` are the user's own
    statements and go before what the file says; `datum="gcj02"` takes the shift of Chinese map
    sites out of longitudes and latitudes; `layer` names one of several layers. Raises BoundaryError
    with what is wrong and what to do when the file cannot be read or placed.
    """
    shown = Path(path)
    with opened_file(shown) as file:
        table, features, encoding_choice = _texts_settled(file, layer, encoding)
    shapes = features.geometries
    drawn = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if not len(drawn):
        raise BoundaryError("boundaries.all_null", file=shown)
    bounds = tuple(float(value) for value in shapely.total_bounds(drawn))
    if not np.isfinite(bounds).all():
        raise BoundaryError("boundaries.not_finite", file=shown)
    crs_choice = choose_crs(features.crs, bounds, given=crs)
    frame = gpd.GeoDataFrame(table, geometry=features.geometries, crs=crs_choice.crs)
    frame, moved = without_shift(frame, datum)
    frame, repairs = repair_geometry(frame)
    faults = neighbour_faults(frame)
    return Boundaries(
        path=shown,
        frame=frame,
        encoding=encoding_choice,
        crs=crs_choice,
        repairs=repairs,
        issues=(*features.remarks, *moved, *damaged_texts(table), *faults.remarks()),
        neighbours=faults,
    )


def _texts_settled(
    file: Path, layer: str | None, encoding: str | None
) -> tuple[pd.DataFrame, Features, EncodingChoice]:
    """Return attributes as readable texts, the features, and the encoding that was used."""
    suffix = file.suffix.lower()
    if suffix == ".shp":
        features = read_features(file, layer=layer)
        table, choice = decoded(features, file, encoding)
        return table, features, choice
    choice = EncodingChoice("utf-8", True, Remark("boundaries.encoding_format", {"suffix": suffix}))
    if suffix in JSON:
        with json_as_utf8(file, encoding) as (text, found):
            features, choice = read_features(text, layer=layer), found or choice
    else:
        features = read_features(file, layer=layer)
    return as_table(features.names, features.columns, len(features.geometries)), features, choice
