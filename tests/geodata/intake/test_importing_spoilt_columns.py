"""Every column of a delivery spoilt in every way: named where it stands, no row lost, none stored by half."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from geodata.errors import SourceError
from geodata.store import SnapshotStore
from geodata.store.embedded import DuckDBEngine
from geodata.store.months import add_month
from tests.geodata.intake.damages import (
    BEFORE,
    HOUSEHOLDS,
    MONTH,
    PERSONS,
    county_of,
    delivery,
    made_county,
    run,
)

AREAS = ("县", "乡", "村")
NUMBERS = ("家庭人口数", "人均纯收入", "家庭纯收入", "耕地面积", "住房面积", "务工时间(月)")


def _all(value: str) -> Callable[[pd.Series], pd.Series]:
    return lambda texts: pd.Series(value, index=texts.index, dtype="str")


# name -> what is done to a column; None leaves it out
SPOILT: dict[str, Callable[[pd.Series], pd.Series] | None] = {
    "emptied": _all(""),
    "left out": None,
    "too narrow": _all("########"),
    "signs lost": _all("??"),
    "of another column": lambda texts: pd.Series(
        [f"户主{number}" for number in range(len(texts))], index=texts.index, dtype="str"
    ),
    "slipped a row": lambda texts: pd.Series([*texts.iloc[1:], texts.iloc[0]], dtype="str"),
    "zeros behind": lambda texts: texts + "000",
}
# Where a spoilt column says nothing wrong: what it would say is known otherwise, or is the same.
SAME = {(HOUSEHOLDS, column, way) for column in ("县", "乡") for way in ("emptied", "left out")} | {
    (HOUSEHOLDS, "家庭人口数", "slipped a row"),
    (HOUSEHOLDS, "县", "slipped a row"),
    (HOUSEHOLDS, "户主姓名", "of another column"),
    (PERSONS, "姓名", "of another column"),
    (PERSONS, "健康状况", "slipped a row"),
    # Zeros behind the point.
    (HOUSEHOLDS, "耕地面积", "zeros behind"),
}
# A number that slipped is a number of another household: only what contradicts others is told.
UNTOLD = {(HOUSEHOLDS, column, "slipped a row") for column in ("耕地面积", "住房面积")} | {
    (PERSONS, "务工时间(月)", "slipped a row")
}
CASES = [
    (table, column, way)
    for table, columns in (
        (HOUSEHOLDS, tuple(delivery(BEFORE).tables[HOUSEHOLDS].columns)),
        (PERSONS, ("人编号", "姓名", "健康状况")),
    )
    for column in columns
    for way in SPOILT
    if (table, column, way) not in UNTOLD
    if not (column in NUMBERS and way == "of another column")
]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return made_county(tmp_path_factory.mktemp("spoilt") / "county")


@pytest.fixture(scope="module")
def clean(base, tmp_path_factory):
    county = county_of(base, tmp_path_factory.mktemp("clean") / "county")
    delivery(county).write()
    run(county)
    return _stored(county)


def _stored(county):
    with DuckDBEngine() as engine:
        add_month(engine, SnapshotStore(county / "store"), MONTH, names=["household"])
        return engine.frame("SELECT * FROM household ORDER BY household_code")


def _tried(county):
    try:
        return run(county), None
    except SourceError as refused:
        return None, refused


@pytest.mark.parametrize(("table", "column", "way"), CASES)
def test_a_spoilt_column_is_named(base, clean, tmp_path, table, column, way):
    county = county_of(base, tmp_path / "county")
    made = delivery(county)
    frame, spoil = made.tables[table], SPOILT[way]
    made.tables[table] = (
        frame.drop(columns=column)
        if spoil is None
        else frame.assign(**{column: spoil(frame[column]).to_numpy()})
    )
    made.write()
    result, refused = _tried(county)
    if refused is not None:
        assert table in refused.sentence("zh")
        assert SnapshotStore(county / "store").months() == (BEFORE,)
        assert [one.name for one in (county / "store" / "snapshots").iterdir()] == [f"{BEFORE}-001"]
        return
    issues = result.issues
    for source in result.manifest.sources:
        assert source.rows == source.stored + source.set_aside
    assert SnapshotStore(county / "store").verify(result.manifest.snapshot) == ()
    if (table, column, way) in SAME:
        assert issues.empty
        pd.testing.assert_frame_equal(_stored(county), clean)
        return
    named = issues["header"].str.contains(column.split("(")[0], regex=False)
    if column in AREAS:
        named |= issues["check"].isin(["unknown_place", "other_county", "required_empty"])
    if column in ("户编号", "人编号"):
        # Where the codes slip, all that stands beside them does.
        named |= issues["check"] == "column_changed"
    if column == "家庭纯收入":
        # Told at the figure it contradicts.
        named |= issues["check"] == "income_head_differs"
    assert named.any(), issues[["check", "header", "value"]].to_string()
