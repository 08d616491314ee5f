"""What GDAL and GeoParquet read of one file, for a process of its own: plain arrays, nothing judged.

What is imported here is imported once, by the process that forks for each file.
"""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError


def layers_of(source: str) -> dict[str, Any]:
    """Return the names of the layers that have shapes as `layers`, or `fault`."""
    try:
        listed = pyogrio.list_layers(source)
    except (DataSourceError, DataLayerError) as error:
        return {"fault": "unreadable", "detail": str(error)}
    return {"layers": [str(name) for name, kind in listed if kind is not None]}


def features_of(source: str, layer: str | None, encoding: str | None) -> dict[str, Any]:
    """Return names, columns, shapes (WKB), CRS and the remarks of the driver, or `fault`."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            meta, _, shapes, columns = pyogrio.raw.read(source, layer=layer, encoding=encoding)
        except (
            DataSourceError,
            DataLayerError,
            FeatureError,
            FieldError,
            GeometryError,
        ) as error:
            return {"fault": "unreadable", "detail": str(error)}
        except UnicodeDecodeError:
            return {"fault": "not_utf8"}
    return {
        "names": [str(name) for name in meta["fields"]],
        "columns": list(columns),
        "shapes": shapes,
        "crs": meta["crs"] or None,
        "remarks": list(dict.fromkeys(str(warning.message) for warning in caught)),
    }


def parquet_of(file: str) -> dict[str, Any]:
    """Return names, columns, shapes (WKB) and CRS of a GeoParquet file, or `fault`."""
    try:
        frame = gpd.read_parquet(file).reset_index(drop=True)
    except (pa.ArrowException, OSError, KeyError) as error:
        return {"fault": "unreadable", "detail": str(error)}
    except ValueError:  # Parquet without the description of a geometry column
        return {"fault": "no_geometry"}
    # A second geometry column is no attribute.
    table = pd.DataFrame(frame.loc[:, frame.dtypes.astype(str) != "geometry"])
    return {
        "names": [str(name) for name in table.columns],
        "columns": [_plain(table.iloc[:, place]) for place in range(table.shape[1])],
        "shapes": shapely.to_wkb(frame.geometry.to_numpy()),
        "crs": frame.crs.to_wkt() if frame.crs else None,
        "remarks": [],
    }


def _plain(column: Any) -> Any:
    """Return a column as an array of plain values, None where it has none."""
    if isinstance(column.dtype, pd.StringDtype) or pd.api.types.is_extension_array_dtype(column):
        values = column.astype(object)
        return values.where(values.notna(), None).to_numpy(dtype=object)
    return column.to_numpy()
