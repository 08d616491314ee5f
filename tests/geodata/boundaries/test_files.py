"""Files that are damaged, incomplete, locked, too large or not what they say: one sentence each."""

from __future__ import annotations

import os
import random
import socket
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest

from geodata import read_boundaries
from geodata.errors import BoundaryError
from tests.geodata.boundaries.layers import layer, write_shapefile

ONE = {"name": ["杨村", "南关"]}


def refusal(path, **options) -> BoundaryError:
    with pytest.raises(BoundaryError) as refused:
        read_boundaries(path, **options)
    for lang in ("zh", "en"):
        assert refused.value.sentence(lang) != refused.value.key
    return refused.value


def zipped(tmp_path: Path, files: dict[str, bytes], **options) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_missing_part_is_named(tmp_path, part):
    error = refusal(write_shapefile(tmp_path, layer(ONE), drop=(part,)))
    assert error.key == "boundaries.missing_part"
    assert part in error.sentence("en")


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_part_that_was_cut_is_refused(tmp_path, part):
    path = write_shapefile(tmp_path, layer(ONE)).with_suffix(part)
    path.write_bytes(path.read_bytes()[:-40])
    error = refusal(path.with_suffix(".shp"))
    assert error.key == "boundaries.cut_short"
    assert part in error.sentence("en")


def test_part_given_instead_of_the_shp_is_enough(tmp_path):
    path = write_shapefile(tmp_path, layer(ONE))
    assert len(read_boundaries(path.with_suffix(".dbf"))) == 2


@pytest.mark.parametrize("ending", [".dbf", ".prj"])
def test_part_without_its_shp_is_refused(tmp_path, ending):
    path = write_shapefile(tmp_path, layer(ONE), drop=(".shp",))
    error = refusal(path.with_suffix(ending))
    assert (error.key, error.values["part"]) == ("boundaries.missing_part", ".shp")
    assert refusal(tmp_path).key == "boundaries.missing_part"


def test_parts_in_capitals_are_found(tmp_path):
    path = write_shapefile(tmp_path, layer(ONE))
    for file in tmp_path.iterdir():
        file.rename(file.with_suffix(file.suffix.upper()))
    assert len(read_boundaries(path.with_suffix(".SHP"))) == 2


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.geojson", "a.fgb", "a.parquet"])
def test_content_of_another_format_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"<html>moved</html>" * 20)
    assert refusal(path).key == "boundaries.not_that_format"


@pytest.mark.parametrize("name", ["a.shp", "a.zip", "a.geojson"])
def test_empty_file_is_refused(tmp_path, name):
    path = tmp_path / name
    path.touch()
    assert refusal(path).key in ("boundaries.empty_file", "boundaries.zip_damaged")


def test_format_nobody_reads_here_is_refused_with_the_ones_read(tmp_path):
    (tmp_path / "a.dwg").write_bytes(b"AC1027")
    error = refusal(tmp_path / "a.dwg")
    assert error.key == "boundaries.unknown_format"
    assert ".gpkg" in error.sentence("en")


def test_path_that_is_not_there_is_named(tmp_path):
    assert refusal(tmp_path / "none.shp").key == "boundaries.no_such_file"


def test_folder_of_several_layers_names_them(tmp_path):
    path = write_shapefile(tmp_path, layer(ONE))
    layer(ONE).to_file(tmp_path / "b.gpkg")
    error = refusal(tmp_path)
    assert error.key == "boundaries.several_layers"
    assert error.values["names"] == "a.shp, b.gpkg"
    assert len(read_boundaries(path)) == 2


def test_folder_without_a_layer_is_refused(tmp_path):
    (tmp_path / "note.txt").write_text("x")
    assert refusal(tmp_path).key == "boundaries.no_layer"


def test_table_and_shapes_of_different_length_are_refused(tmp_path):
    path = write_shapefile(tmp_path, layer(ONE))
    other = write_shapefile(tmp_path / "other", layer({"name": ["a", "b", "c"]}))
    path.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())
    error = refusal(path)
    assert (error.values["shapes"], error.values["rows"]) == (2, 3)


def test_cut_off_geopackage_and_json_are_refused(tmp_path):
    for name in ("a.gpkg", "a.geojson"):
        path = tmp_path / name
        layer(ONE).to_file(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
        assert refusal(path).key == "boundaries.unreadable"


def test_one_of_several_layers_must_be_chosen(tmp_path):
    path = tmp_path / "a.gpkg"
    layer(ONE).to_file(path, layer="villages")
    layer({"name": ["x"]}).to_file(path, layer="towns")
    assert refusal(path).key == "boundaries.choose_layer"
    assert refusal(path, layer="nothing").key == "boundaries.no_such_layer"
    assert len(read_boundaries(path, layer="towns")) == 1


def test_file_of_a_single_layer_has_its_own_name_as_layer(tmp_path):
    path = write_shapefile(tmp_path, layer(ONE))
    assert len(read_boundaries(path, layer="a")) == 2
    assert refusal(path, layer="b").key == "boundaries.no_such_layer"


def test_layer_without_features_or_without_shapes_is_refused(tmp_path):
    layer(ONE).iloc[:0].to_file(tmp_path / "none.gpkg")
    assert refusal(tmp_path / "none.gpkg").key == "boundaries.no_features"
    layer(ONE, shapes=[None, None]).to_file(tmp_path / "null.gpkg")
    assert refusal(tmp_path / "null.gpkg").key == "boundaries.all_null"
    (tmp_path / "table.parquet").write_bytes(b"")
    layer(ONE).drop(columns="geometry").to_parquet(tmp_path / "table.parquet")
    assert refusal(tmp_path / "table.parquet").key == "boundaries.no_geometry"


def test_zip_with_a_folder_inside_is_read(tmp_path):
    path = write_shapefile(tmp_path / "in", layer(ONE))
    files = {f"边界/{file.name}": file.read_bytes() for file in path.parent.iterdir()}
    assert len(read_boundaries(zipped(tmp_path, {**files, "readme.txt": b"x"}))) == 2


@pytest.mark.parametrize(
    "name", ["../a.shp", "/etc/a.shp", "x/../../a.shp", "..\\a.shp", "C:/a.shp"]
)
def test_zip_that_reaches_outside_is_refused_and_writes_nothing(tmp_path, monkeypatch, name):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert refusal(zipped(tmp_path, {name: b"x"})).key == "boundaries.zip_outside"
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a.zip", scratch]
    assert list(scratch.iterdir()) == []


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.shp", "w") as stream,
    ):
        for _ in range(110):
            stream.write(bytes(1024**2))
    error = refusal(path)
    assert (error.key, error.values["megabytes"]) == ("boundaries.zip_too_large", 110)


