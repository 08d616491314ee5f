"""Foreign household tables enter by a mapping in guatu.toml alone."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from geodata.config import read_config
from geodata.intake.importing import import_month
from geodata.intake.reporting import write_report
from geodata.store import SnapshotStore
from geodata.store.embedded import DuckDBEngine
from geodata.store.months import add_month

pytestmark = pytest.mark.real

AREQUIPA = """
[county]
code = "04"
name = "Arequipa"
[places]
assign = true
[[source]]
file = "enaho_*.csv"
table = "household"
[source.columns]
household_code = "hogar_id"
place_code = "ubigeo"
members = "tam_hogar"
net_income = "ingreso_neto_total_hogar"
transfer_income = "monto_total_transferencias_publicas"
water_solved = "agua_segura_proxy"
[source.values.water_solved]
"1" = true
"0" = false
"""
MALAWI = """
[county]
code = "990265"
name = "Zomba"
[places]
assign = true
[[source]]
file = "waterconsumersurvey.csv"
table = "household"
missing = ["NA"]
[source.columns]
household_code = ["village", "household_id"]
township = "traditional_authority"
village = "village"
members = "household_size"
longitude = "longitude"
latitude = "latitude"
fetch_minutes = "water_collection_time_minutes"
water_supply = "seasonal_water_shortage"
[source.values.water_supply]
Yes = "short"
No = "never"
"""


def _imported(tmp_path, file, settings):
    folder = tmp_path / "county"
    (folder / "raw" / "2023-12").mkdir(parents=True)
    shutil.copy(file, folder / "raw" / "2023-12")
    (folder / "guatu.toml").write_text(settings, encoding="utf-8")
    config = read_config(folder)
    result = import_month(config, "2023-12", who="clerk", at="2024-01-05")
    write_report(result, tmp_path / "report", config=config, lang="en")
    engine = DuckDBEngine()
    add_month(engine, SnapshotStore(config.store), "2023-12", names=["household", "place"])
    return result, engine


def test_households_of_arequipa_enter_with_income_and_water(real_data, tmp_path):
    file = real_data / "pe_arequipa" / "enaho_arequipa_2023_households.csv"
    result, engine = _imported(tmp_path, file, AREQUIPA)
    source = pd.read_csv(file, dtype=str)
    with engine:
        rows = engine.frame("SELECT * FROM household").set_index("household_code")
    assert len(rows) == len(source) == 1517
    assert result.manifest.sources[0].set_aside == 0
    expected = source.set_index("hogar_id")["ingreso_neto_total_hogar"].astype(float)
    assert ((rows["net_income"] / 100 - expected).abs() <= 0.005 + 1e-9).all()
    assert set(rows["place_code"]) == set(source["ubigeo"])
    assert rows["water_solved"].sum() == (source["agua_segura_proxy"] == "1").sum()


def test_households_of_the_water_survey_enter_and_repeated_ids_are_named(real_data, tmp_path):
    file = real_data / "mw_household" / "waterconsumersurvey.csv"
    result, engine = _imported(tmp_path, file, MALAWI)
    source = pd.read_csv(file, dtype=str, keep_default_na=False)
    repeated = source.duplicated(["village", "household_id"])
    with engine:
        rows = engine.frame("SELECT * FROM household")
        places = engine.frame("SELECT * FROM place")
    assert result.manifest.sources[0].set_aside == repeated.sum()
    assert len(rows) == (~repeated).sum()
    assert (places["place_code"].str.len() == 12).sum() == source["village"].nunique()
    known = source.loc[~repeated, "water_collection_time_minutes"] != "NA"
    assert rows["fetch_minutes"].notna().sum() == known.sum()
    aside = result.issues[result.issues["check"].isin(["repeated_key", "repeated_row"])]
    assert sorted(aside["row"]) == [row + 2 for row in source.index[repeated]]
    assert set(rows["water_supply"].dropna()) == {"short", "never"}
