"""What is kept longer than its time goes with a record; figures stay, whatever is built afterwards."""

from __future__ import annotations

import dataclasses
import os
import shutil
from datetime import UTC, datetime

import pandas as pd
import pytest

from geodata.access import AuditEntry, Request
from geodata.errors import StoreError
from geodata.store import SnapshotStore, retired
from geodata.workspace import open_workspace
from geodata.workspace.retiring import (
    BRIEFINGS,
    LOG,
    MARK,
    RAW,
    REPLACED,
    ROWS,
    _about_people,
    due_items,
    retire,
)
from geodata.workspace.saved import built_faults
from geodata.workspace.verifying import raw_faults
from tests.invented_county import COUNTY, MONTHS, import_month

NOW = datetime(2025, 2, 10, tzinfo=UTC)
KEEP_FROM = datetime(2024, 8, 1, tzinfo=UTC)
NOT_SET = dict.fromkeys(
    (
        "retention.raw",
        "retention.replaced",
        "retention.rows",
        "retention.briefings",
        "retention.log",
    )
)


@pytest.fixture(scope="module")
def built(counties, tmp_path_factory):
    """Return the county with every month built, as it is copied for each test."""
    county = counties.copy(tmp_path_factory.mktemp("retiring") / "county")
    county.build(MONTHS)
    return county


@pytest.fixture
def county(built, tmp_path):
    return copied(built.setup.config.folder, tmp_path / "county")


def copied(folder, to):
    shutil.copytree(folder, to)
    return open_workspace(to)


def with_periods(county, **months):
    """Return the setup of a county in which only these kinds have a time of keeping."""
    told = NOT_SET | {f"retention.{kind}": count for kind, count in months.items()}
    again = open_workspace(county.setup.config.folder).setup
    return dataclasses.replace(again, policy=again.policy.with_values(told))


def gone(setup, trail):
    due = due_items(setup, trail, NOW)
    actor = open_workspace(setup.config.folder).people().actor
    retire(setup, due, actor=actor, trail=trail, keep_from=KEEP_FROM)
    return due


def told(county) -> dict[str, pd.DataFrame]:
    return {month: county.month(month).counts for month in MONTHS} | {
        one.key: county.indicator(one.key) for one in county.indicators
    }


def test_rows_go_and_every_figure_stays_also_after_a_build_of_all(county):
    trail, before = county.guard.trail, told(county)
    stamp = (county.setup.config.folder / "atlas" / "atlas.json").stat().st_mtime_ns
    early = open_workspace(county.setup.config.folder)
    assert len(early.people(MONTHS[0]).rows(Request("household")).frame)
    due = gone(with_periods(county, rows=1), trail)
    # Who had it open is told the same, and servers open the county anew.
    with pytest.raises(StoreError):
        early.people(MONTHS[0]).rows(Request("household"))
    assert (county.setup.config.folder / "atlas" / "atlas.json").stat().st_mtime_ns > stamp
    assert {one.kind for one in due} == {ROWS}
    assert [one.name[:7] for one in due] == list(MONTHS[:-1])
    again = open_workspace(county.setup.config.folder)
    built: list[tuple[str, bool]] = []
    again.build(progress=lambda month, new: built.append((month, new)))
    assert built == [(month, False) for month in MONTHS]
    for key, frame in told(again).items():
        pd.testing.assert_frame_equal(frame, before[key])
    # No file of a household is left, and nothing is called damaged for it.
    store = again.setup.store
    for one in due:
        assert not store.files(one.name, "household")
        assert not list((store.folder / "snapshots" / one.name / "household").rglob("*.parquet"))
        assert store.verify(one.name) == ()
        assert built_faults(store.folder, one.name[:7]) == ()
    assert len(again.households(COUNTY, month=MONTHS[-1]))
    assert again.card("h000", month=MONTHS[-1]).household == "h000"
    with pytest.raises(StoreError) as refused:
        again.households(COUNTY, month=MONTHS[0])
    assert refused.value.key == "store.retired_rows"
    with pytest.raises(StoreError) as refused:
        store.restore(due[0].name, who="li", at="2025-02-10T00:00:00")
    assert refused.value.key == "store.retired_snapshot"
    assert due_items(with_periods(again, rows=1), trail, NOW) == ()
    records = [one for one in trail.records() if one.act == "retire"]
    assert [one.subject for one in records] == [one.name for one in due]


