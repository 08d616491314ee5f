"""Repairs are made by decision alone, each on record; what nobody decided stays as it is."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely

from geodata.boundaries.mending import RepairDecision, mend_layer, read_repair_decisions
from geodata.errors import BoundaryError
from tests.geodata.boundaries.test_boundary_faults import AGAINST_LAST, DAMAGES, faults_of, grid

MENDED = {kind: case for kind, case in {**DAMAGES, **AGAINST_LAST}.items() if case[1]}


def _decided(key: str, decision: str = "accept") -> list[RepairDecision]:
    return [RepairDecision(key, decision, "张三", "2031-03-01", "看过图")]


@pytest.mark.parametrize("kind", MENDED)
def test_an_accepted_repair_takes_its_fault_away_and_no_land(kind: str) -> None:
    sound, frame = grid(), MENDED[kind][0](grid())
    last = sound if kind in AGAINST_LAST else None
    faults = faults_of(frame, last)
    fault = next(one for one in faults if one.kind == kind)
    mended = mend_layer(frame, faults, _decided(fault.key), last=sound)
    left = faults_of(mended.frame, last)
    assert fault.key not in {one.key for one in left}
    # A village that was drawn within another is an enclave once the other has its hole.
    assert len(left) < len(faults) or [one.kind for one in left] == ["enclave"]
    assert mended.frame.geometry.is_valid.all()
    assert (~mended.frame.geometry.is_empty).all()
    whole = shapely.union_all(mended.frame.geometry.to_numpy()).area
    assert whole == pytest.approx(shapely.union_all(sound.geometry.to_numpy()).area, rel=1e-6)
    assert set(mended.record["fault"]) == {fault.key}
    assert (mended.record["who"] == "张三").all()
    # The villages that the record does not name are as they were.
    touched = set(mended.record["feature"] - 1)
    names = dict(zip(mended.frame["name"], mended.frame.geometry, strict=True))
    for row in set(range(len(frame))) - touched:
        assert names[frame["name"].iloc[row]].equals(frame.geometry.iloc[row])


@pytest.mark.parametrize("kind", MENDED)
def test_what_is_rejected_or_open_is_left_alone(kind: str) -> None:
    frame = MENDED[kind][0](grid())
    faults = faults_of(frame, grid())
    for decisions in ([], _decided(faults[0].key, "reject"), _decided("overlap:gone+away")):
        mended = mend_layer(frame, faults, decisions)
        assert mended.record.empty
        assert mended.frame.equals(frame)
    assert mended.stale == ("overlap:gone+away",)


def test_swapped_villages_get_each_others_attributes() -> None:
    frame = AGAINST_LAST["swapped"][0](grid())
    faults = faults_of(frame, grid())
    mended = mend_layer(frame, faults, _decided(faults[0].key)).frame
    people = dict(zip(grid()["name"], grid().geometry, strict=True))
    assert all(
        people[name].equals(shape)
        for name, shape in zip(mended["name"], mended.geometry, strict=True)
    )


def test_a_fault_without_repair_cannot_be_accepted() -> None:
    frame = DAMAGES["enclave"][0](grid())
    with pytest.raises(BoundaryError, match="enclave:in"):
        mend_layer(frame, faults_of(frame), _decided("enclave:in+v11"))


def test_last_years_shape_needs_last_years_layer() -> None:
    frame = AGAINST_LAST["moved"][0](grid())
    faults = faults_of(frame, grid())
    moved = next(one for one in faults if one.kind == "moved")
    with pytest.raises(BoundaryError, match="--last"):
        mend_layer(frame, faults, _decided(moved.key))


HEAD = ["fault", "decision", "who", "when", "why"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("a", "perhaps", "x", "y", "")], "perhaps"),
        ([("a", "accept", "", "y", "")], "who"),
        ([("a", "采纳", "x", "", "")], "who"),
        ([("a", "accept", "x", "y", ""), ("a", "拒绝", "x", "y", "")], "“a”"),
    ],
)
def test_decisions_that_cannot_be_followed_are_refused_by_row(
    rows: list[tuple[str, ...]], sentence: str
) -> None:
    with pytest.raises(BoundaryError) as refused:
        read_repair_decisions(pd.DataFrame(rows, columns=HEAD))
    assert sentence in refused.value.sentence("zh")
    assert "行" in refused.value.sentence("zh")


def test_open_rows_are_no_decisions_and_a_missing_column_is_named() -> None:
    table = pd.DataFrame([("a", "", "", "", ""), ("b", "是", "x", "y", "z")], columns=HEAD)
    assert [one.fault for one in read_repair_decisions(table)] == ["b"]
    with pytest.raises(BoundaryError, match="who"):
        read_repair_decisions(table.drop(columns="who"))
