"""The list of places: codes are given once, kept, and never twice."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.access.scope import is_scope_place
from geodata.errors import ConfigError, SourceError
from geodata.intake.placefile import (
    COLUMNS,
    outline_codes,
    read_places_file,
    settle_places,
    write_places_file,
)
from geodata.intake.placing import WITHOUT_CODE

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = st.sampled_from(["上河村", "下河村", "石桥村", "Upper", "Lower", "a", "12", ""])
ROWS = st.lists(st.tuples(st.sampled_from(["青龙镇", "白马乡", ""]), NAMES), max_size=12)


def _rows(pairs: list[tuple[str, str]], *, own: bool) -> pd.DataFrame:
    rows = [
        {
            "key": f"K{n}" if own else f"{town}/{name}" if name else "",
            "code": "",
            "township": town,
            "name": name or (f"K{n}" if own else ""),
        }
        for n, (town, name) in enumerate(pairs)
    ]
    return pd.DataFrame(rows, columns=["key", "code", "township", "name"], dtype="str")


@FEW
@given(first=ROWS, more=ROWS, own=st.booleans())
def test_every_outline_has_one_code_and_keeps_it(
    first: list[tuple[str, str]], more: list[tuple[str, str]], own: bool
) -> None:
    rows = _rows(first, own=own)
    places = settle_places(rows, county="990301", name="某县")
    assert places["place_code"].is_unique
    codes = outline_codes(rows, places)
    named = rows["key"] != ""
    assert (codes[named].str.len() == 12).all()
    assert codes[named].nunique() == rows.loc[named, "key"].nunique()
    parents = set(places.loc[places["level"] == "township", "place_code"])
    assert set(codes[named].str[:9]) <= parents
    assert (places["place_code"].str.startswith("990301")).all()
    later = _rows([*first, *more], own=own)
    again = settle_places(later, county="990301", name="某县", known=places)
    assert list(outline_codes(rows, again)) == list(codes)
    assert set(places["place_code"]) <= set(again["place_code"])
    # The order of the file decides nothing.
    turned = settle_places(rows[::-1].reset_index(drop=True), county="990301", name="某县")
    assert turned.equals(places)


def test_places_of_a_county_without_code_can_be_given_to_an_account() -> None:
    places = settle_places(
        _rows([("青龙镇", "上河村"), ("白马乡", "")], own=False), county="", name=""
    )
    assert all(is_scope_place(code) for code in places["place_code"])
    assert (places["place_code"].str[:6] == WITHOUT_CODE).all()


def test_whole_codes_are_taken_as_they_are(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        [("990301100201", "990301100201", "青龙镇", "上河村")],
        columns=["key", "code", "township", "name"],
    )
    places = settle_places(rows, county="990301", name="某县")
    assert dict(zip(places["place_code"], places["name"], strict=True)) == {
        "990301": "某县",
        "990301100": "青龙镇",
        "990301100201": "上河村",
    }
    write_places_file(tmp_path, places)
    kept = read_places_file(tmp_path)
    assert kept is not None
    assert kept.equals(places)


def test_a_county_with_more_places_than_numbers_is_refused() -> None:
    rows = _rows([("", f"v{n}") for n in range(1000)], own=True)
    with pytest.raises(ConfigError, match="999"):
        settle_places(rows, county="", name="")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"place_code,name\n1,a\n",
        (",".join(COLUMNS) + "\n99,province,a,,\n99,province,b,,\n").encode(),
        (",".join(COLUMNS) + "\n,province,a,,\n").encode(),
    ],
)
def test_a_list_that_was_spoilt_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "places.csv").write_bytes(content)
    with pytest.raises(SourceError, match=r"places\.csv"):
        read_places_file(tmp_path)
