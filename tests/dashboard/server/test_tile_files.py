"""Tiles by address: each account has those of its own scope, and what is not there is told cleanly."""

from __future__ import annotations

import gzip
import json

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from dashboard.server.geometry import GeometryFiles
from dashboard.server.tile_files import seen_tile
from geodata.access import Scope
from geodata.atlas import open_atlas
from geodata.atlas.folder import save_atlas
from geodata.atlas.scoped import within_scope
from geodata.atlas.tiles import TileArchive
from tests.geodata.atlas.test_tiles import tiles_of
from tests.headless import run_apart
from tests.invented import COUNTY, grid_atlas

VILLAGE = f"{COUNTY}001002"


@pytest.fixture
def atlas(tmp_path):
    save_atlas(grid_atlas(), tmp_path, tiled=11)
    return open_atlas(tmp_path)


def answers(files, paths, headers=None):
    """Return status, headers and body of each path, asked one after the other."""

    async def ask():
        server = HTTPServer(Application(files.routes()))
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        client, base = AsyncHTTPClient(), f"http://127.0.0.1:{sockets[0].getsockname()[1]}/"
        try:
            asked = [
                await client.fetch(
                    HTTPRequest(base + path, headers=headers, decompress_response=False),
                    raise_error=False,
                )
                for path in paths
            ]
        finally:
            server.stop()
            client.close()
        return [(one.code, one.headers, one.body) for one in asked]

    return run_apart(ask())


def addresses(files, atlas):
    """Return the address of every tile as a browser makes it, with zoom, column and row."""
    address = files.sources[0]["tiles"]
    return {
        address.format(z=zoom, x=column, y=row): (zoom, column, row)
        for zoom, column, row in tiles_of(atlas.tiles)
    }


def test_without_accounts_every_tile_is_served_as_it_was_cut(atlas):
    files = GeometryFiles(atlas)
    known = addresses(files, atlas)
    for (_, at), (code, headers, body) in zip(known.items(), answers(files, known), strict=True):
        assert (code, headers["Content-Encoding"]) == (200, "gzip")
        assert "no-cache" in headers["Cache-Control"]
        assert body == TileArchive(atlas.tiles).tile(*at)


@pytest.mark.parametrize(
    ("role", "prefix", "expected"),
    # Whoever sees figures of places above their own has their outlines in every tile.
    [
        ("village_officer", VILLAGE, {200}),
        ("auditor", VILLAGE, {200, 404}),
        ("leader", "990101", {404}),
    ],
)
def test_an_account_gets_the_tiles_of_its_scope_alone(atlas, role, prefix, expected):
    mine = within_scope(atlas, Scope(role, (prefix,)))
    files = GeometryFiles(atlas, lambda request: mine)
    known = addresses(files, atlas)
    codes = set()
    for (_, at), (code, _, body) in zip(known.items(), answers(files, known), strict=True):
        codes.add(code)
        seen = seen_tile(mine, *at)
        assert code == (404 if seen is None else 200)
        assert seen is None or gzip.decompress(body) == gzip.decompress(seen)
        assert seen != TileArchive(atlas.tiles).tile(*at)
    assert codes == expected


def test_what_cannot_be_served_is_told_cleanly(atlas):
    files = GeometryFiles(atlas)
    address = files.sources[0]["tiles"]
    first = next(iter(addresses(files, atlas)))
    old = first.replace(atlas.tiles.stem, "tiles-000000000000")
    outside = [address.format(z=z, x=x, y=y) for z, x, y in ((22, 1, 1), (0, 0, 0), (3, 99, 1))]
    strange = ["tiles/../atlas/1/1/1.pbf", f"{first}x", address.format(z=-1, x=0, y=0)]
    codes = [code for code, *_ in answers(files, [old, *outside, *strange])]
    assert codes == [410, 404, 404, 404, 404, 404, 404]
    atlas.tiles.unlink()
    assert [code for code, *_ in answers(files, [first])] == [410]


def test_tiles_of_an_edition_before_stay_served(atlas, tmp_path):
    files = GeometryFiles(atlas)
    before = next(iter(addresses(files, atlas)))
    save_atlas(grid_atlas(4), tmp_path, tiled=11)
    newer = open_atlas(tmp_path)
    files.take(GeometryFiles(newer))
    now = GeometryFiles(newer).sources[0]["tiles"]
    assert now != files.sources[0]["tiles"]
    assert [code for code, *_ in answers(files, [before])] == [200]
    assert newer.tiles.stem in files.atlases


def test_outlines_beside_tiles_are_coarse_and_of_the_same_places(atlas):
    tiled, whole = GeometryFiles(atlas), GeometryFiles(grid_atlas())
    for coarse, fine in zip(tiled.sources, whole.sources, strict=True):
        assert (coarse["labels"], len(coarse["bounds"].split(","))) == (fine["labels"], 4)
        assert "tiles" not in fine
        ids = [
            [feature["id"] for feature in json.loads(gzip.decompress(content))["features"]]
            for content in (
                files.files[source["outlines"].partition("/")[2]]
                for files, source in ((tiled, coarse), (whole, fine))
            )
        ]
        assert ids[0] == ids[1]
