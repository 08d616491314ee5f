"""The encoding of a DBF from its bytes, with labels as evidence only."""

from __future__ import annotations

import pytest

from geodata import GuatuError, read_boundaries
from geodata.boundaries.encoding import Label, canonical, choose_encoding, decode
from tests.geodata.boundaries.layers import (
    layer,
    set_field_name,
    set_language_byte,
    write_shapefile,
)

NAMES = ["杨村", "南关社区", "东岗村民委员会"]


@pytest.mark.parametrize(
    ("codec", "name"),
    [("gbk", "gb18030"), ("utf-8", "utf-8"), ("big5", "big5"), ("shift_jis", "shift_jis")],
)
def test_encoding_is_found_without_a_label(codec, name):
    texts = {"big5": ["內角里", "白河區", "臺南市"], "shift_jis": ["ひたちなか市", "さくら町"]}
    choice = choose_encoding([text.encode(codec) for text in texts.get(codec, NAMES)])
    assert choice.name == name
    assert choice.certain


def test_gbk_label_is_read_as_its_superset():
    choice = choose_encoding(["𠮷家村".encode("gb18030")], labels=[Label("cpg", "GBK")])
    assert choice.name == "gb18030"
    assert choice.reason.kind == "encoding_cpg"


def test_wrong_label_is_said_and_not_followed():
    choice = choose_encoding([n.encode("gbk") for n in NAMES], labels=[Label("cpg", "UTF-8")])
    assert choice.name == "gb18030"
    assert [remark.kind for remark in choice.remarks] == ["encoding_label_wrong"]
    assert "UTF-8" in choice.remarks[0].sentence("en")


def test_unknown_label_is_said():
    choice = choose_encoding([n.encode("gbk") for n in NAMES], labels=[Label("cpg", "x-mac-9")])
    assert choice.remarks[0].kind == "encoding_label_unknown"


def test_label_decides_between_encodings_that_read_alike():
    korean = ["한국말".encode("euc-kr")]
    assert choose_encoding(korean, labels=[Label("cpg", "EUC-KR")]).name == "euc-kr"
    assert choose_encoding(korean).name == "gb18030"


def test_ascii_texts_need_no_choice():
    choice = choose_encoding([b"Fuxing", b"12"])
    assert (choice.name, choice.certain, choice.reason.kind) == ("utf-8", True, "encoding_ascii")


@pytest.mark.parametrize(
    ("label", "name"),
    [("936", "gb18030"), ("CP936", "gb18030"), ("GB2312", "gb18030"), ("Big-5", "big5"),
     ("65001", "utf-8"), ("UTF8", "utf-8"), ("1251", "cp1251"), ("koi8r", "koi8-r"),
     ("ISO 88591", "windows-1252"), ("base64", None), ("no such", None)],
)  # fmt: skip
def test_names_of_encodings_are_understood(label, name):
    assert canonical(label) == name


def test_undefined_character_is_one_mark_and_the_rest_stays():
    # 9AAC is in nobody's standard; the two characters after it are.
    assert decode(b"\x9a\xac" + "洲里".encode("big5"), "big5") == "\ufffd洲里"


def test_character_cut_at_the_end_is_one_mark():
    assert decode("杨村".encode("gbk")[:-1], "gb18030") == "杨\ufffd"


def test_unmarked_gbk_shapefile_is_read(tmp_path):
    path = write_shapefile(tmp_path, layer({"村名": NAMES}), encoding="GB18030", drop=(".cpg",))
    set_language_byte(path.with_suffix(".dbf"), 0)
    read = read_boundaries(path)
    assert read.frame["村名"].tolist() == NAMES
    assert read.encoding.reason.kind == "encoding_evidence"


def test_language_byte_is_a_label(tmp_path):
    path = write_shapefile(tmp_path, layer({"name": NAMES}), encoding="GBK", drop=(".cpg",))
    set_language_byte(path.with_suffix(".dbf"), 0x4D)
    assert read_boundaries(path).encoding.reason.kind == "encoding_language_byte"


def test_utf8_field_name_cut_inside_a_character_keeps_its_whole_characters(tmp_path):
    path = write_shapefile(tmp_path, layer({"x": NAMES}))
    set_field_name(path.with_suffix(".dbf"), 0, "行政村名".encode())
    assert list(read_boundaries(path).frame.columns) == ["行政村", "geometry"]


def test_repeated_field_names_are_all_kept(tmp_path):
    path = write_shapefile(tmp_path, layer({"a": ["1"], "b": ["2"], "c": ["3"], "d": ["4"]}))
    for place, name in enumerate([b"x", b"x", b"geometry", b""]):
        set_field_name(path.with_suffix(".dbf"), place, name)
    frame = read_boundaries(path).frame
    assert frame.drop(columns="geometry").iloc[0].to_dict() == {
        "x": "1", "x_2": "2", "geometry_2": "3", "column": "4",
    }  # fmt: skip


def test_lost_characters_are_named_with_record_and_column(tmp_path):
    path = write_shapefile(tmp_path, layer({"村名": ["杨村", "?家村", "后■村"]}), encoding="GBK")
    damaged = [issue for issue in read_boundaries(path).issues if issue.kind == "damaged_text"]
    assert [(issue.feature, issue.field) for issue in damaged] == [(1, "村名"), (2, "村名")]
    assert damaged[0].sentence("en").startswith("record 2, column “村名”")


def test_question_mark_beside_latin_text_is_no_damage(tmp_path):
    path = write_shapefile(tmp_path, layer({"note": ["is it?"]}))
    assert read_boundaries(path).issues == ()


def test_users_encoding_goes_before_the_label(tmp_path):
    path = write_shapefile(tmp_path, layer({"n": ["ภาษาไทย"]}), encoding="CP874", drop=(".cpg",))
    assert read_boundaries(path, encoding="windows-874").frame["n"].tolist() == ["ภาษาไทย"]


def test_users_encoding_that_fits_no_text_is_refused_with_a_better_one(tmp_path):
    path = write_shapefile(tmp_path, layer({"n": NAMES}), encoding="GBK")
    with pytest.raises(GuatuError, match="--encoding gb18030"):
        read_boundaries(path, encoding="utf-8")


def test_users_implausible_encoding_is_followed_with_a_warning(tmp_path):
    path = write_shapefile(tmp_path, layer({"n": ["內角里", "白河區"]}), encoding="BIG5")
    read = read_boundaries(path, encoding="gbk")
    assert read.encoding.name == "gb18030"
    assert [remark.kind for remark in read.encoding.remarks] == ["encoding_given_doubtful"]


@pytest.mark.parametrize(("wanted", "word"), [("klingon", "klingon"), ("utf-16", "DBF")])
def test_encoding_nobody_can_use_is_refused(tmp_path, wanted, word):
    path = write_shapefile(tmp_path, layer({"n": NAMES}))
    with pytest.raises(GuatuError, match=word):
        read_boundaries(path, encoding=wanted)


def test_geojson_in_gbk_is_read_with_the_encoding_named(tmp_path):
    path = tmp_path / "a.geojson"
    layer({"村名": NAMES}, crs=4326).to_file(path)
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    read = read_boundaries(path)
    assert read.frame["村名"].tolist() == NAMES
    assert (read.encoding.name, read.encoding.reason.kind) == ("gb18030", "encoding_json")
