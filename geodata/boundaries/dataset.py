"""What GDAL is given to open: only the format that was checked, and nothing that points elsewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from geodata.boundaries.files import part_of
from geodata.errors import BoundaryError

JSON = (".geojson", ".json", ".topojson")
_TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')
# The name "crs" in any case, also with its letters written as escapes.
_CRS_MEMBER = re.compile(
    r'"(?:[cC]|\\u00[46]3)(?:[rR]|\\u00[57]2)(?:[sS]|\\u00[57]3)"\s*:\s*(?=\{)'
)


@contextmanager
def dataset(file: Path) -> Iterator[str | Path]:
    """Give the name under which GDAL opens a boundary file.

    A shapefile is given without its .prj and .cpg, which are read here, so that a broken one stops
    nothing; JSON is opened by the driver for its kind alone.
    """
    suffix = file.suffix.lower()
    if suffix == ".shp":
        with TemporaryDirectory(prefix="guatu-") as folder:
            for ending in (".shp", ".shx", ".dbf"):
                _stand_in(part_of(file, ending), Path(folder) / f"layer{ending}")
            yield Path(folder) / "layer.shp"
    elif suffix in JSON:
        raw = file.read_bytes()
        _refuse_linked_crs(raw, file)
        yield f"{'TopoJSON' if _TOPOLOGY.search(raw) else 'GeoJSON'}:{file}"
    else:
        yield file


def _stand_in(file: Path, place: Path) -> None:
    """Put a link to a file at a place, or a copy where links are not allowed."""
    try:
        place.symlink_to(file.resolve())
    except OSError:
        shutil.copyfile(file, place)


def _refuse_linked_crs(raw: bytes, file: Path) -> None:
    """Raise when a CRS is a link: GDAL would fetch it from the network."""
    text = raw.decode("utf-8", "replace")
    for found in _CRS_MEMBER.finditer(text):
        try:
            member, _ = json.JSONDecoder().raw_decode(text, found.end())
        except (ValueError, RecursionError):
            continue  # not JSON, which GDAL will say
        kind = next((str(member[name]) for name in member if name.lower() == "type"), "")
        if kind.lower() not in ("name", "epsg"):
            raise BoundaryError("boundaries.crs_by_link", file=file)
