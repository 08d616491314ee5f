"""Joins of public data: how many match, and that none is wrong where a second key can tell."""

from __future__ import annotations

import dataclasses

import pytest

from geodata.boundaries.read import read_boundaries
from geodata.intake.period_tables import read_series
from geodata.intake.readers import read_table, read_tables
from geodata.joining import join_indicators

pytestmark = pytest.mark.real
MONTHS = ["2014-04", "2015-12", "2016-12"]


@pytest.fixture(scope="module")
def tainan(real_data):
    return read_boundaries(real_data / "tw_tainan" / "boundary_2013_shp")


def _population(real_data, month):
    return read_table(real_data / "tw_tainan" / "population" / f"{month}.csv")


def test_tainan_income_2013_joins_by_names(real_data, tainan):
    table = read_table(real_data / "tw_tainan" / "income_2010_2016" / "2013.csv")
    result = join_indicators(
        tainan, table, boundary_name="COUNTY,TOWN,VILLAGE", table_name="縣市,鄉鎮市區,村里"
    )
    assert result.matched >= 730
    assert result.matched + result.proposed + len(result.unmatched_table) == 752
    rest = result.ledger[result.ledger["outcome"] == "unmatched"]
    assert (rest["reason"] != "").all()


def test_tainan_name_columns_are_guessed(real_data, tainan):
    table = read_table(real_data / "tw_tainan" / "income_2010_2016" / "2013.csv")
    result = join_indicators(tainan, table)
    assert result.columns.boundary_name == ("COUNTY", "TOWN", "VILLAGE")
    assert result.columns.table_name == ("縣市", "鄉鎮市區", "村里")


def test_tainan_years_join_as_periods(real_data, tainan):
    table, periods = read_series([real_data / "tw_tainan" / "income_2010_2016"])
    result = join_indicators(tainan, table, periods=periods)
    assert sorted(set(periods)) == [str(year) for year in range(2010, 2017)]
    assert result.matched >= 7 * 730
    assert result.duplicates["table"] == {}


@pytest.mark.parametrize("month", MONTHS)
def test_tainan_population_joins_by_code_whole(real_data, tainan, month):
    result = join_indicators(
        tainan, _population(real_data, month), boundary_code="V_ID", table_code="村里代碼"
    )
    assert (result.matched, result.matched_by) == (752, {"code": 752})


@pytest.mark.parametrize("month", MONTHS)
def test_tainan_names_agree_with_codes_for_every_match_and_proposal(real_data, tainan, month):
    table = _population(real_data, month)
    codes = join_indicators(tainan, table, boundary_code="V_ID", table_code="村里代碼")
    names = join_indicators(tainan, table, boundary_name="TOWN,VILLAGE", table_name="區域,村里")
    matched = names.feature_of_row >= 0
    assert matched.sum() >= 730
    assert (names.feature_of_row == codes.feature_of_row)[matched].all()
    lines = names.ledger[names.ledger["side"] == "table"].reset_index(drop=True)
    keys = names.ledger.loc[names.ledger["side"] == "boundary", "key"].tolist()
    proposed = lines[lines["outcome"] == "proposed"]
    wrong = [
        row
        for row, partner in proposed["partner"].items()
        if keys[codes.feature_of_row[row]] != partner
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "spoil", [str, lambda code: code.lstrip("0"), lambda code: f"{int(code)}.0"]
)
def test_arequipa_households_join_once_the_zero_is_restored(real_data, spoil):
    folder = real_data / "pe_arequipa"
    districts = read_boundaries(folder / "peru_distrital_simple.geojson")
    table = read_table(folder / "enaho_arequipa_2023_households.csv")
    frame = table.frame.assign(ubigeo=table.frame["ubigeo"].map(spoil))
    spoilt = dataclasses.replace(table, frame=frame)
    result = join_indicators(districts, spoilt, boundary_code="IDDIST", table_code="ubigeo")
    assert (result.matched, result.table_rows) == (1517, 1517)


def test_kerala_samples_are_placed_by_their_point(real_data):
    folder = real_data / "in_kerala_water"
    villages = read_boundaries(folder / "kerala_villages.topojson")
    table = read_table(folder / "cgwb_groundwater_2023_kerala.csv")
    result = join_indicators(villages, table, table_xy="Longitude,Latitude")
    assert result.matched_by["location"] >= 328
    assert result.matched + result.proposed + len(result.unmatched_table) == 338


def test_old_xls_with_wide_text_is_read(real_data):
    table = read_table(real_data / "pe_arequipa" / "siasar_system_storage-PE.xls")
    assert table.frame["nombre"][0] == "Sistema de CHIARA CCOLLPA"
    assert table.frame["pais"].unique().tolist() == ["Perú"]


def test_survey_of_households_is_read_whole(real_data):
    table = read_table(real_data / "mw_household" / "waterconsumersurvey.csv")
    assert table.frame.shape == (423, 41)
    assert table.frame["shortage_months"][1] == "October, November"


def test_official_changes_are_read_from_every_sheet(real_data):
    sheets = read_tables(real_data / "cn_codes" / "sub-county-diff_2018_2023.xlsx")
    assert len(sheets) == 10
    assert all({"原区划代码", "现区划代码"} <= set(sheet.frame.columns) for sheet in sheets)
    assert all(
        (sheet.frame["原区划代码"] + sheet.frame["现区划代码"] != "").mean() > 0.95
        for sheet in sheets
    )


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("130130202", "130130107", "matched"),  # a township became a town: one to one
        ("110103", "110101", "unmatched"),  # a district merged into one that was there
    ],
)
def test_crosswalk_of_real_changes_joins_or_explains(real_data, old, new, outcome):
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry import box

    layer = gpd.GeoDataFrame({"code": [new]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    table = pd.DataFrame({"代码": [old]}, dtype=str)
    folder = real_data / "cn_codes"
    changes = [
        *read_tables(folder / "sub-county-diff_2018_2023.xlsx"),
        read_table(folder / "areacodes_history_1980_2025.csv"),
    ]
    result = join_indicators(
        layer, table, boundary_code="code", table_code="代码", crosswalk=changes
    )
    line = result.ledger.iloc[-1]
    assert line["outcome"] == outcome
    assert outcome == "matched" or "已并入“东城区 110101”" in line["reason"]
