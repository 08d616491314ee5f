"""The county's village boundaries as shapefiles, in the encodings that offices send them in."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from geodata.sample.places import Places

# A DBF field name holds 10 bytes: five Chinese characters in GBK, three in UTF-8.
_FIELDS = {
    "GBK": ("行政区代码", "行政区名称", "乡镇名称", "县名称"),
    "UTF-8": ("村代码", "村名称", "乡名称", "县名称"),
}
_COLUMNS = ("code", "name", "township", "county")
# GDAL writes the day of writing into the DBF header unless it is told one.
_DBF_DAY = "2024-01-01"


def write_shapefile(
    places: Places,
    file: Path,
    *,
    encoding: str = "GBK",
    cpg: bool = True,
    without: int | None = None,
) -> Path:
    """Write the villages as one shapefile and return its path; the same places give the same bytes.

    `encoding` is GBK or UTF-8. Without `cpg` nothing in the file says how its text is encoded.
    The village at row `without` is left out.
    """
    fields = dict(zip(_COLUMNS, _FIELDS[encoding], strict=True))
    frame = places.villages[[*_COLUMNS, "geometry"]].rename(columns=fields)
    if without is not None:
        frame = frame.drop(index=without)
    file.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.write_dataframe(
        frame, file, driver="ESRI Shapefile", encoding=encoding, DBF_DATE_LAST_UPDATE=_DBF_DAY
    )
    if not cpg:
        file.with_suffix(".cpg").unlink()
    return file
