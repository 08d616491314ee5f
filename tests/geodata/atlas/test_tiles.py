"""The archive of tiles: what is in it, how large, and what damage does to it."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from contextlib import closing

import pyogrio
import pytest
import shapely

from geodata.atlas import open_atlas, tiles
from geodata.atlas.folder import FOLDER, atlas_faults, save_atlas
from geodata.atlas.tiles import POSITION, TileArchive, write_tiles
from geodata.errors import AtlasError
from tests.invented import grid_atlas


def tiles_of(file):
    """Return all tiles of an archive by zoom, column and row from the north."""
    with closing(sqlite3.connect(file)) as archive:
        rows = archive.execute("select zoom_level, tile_column, tile_row, tile_data from tiles")
        return {(z, x, 2**z - 1 - y): data for z, x, y, data in rows}


def layer_of(tile, level, folder):
    """Return one layer of a tile as a frame; None where it has none."""
    file = folder / "tile.pbf"
    file.write_bytes(gzip.decompress(tile))
    names = [name for name, _ in pyogrio.list_layers(file)]
    return pyogrio.read_dataframe(file, layer=level) if level in names else None


def test_every_place_is_in_the_tiles_of_each_zoom_of_its_level(tmp_path):
    atlas = grid_atlas(4, 5)
    write_tiles(atlas, tmp_path / "all.mbtiles")
    archive = TileArchive(tmp_path / "all.mbtiles")
    zooms, every = archive.zooms(), tiles_of(archive.file)
    assert list(zooms) == list(atlas.levels)
    for level, (first, last) in zooms.items():
        for zoom in range(first, last + 1):
            frames = [
                layer_of(tile, level, tmp_path) for at, tile in every.items() if at[0] == zoom
            ]
            drawn = {at for frame in frames if frame is not None for at in frame[POSITION]}
            assert drawn == set(range(len(atlas.places_in(None, level))))
    # The levels above come from farther out.
    assert zooms["county"][0] < zooms["village"][0]
    assert all(archive.tile(*at) == tile for at, tile in every.items())


def test_what_lies_outside_the_archive_is_no_tile(tmp_path):
    write_tiles(grid_atlas(), tmp_path / "all.mbtiles")
    archive = TileArchive(tmp_path / "all.mbtiles")
    last = archive.zooms()["village"][1]
    outside = [(last + 1, 0, 0), (99, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, -1), (2, 0, 0)]
    assert [archive.tile(*at) for at in outside] == [None] * len(outside)


def test_the_lowest_level_begins_where_its_tiles_are_small_enough(tmp_path, monkeypatch):
    atlas = grid_atlas(6, 6)
    write_tiles(atlas, tmp_path / "wide.mbtiles")
    wide = TileArchive(tmp_path / "wide.mbtiles").zooms()
    monkeypatch.setattr(tiles, "LARGEST", 180)
    write_tiles(atlas, tmp_path / "near.mbtiles")
    near = TileArchive(tmp_path / "near.mbtiles").zooms()
    assert near["village"][0] > wide["village"][0]
    assert near["township"][0] == wide["township"][0]


def test_neighbours_keep_one_edge_where_outlines_are_simplified(tmp_path):
    write_tiles(grid_atlas(3, 4), tmp_path / "all.mbtiles")
    archive = TileArchive(tmp_path / "all.mbtiles")
    first = archive.zooms()["village"][0]
    for at, tile in tiles_of(archive.file).items():
        frame = layer_of(tile, "village", tmp_path) if at[0] == first else None
        if frame is not None:
            shapes = frame.geometry.to_numpy()
            assert shapely.area(shapely.union_all(shapes)) == pytest.approx(
                shapely.area(shapes).sum()
            )


def test_an_atlas_of_few_places_has_no_tiles_and_one_of_many_has(tmp_path):
    save_atlas(grid_atlas(), tmp_path)
    assert open_atlas(tmp_path).tiles is None
    save_atlas(grid_atlas(), tmp_path, tiled=11)
    file = open_atlas(tmp_path).tiles
    assert TileArchive(file).zooms()["village"]
    # The same places and outlines have the same tiles, which are not cut again.
    before = file.stat().st_mtime_ns
    save_atlas(grid_atlas(), tmp_path, tiled=11)
    assert open_atlas(tmp_path).tiles == file
    assert file.stat().st_mtime_ns == before
    assert not list((tmp_path / FOLDER).glob(".*"))


def test_a_disk_that_is_full_while_cutting_leaves_the_atlas_before(tmp_path, monkeypatch):
    save_atlas(grid_atlas(), tmp_path, tiled=11)
    before = open_atlas(tmp_path)

    def full(*given, **options):
        raise pyogrio.errors.DataSourceError("No space left on device")

    monkeypatch.setattr(pyogrio, "write_dataframe", full)
    with pytest.raises(AtlasError, match="No space left") as told:
        save_atlas(grid_atlas(4), tmp_path, tiled=11)
    assert told.value.key == "atlas.no_tiles"
    after = open_atlas(tmp_path)
    assert after.tiles == before.tiles
    assert after.places.equals(before.places)


def test_an_archive_that_is_cut_off_is_told_and_never_read(tmp_path):
    save_atlas(grid_atlas(), tmp_path, tiled=11)
    file = open_atlas(tmp_path).tiles
    copy = tmp_path / "cut.mbtiles"
    shutil.copy(file, copy)
    with copy.open("r+b") as cut:
        cut.truncate(2000)
    for archive in (TileArchive(copy), TileArchive(tmp_path / "none.mbtiles")):
        with pytest.raises(AtlasError):
            archive.zooms()
        with pytest.raises(AtlasError):
            archive.tile(3, 1, 1)
    shutil.copy(copy, file)
    assert atlas_faults(tmp_path) == (file.name,)
