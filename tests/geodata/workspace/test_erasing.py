"""Nothing that is stored tells any more who somebody was, and every figure is what it was."""

from __future__ import annotations

import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

from geodata.access import Request, command_actor
from geodata.config import change_settings
from geodata.errors import StoreError
from geodata.store import SnapshotStore
from geodata.store.encryption import seals_of
from geodata.tables import tables
from geodata.workspace import open_workspace
from geodata.workspace.erasing import erase, held_about, seal_anew
from geodata.workspace.saved import built_faults
from tests.invented_county import COUNTY, MONTHS, VILLAGES

HOUSEHOLD, PERSON, NAME = "h000", "1", "欧阳无名"
OTHER = "h001"


@pytest.fixture
def county(tmp_path, counties):
    return counties.copy(tmp_path / "county", names=(NAME,))


def values(folder) -> set[str]:
    """Return every text in every Parquet file below a folder."""
    told: set[str] = set()
    for file in folder.rglob("*.parquet"):
        for column in pq.read_table(file, partitioning=None).columns:
            told |= {one for one in column.cast("string").to_pylist() if one is not None}
    return told


def rows_of(county, household) -> dict[tuple[str, str], pd.DataFrame]:
    """Return the rows of a household in each table of each snapshot."""
    store, told = SnapshotStore(county.setup.config.store), {}
    for snapshot in store.history.snapshots:
        for name in tables():
            for file in store.files(snapshot, name):
                frame = pq.read_table(file, partitioning=None).to_pandas()
                if "household_code" in frame:
                    own = frame[frame["household_code"] == household]
                    if len(own):
                        told[snapshot, name] = own.reset_index(drop=True)
    return told


def figures(folder) -> dict[str, pd.DataFrame]:
    """Return the figures of a county that is opened anew and built from what is stored."""
    for file in (folder / "store" / "built").glob("*.json"):
        file.unlink()
    county = open_workspace(folder)
    county.build(MONTHS[-2:])
    return {one.key: county.indicator(one.key) for one in county.indicators}


def test_a_household_is_unknown_afterwards_and_every_figure_can_be_made_again(county):
    folder, guard = county.setup.config.folder, county.guard
    actor = command_actor()
    note = {"text": f"{NAME} 说屋顶漏雨"}
    guard.writes.add(
        actor, "note", note, place=VILLAGES[0], household=HOUSEHOLD, now=guard.trail.clock()
    )
    before, others = figures(folder), rows_of(county, OTHER)
    own = rows_of(county, HOUSEHOLD)
    held = held_about(county.setup, guard, HOUSEHOLD)
    assert {(one.snapshot, one.table): one.rows for one in held.rows} == {
        key: len(frame) for key, frame in own.items()
    }
    assert held.entries == 1
    alias = erase(county.setup, guard, HOUSEHOLD, actor=actor)
    again = open_workspace(folder)
    assert HOUSEHOLD not in values(folder / "store")
    for key, frame in rows_of(again, alias).items():
        for name in frame.columns:
            column = tables()[key[1]].columns.get(name)
            if column is not None and column.identifies and column.kind != "day":
                same = frame[name].astype("str") == own[key][name].astype("str")
                assert not (same & frame[name].notna()).any(), (key, name)
    assert set(rows_of(again, alias)) == set(own)
    for key, frame in rows_of(again, OTHER).items():
        pd.testing.assert_frame_equal(frame, others[key])
    for month in MONTHS[-2:]:
        assert built_faults(again.setup.config.store, month) == ()
    assert all(again.setup.store.verify(one) == () for one in again.setup.store.history.snapshots)
    # The list and the card go on under the new code, before and after a build of everything.
    assert again.card(alias, month=MONTHS[-1]).household == alias
    for key, frame in figures(folder).items():
        pd.testing.assert_frame_equal(frame, before[key])
    (entry,) = guard.writes.entries(actor, "note", household=alias)
    assert entry.fields == {"text": ""}
    assert NAME not in str(guard.writes.history(actor, entry.id))
    (record,) = guard.trail.records(act="erase")
    assert (record.subject, alias in record.detail) == (HOUSEHOLD, True)
    assert guard.trail.verify().whole
    with pytest.raises(StoreError) as unknown:
        held_about(again.setup, guard, HOUSEHOLD)
    assert unknown.value.key == "workspace.erase_unknown"


def test_sealed_numbers_are_read_looked_for_counted_and_sealed_anew(
    tmp_path, counties, monkeypatch
):
    keys = tmp_path / "keys" / "store.key"
    monkeypatch.setenv("GUATU_STORE_KEY", str(keys))
    folder = tmp_path / "county"
    shutil.copytree(counties.built_sample().setup.config.folder, folder)
    plain = open_workspace(folder)
    months = plain.setup.store.months()[-2:]
    told = {one.key: plain.indicator(one.key) for one in plain.indicators}
    persons = plain.people().rows(Request("person", order=("household_code",), limit=1)).frame
    household = persons["household_code"].iloc[0]
    why = {"ground": "visit", "reason": "核实住房安全情况"}
    card = plain.card(household, **why)
    number = str(card.members["certificate"].iloc[0])
    change_settings(folder, {"store": {"encrypted": True}})
    setup = open_workspace(folder).setup
    assert seal_anew(setup, seals_of(folder), who="li", at="2025-05-01T00:00:00") > 0
    assert not any(number in value for value in values(folder / "store" / "snapshots"))
    keys.write_text(keys.read_text() + "ab" * 32 + "\n")
    again = open_workspace(folder)
    opened = again.card(household, **why)
    pd.testing.assert_frame_equal(opened.members, card.members)
    assert opened.record["phone"] == card.record["phone"]
    asked = Request("person", filters=(("certificate", "is", number),))
    found = again.people().rows(asked).frame
    assert (found["household_code"] == household).any()
    assert not (found["certificate"] == number).any()
    again.build(months)
    for key, frame in told.items():
        pd.testing.assert_frame_equal(again.indicator(key), frame)
    # The old key may go when all is sealed by the new one.
    setup = open_workspace(folder).setup
    assert seal_anew(setup, seals_of(folder), who="li", at="2025-05-01T00:00:00") > 0
    assert seal_anew(setup, seals_of(folder), who="li", at="2025-05-01T00:00:00") == 0
    keys.write_text("ab" * 32 + "\n")
    pd.testing.assert_frame_equal(
        open_workspace(folder).card(household).members, again.card(household).members
    )


def test_one_person_is_unknown_and_the_others_of_the_household_stay(county):
    folder, guard = county.setup.config.folder, county.guard
    persons = {key: f for key, f in rows_of(county, HOUSEHOLD).items() if key[1] == "person"}
    code = next(iter(persons.values()))["person_code"].iloc[0]
    alias = erase(county.setup, guard, HOUSEHOLD, code, actor=command_actor())
    again = open_workspace(folder)
    for key, frame in rows_of(again, HOUSEHOLD).items():
        if key[1] != "person":
            continue
        was = persons[key]
        gone = was["person_code"] == code
        assert frame.loc[gone, "person_code"].tolist() == [alias] * int(gone.sum())
        assert not frame.loc[gone, "name"].isin(was.loc[gone, "name"]).any()
        pd.testing.assert_frame_equal(frame[~gone], was[~gone])
    assert len(again.households(COUNTY, month=MONTHS[-1]))
