"""Heights are those of the file at every point, whatever its form, projection and fineness."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from PIL import Image, TiffImagePlugin

from geodata.errors import GroundError
from geodata.ground import heights as module
from geodata.ground.heights import read_heights

LEFT, TOP, STEP = 450_000.0, 3_830_000.0, 50.0
CRS = "EPSG:4550"


def slope(rows=60, columns=80):
    """Return heights that rise by 1 m a metre to the east and fall by 2 to the north, in cell middles."""
    x = (np.arange(columns) + 0.5) * STEP
    y = -(np.arange(rows) + 0.5) * STEP
    return x[None, :] - 2 * y[:, None]


def write_asc(file, metres, *, nodata=-9999):
    rows, columns = metres.shape
    head = [
        f"ncols {columns}",
        f"nrows {rows}",
        f"xllcorner {LEFT}",
        f"yllcorner {TOP - rows * STEP}",
        f"cellsize {STEP}",
        f"NODATA_value {nodata}",
    ]
    filled = np.nan_to_num(metres, nan=nodata)
    lines = [" ".join(f"{one:.3f}" for one in row) for row in filled]
    file.write_text("\n".join([*head, *lines]) + "\n", encoding="ascii")
    file.with_suffix(".prj").write_text(pyproj.CRS(CRS).to_wkt("WKT1_ESRI"), encoding="utf-8")


def write_tif(file, metres):
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[33550], tags[33922] = (STEP, STEP, 0.0), (0.0, 0.0, 0.0, LEFT, TOP, 0.0)
    tags.tagtype[33550] = tags.tagtype[33922] = 12
    tags[34735] = (1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 4550)
    tags.tagtype[34735] = 3
    tags[42113] = "-9999"
    filled = np.nan_to_num(metres, nan=-9999).astype("float32")
    Image.fromarray(filled).save(file, tiffinfo=tags)


WRITE = {"heights.asc": write_asc, "heights.tif": write_tif}


@pytest.mark.parametrize("most", [1400, 20])
@pytest.mark.parametrize("name", WRITE)
def test_heights_are_those_of_the_file_at_every_point(tmp_path, monkeypatch, name, most):
    monkeypatch.setattr(module, "_MOST", most)
    WRITE[name](tmp_path / name, slope())
    heights = read_heights(tmp_path / name)
    x, y = np.meshgrid(np.linspace(400, 3400, 7), -np.linspace(400, 2400, 5))
    way = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True)
    told = heights.at(*way.transform(LEFT + x, TOP + y))
    # Of a file that is thinned out, a kept pixel stands in the middle of the first it replaces.
    assert told == pytest.approx(x - 2 * y, abs=1.0 if most > 80 else 3 * STEP)


@pytest.mark.parametrize("name", WRITE)
def test_what_is_not_known_stays_unknown_and_so_does_what_lies_beside(tmp_path, name):
    metres = slope()
    metres[:30] = np.nan
    WRITE[name](tmp_path / name, metres)
    heights = read_heights(tmp_path / name)
    way = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True)
    points = way.transform(*np.array([(LEFT + 900, TOP - 500), (LEFT - 900, TOP - 2000)]).T)
    assert np.isnan(heights.at(*points)).all()


def test_a_file_that_is_no_raster_or_has_no_place_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "dem.tif").write_bytes(b"no raster")
    (tmp_path / "dem.asc").write_text("ncols 2\n1 2\n", encoding="ascii")
    Image.fromarray(np.zeros((4, 4), "float32")).save(tmp_path / "bare.tif")
    for name in ("dem.tif", "dem.asc", "bare.tif"):
        with pytest.raises(GroundError, match=name):
            read_heights(tmp_path / name)


def test_a_raster_too_large_for_memory_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LARGEST", 1000)
    write_asc(tmp_path / "dem.asc", slope())
    with pytest.raises(GroundError, match="gdalwarp"):
        read_heights(tmp_path / "dem.asc")
