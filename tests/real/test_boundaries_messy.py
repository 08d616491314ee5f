"""Layers and tables in many encodings: each is read right, or refused with the reason."""

from __future__ import annotations

import pyogrio
import pytest

from geodata import GuatuError, read_boundaries
from geodata.boundaries.encoding import choose_encoding, decode
from geodata.boundaries.features import stated_labels

pytestmark = pytest.mark.real


def test_provinces_in_unmarked_gbk_without_prj(real_data):
    read = read_boundaries(real_data / "messy" / "bou2_4p")
    assert (len(read), read.encoding.name, read.encoding.certain) == (925, "gb18030", True)
    assert read.frame["NAME"].iloc[0] == "黑龙江省"
    assert read.frame["NAME"].nunique() == 33
    assert (read.crs.label, read.crs.reason.kind) == ("EPSG:4490", "crs_degrees")
    assert read.issues == ()


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("mapshaper_dbf", "several_layers"),
        ("mapshaper_dbf/big5.shp", "crs_missing"),
        ("mapshaper_dbf/chinese.shp", "crs_contradicted"),
        ("mapshaper_dbf/utf16.dbf", "missing_part"),
        ("mapshaper_ldid", "crs_contradicted"),
        ("rs_cp936", "crs_missing"),
    ],
)
def test_layer_that_cannot_be_placed_is_refused(real_data, path, key):
    with pytest.raises(GuatuError) as refused:
        read_boundaries(real_data / "messy" / path)
    assert refused.value.key == f"boundaries.{key}"


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("mapshaper_dbf/big5.shp", "國語", "big5"),
        ("mapshaper_ldid/chinese.shp", "简体", "gb18030"),
        ("rs_cp936/file_cp936.shp", "测试中文", "gb18030"),
    ],
)
def test_layer_is_read_once_its_crs_is_stated(real_data, path, text, name):
    read = read_boundaries(real_data / "messy" / path, crs="EPSG:3857")
    assert read.frame.iloc[0, 0] == text
    assert read.encoding.name == name


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("eucjp", "ひたちなか市"), ("euckr", "한국말"), ("gb2312", "简体国语"),
        ("gbk", "简体国语"), ("koi8r", "русский"), ("latin1", "Peçeña México"),
        ("latin2", "čeština"), ("shiftjis", "ひたちなか市"), ("utf8", "国语國語"),
        ("win1251", "РУССКИЙ"), ("win874", "ภาษาไทย"),
    ],
)  # fmt: skip
def test_table_alone_shows_its_encoding(real_data, file, text):
    path = real_data / "messy" / "mapshaper_dbf" / f"{file}.dbf"
    *_, columns = pyogrio.raw.read(path, encoding="ISO-8859-1", read_geometry=False)
    raw = [value.encode("latin-1") for value in columns[0] if value]
    choice = choose_encoding(raw, labels=stated_labels(path))
    assert text in [decode(value, choice.name) for value in raw]


def test_greek_without_a_label_is_not_called_certain(real_data):
    path = real_data / "messy" / "mapshaper_dbf" / "periphereies.dbf"
    *_, columns = pyogrio.raw.read(path, encoding="ISO-8859-1", read_geometry=False)
    raw = [value.encode("latin-1") for value in columns[0] if value]
    assert not choose_encoding(raw, labels=stated_labels(path)).certain
