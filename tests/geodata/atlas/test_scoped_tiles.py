"""No tile tells an account of a place outside its scope: whoever it is, wherever the tile lies."""

from __future__ import annotations

import gzip

import pytest

from geodata.access import EVERYWHERE, Scope
from geodata.atlas.scoped import within_scope
from geodata.atlas.scoped_tiles import known_positions, within
from geodata.atlas.tiles import POSITION, write_tiles
from tests.geodata.atlas.test_tiles import layer_of, tiles_of
from tests.invented import COUNTY, grid_atlas

ACCOUNTS = [
    ("leader", (EVERYWHERE,)),
    ("leader", (COUNTY,)),
    ("leader", ("990101",)),
    ("leader", ()),
    ("analyst", (f"{COUNTY}002",)),
    ("auditor", (f"{COUNTY}001", f"{COUNTY}003004")),
    ("village_officer", (f"{COUNTY}001002",)),
    ("village_officer", (f"{COUNTY}001002", f"{COUNTY}003001")),
    ("administrator", (EVERYWHERE,)),
]


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    atlas = grid_atlas(3, 4)
    file = tmp_path_factory.mktemp("tiles") / "all.mbtiles"
    write_tiles(atlas, file)
    return atlas, tiles_of(file)


@pytest.mark.parametrize(("role", "prefixes"), ACCOUNTS)
def test_of_places_outside_a_tile_has_an_outline_and_nothing_else(cut, role, prefixes, tmp_path):
    atlas, tiles = cut
    mine = within_scope(atlas, Scope(role, prefixes))
    known = known_positions(mine)
    for tile in tiles.values():
        seen = within(tile, known)
        told = set()
        for level in atlas.levels:
            whole = layer_of(tile, level, tmp_path)
            if whole is None:
                continue
            inside = [at for at in whole[POSITION] if known[level][at]]
            told |= {(level, at) for at in inside}
            if seen is None:
                continue
            frame = layer_of(seen, level, tmp_path)
            # All outlines are there, with a position where the figures may be seen.
            assert frame.geometry.geom_equals(whole.geometry).all()
            drawn = frame[POSITION].dropna().tolist() if POSITION in frame else []
            assert drawn == inside
            assert set(frame.columns) <= {"mvt_id", POSITION, "geometry"}
        assert (seen is None) == (not told)
    visible = {level: known[level].any() for level in atlas.levels}
    assert visible == {
        level: any(mine.scope.allows(key, "figure") for key in atlas.places_in(None, level))
        for level in atlas.levels
    }


@pytest.mark.parametrize(("role", "prefixes"), ACCOUNTS)
def test_a_tile_bears_no_code_no_name_and_no_value_of_a_place_outside(cut, role, prefixes):
    atlas, tiles = cut
    mine = within_scope(atlas, Scope(role, prefixes))
    known = known_positions(mine)
    texts = [text.encode() for key in atlas.places.index for text in (key, atlas.name(key))]
    for tile in tiles.values():
        seen = gzip.decompress(within(tile, known) or gzip.compress(b""))
        assert not [text for text in texts if text in seen]


def test_what_another_program_adds_to_a_feature_is_told_of_known_places_alone(cut):
    atlas, _ = cut
    # An id that stands on the feature itself, of a place that is not known.
    layer = b"\x0a\x07village\x12\x04\x08\x07\x18\x03\x1a\x01i\x78\x02"
    tile = gzip.compress(bytes([3 << 3 | 2, len(layer)]) + layer)
    known = known_positions(within_scope(atlas, Scope("leader", (COUNTY,))))
    assert within(tile, known) is None