def test_zip_that_lies_about_its_sizes_is_refused(tmp_path):
    path = zipped(tmp_path, {"a.shp": bytes(50_000)})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((50_000).to_bytes(4, "little"), (500).to_bytes(4, "little")))
    assert refusal(path).key == "boundaries.zip_damaged"


def test_damaged_and_locked_zips_are_refused(tmp_path):
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04 not much more")
    assert refusal(tmp_path / "cut.zip").key == "boundaries.zip_damaged"
    path = zipped(tmp_path, {"a.shp": b"x"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    assert refusal(path).key == "boundaries.zip_locked"


def test_folder_without_read_permission_is_named(tmp_path):
    with tempfile.TemporaryDirectory() as name:
        write_shapefile(Path(name) / "closed", layer(ONE))
        closed = Path(name) / "closed"
        os.chmod(name, 0o755)
        closed.chmod(0)
        try:
            as_root = os.geteuid() == 0
            if as_root:  # root may read everything
                os.seteuid(65534)
            error = refusal(closed)
            inside = refusal(closed / "a.shp")
        finally:
            if as_root:
                os.seteuid(0)
            closed.chmod(stat.S_IRWXU)
    assert error.key == inside.key == "boundaries.no_permission"
    assert "closed" in error.sentence("en")


def test_broken_prj_is_refused_and_stating_the_crs_helps(tmp_path):
    path = write_shapefile(tmp_path, layer(ONE))
    path.with_suffix(".prj").write_text('GEOGCS["cut')
    assert refusal(path).key == "boundaries.prj_invalid"
    assert read_boundaries(path, crs="EPSG:4490").crs.label == "EPSG:4490"


@pytest.mark.parametrize(
    "member",
    [
        '"crs": {"type": "link", "properties": {"href": "ADDRESS", "type": "proj4"}}',
        '"CRS" : {"properties": {"url": "ADDRESS"}, "type": "url"}',
        r'"\u0063rs": {"type": "l\u0069nk", "properties": {"href": "ADDRESS"}}',
    ],
)
def test_crs_by_link_is_refused_and_nothing_is_fetched(tmp_path, member):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/crs"
        path = tmp_path / "a.geojson"
        layer(ONE, crs=4326).to_file(path)
        text = path.read_text(encoding="utf-8")
        path.write_text("{" + member.replace("ADDRESS", address) + "," + text.lstrip()[1:], "utf-8")
        assert refusal(path).key == "boundaries.crs_by_link"
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_json_is_opened_as_geojson_only(tmp_path):
    path = tmp_path / "a.json"
    inner = tmp_path / "b.geojson"
    layer(ONE, crs=4326).to_file(inner)
    command = f"gdal vector pipeline ! read {inner} ! write --output-format stream streamed_dataset"
    path.write_text('{"type": "gdal_streamed_alg", "command_line": "' + command + '"}')
    assert refusal(path).key == "boundaries.unreadable"


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.geojson", "a.fgb", "a.parquet", "a.zip"])
def test_damaged_bytes_never_end_in_another_error(tmp_path, name):
    frame = layer({**ONE, "v": [1.5, 2.5]}, crs=4326)
    shapefile = write_shapefile(tmp_path / "parts", frame, encoding="GBK")
    path = shapefile if name == "a.shp" else tmp_path / name
    if name == "a.zip":
        zipped(tmp_path, {file.name: file.read_bytes() for file in shapefile.parent.iterdir()})
    elif name == "a.parquet":
        frame.to_parquet(path)
    elif name != "a.shp":
        frame.to_file(path)
    targets = sorted(path.parent.iterdir()) if name == "a.shp" else [path]
    rng = random.Random(5)
    read = refused = 0
    for target in targets:
        whole = target.read_bytes()
        for attempt in range(12):
            damaged = bytearray(whole[: rng.randrange(len(whole))] if attempt % 2 else whole)
            for _ in range(8 if damaged else 0):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            target.write_bytes(damaged)
            try:
                read_boundaries(path)
                read += 1
            except BoundaryError:
                refused += 1
        target.write_bytes(whole)
    assert read + refused == 12 * len(targets)
    assert refused > 0