def test_nothing_goes_while_a_figure_that_needs_it_is_not_built(county):
    setup = with_periods(county, rows=1)
    (setup.config.store / "built" / f"{MONTHS[3]}.json").unlink()
    with pytest.raises(StoreError) as refused:
        gone(setup, county.guard.trail)
    assert refused.value.key == "workspace.retire_unbuilt"
    store = SnapshotStore(setup.config.store)
    assert all(store.files(store.snapshot_of(month), "household") for month in MONTHS)


@pytest.mark.parametrize("killed", ["write_history", "write_durably", "_remove_retired"])
def test_a_run_that_was_killed_is_made_whole_by_the_next(county, monkeypatch, killed):
    setup, trail = with_periods(county, rows=12), county.guard.trail
    with monkeypatch.context() as patched:
        patched.setattr(retired, killed, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            gone(setup, trail)
    # What was due is due again, or was removed but for its files.
    gone(with_periods(county, rows=12), trail)
    gone(with_periods(county, rows=11), trail)
    store = SnapshotStore(setup.config.store)
    first = store.snapshot_of(MONTHS[0])
    assert store.verify(first) == ()
    assert "household" in store.retired(first)


def test_a_table_may_have_its_own_period_and_a_register_has_none(county):
    setup = with_periods(county, rows=2)
    key = "retention.rows.ledger"
    own = {**setup.policy.parameters, key: setup.policy["retention.rows"]}
    setup = dataclasses.replace(
        setup, policy=dataclasses.replace(setup.policy, parameters=own).with_values({key: 12})
    )
    due = due_items(setup, county.guard.trail, NOW)
    for one in due:
        assert ("ledger" in one.tables) == (one.name[:7] < "2024-02"), one
        assert "place" not in one.tables
    lasting = [name for name, table in setup.tables.items() if table.lasting]
    assert lasting
    assert [name for name in lasting if _about_people(setup, name)] == []


def test_raw_files_corrections_briefings_and_records_go_by_their_own_periods(county):
    folder, trail = county.setup.config.folder, county.guard.trail
    for month in MONTHS[:2]:
        (folder / "raw" / month).mkdir()
        (folder / "raw" / month / "户.csv").write_text("x")
    (folder / "raw" / "2019-01").mkdir()
    (folder / "raw" / "2019-01" / "户.csv").write_text("never imported")
    import_month(folder / "store", MONTHS[-1], sites=False, names=(), listed=False)
    for name, at in (("old.pdf", datetime(2024, 1, 5)), ("new.pdf", datetime(2025, 1, 30))):
        (folder / "briefings" / name).write_text("x")
        os.utime(folder / "briefings" / name, (at.timestamp(), at.timestamp()))
    setup = with_periods(county, raw=12, replaced=0, briefings=12)
    due = due_items(setup, trail, NOW)
    assert [(one.kind, one.name) for one in due if one.kind != REPLACED] == [
        (RAW, MONTHS[0]),
        (BRIEFINGS, "old.pdf"),
    ]
    gone(setup, trail)
    assert [one.name for one in (folder / "raw" / MONTHS[0]).iterdir()] == [MARK]
    assert (folder / "raw" / "2019-01" / "户.csv").is_file()
    assert MONTHS[0] not in {month for month, _ in raw_faults(setup.config, setup.store)}
    assert not (folder / "briefings" / "old.pdf").exists()
    assert (folder / "briefings" / "new.pdf").exists()
    assert trail.verify().whole


def test_records_stay_as_long_as_the_law_says_whatever_the_parameter(county):
    trail = county.guard.trail
    actor = county.people().actor
    for _ in range(3):
        trail.record(AuditEntry.by(actor, "card"))
    setup = with_periods(county, log=0)
    later = datetime.now(UTC).replace(year=2030)
    due = due_items(setup, trail, later)
    assert [one.kind for one in due] == [LOG]
    retire(setup, due, actor=actor, trail=trail, keep_from=KEEP_FROM)
    # All are younger than what must be kept.
    assert len(trail.records(act="card")) == 3
    retire(setup, due, actor=actor, trail=trail, keep_from=later)
    assert trail.records(act="card") == []
    assert trail.verify().whole
