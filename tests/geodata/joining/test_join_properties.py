"""What holds for every join: counts add up, order is nothing, decisions are stable."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from geodata.joining import join_indicators

TOWNS = ["龙水镇", "龙水乡", "龙永镇", "石馬鎮", "石马镇", ""]
VILLAGES = ["王庄村", "王庄社区", "王庄", "李家村委会", "李家村", "李佳村", "■家里", "陈家里", ""]
CODES = ["990101", "0990101", "990102.0", "99-0103", "9901", "1.2E+11", ""]
PLACES = st.tuples(st.sampled_from(TOWNS), st.sampled_from(VILLAGES), st.sampled_from(CODES))
FEATURES = st.lists(PLACES, min_size=1, max_size=9)
ROWS = st.lists(st.tuples(PLACES, st.sampled_from(["2023", "2024"])), min_size=1, max_size=9)
COLUMNS = {
    "boundary_code": "code",
    "boundary_name": "town,village",
    "table_code": "代码",
    "table_name": "镇,村",
}


def _layer(features):
    frame = pd.DataFrame(features, columns=["town", "village", "code"], dtype=str)
    return gpd.GeoDataFrame(
        frame, geometry=[box(n, 0, n + 1, 1) for n in range(len(frame))], crs=4326
    )


def _join(features, rows, **options):
    frame = pd.DataFrame([place for place, _ in rows], columns=["镇", "村", "代码"], dtype=str)
    layer = _layer(features)
    kept = {
        name: value
        for name, value in COLUMNS.items()
        if not name.endswith("code") or (_filled(layer["code"]) and _filled(frame["代码"]))
    }
    periods = pd.Series([period for _, period in rows])
    return join_indicators(layer, frame, periods=periods, **kept, **options)


def _filled(column):
    return bool((column != "").any())


def _usable(features, rows):
    """Return whether every name column holds something on both sides, which is asked of a table."""
    ours, theirs = pd.DataFrame(features), pd.DataFrame([place for place, _ in rows])
    return all(_filled(frame[n]) for frame in (ours, theirs) for n in (0, 1))


@settings(max_examples=30, deadline=None)
@given(FEATURES, ROWS)
def test_counts_of_both_sides_add_up(features, rows):
    if not _usable(features, rows):
        return
    result = _join(features, rows)
    assert result.matched + result.proposed + len(result.unmatched_table) == len(rows)
    features_told = (
        result.matched_boundary + result.proposed_boundary + len(result.unmatched_boundary)
    )
    assert features_told == len(features)
    assert sum(result.matched_by.values()) == result.matched
    assert (result.feature_of_row >= 0).sum() == result.matched


@settings(max_examples=30, deadline=None)
@given(FEATURES, ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(features, rows, random):
    if not _usable(features, rows):
        return
    order = list(range(len(rows)))
    random.shuffle(order)
    first, second = _join(features, rows), _join(features, [rows[n] for n in order])
    for column in ("outcome", "step", "partner"):
        lines = [r.ledger[r.ledger["side"] == "table"][column].to_numpy() for r in (first, second)]
        assert lines[0][order].tolist() == lines[1].tolist()


@settings(max_examples=30, deadline=None)
@given(FEATURES, ROWS)
def test_every_unmatched_line_says_why(features, rows):
    if not _usable(features, rows):
        return
    ledger = _join(features, rows).ledger
    assert (ledger[ledger["outcome"] == "unmatched"]["reason"] != "").all()


def _decided(lines, decision):
    return pd.DataFrame(
        {"boundary_key": lines["partner"], "table_key": lines["key"], "decision": decision}
    )


@settings(max_examples=60, deadline=None)
@given(FEATURES, ROWS)
# One code and two names, proposed two features.
@example(
    [("龙水镇", "王庄村", "990101"), ("龙水乡", "李家村委会", "0990101")],
    [
        (("龙水镇", "李家村委会", "990102.0"), "2023"),
        (("龙水乡", "王庄村", "990102.0"), "2023"),
    ],
)
# Of one code and two names one is proposed a feature, the other has its place.
@example(
    [("龙水镇", "王庄村", "990101"), ("龙水镇", "李家村", "9901")],
    [(("龙水镇", "王庄村", "990102.0"), "2023"), (("龙水镇", "李佳村", "990102.0"), "2023")],
)
# Two features of one key.
@example(
    [("龙水镇", "李家村", "990101"), ("龙水镇", "王庄村", "990101")],
    [(("龙水镇", "李佳村", "9901"), "2023")],
)
def test_every_proposal_can_be_accepted_and_undoes_no_match(features, rows):
    if not _usable(features, rows):
        return
    first = _join(features, rows)
    lines = first.ledger[first.ledger["side"] == "table"]
    proposed = lines[lines["outcome"] == "proposed"]
    decisions = _decided(proposed, "accept")
    second = _join(features, rows, decisions=decisions)
    third = _join(features, rows, decisions=decisions)
    pd.testing.assert_frame_equal(second.ledger, third.ledger)
    assert second.notes == third.notes
    settled = second.ledger[second.ledger["side"] == "table"]
    assert (settled.loc[proposed.index, "step"] == "decision").all()
    assert settled.loc[proposed.index, "partner"].tolist() == proposed["partner"].tolist()
    matched = first.feature_of_row >= 0
    assert (second.feature_of_row[matched] == first.feature_of_row[matched]).all()


@settings(max_examples=30, deadline=None)
@given(FEATURES, ROWS)
def test_proposals_rejected_are_not_made_again(features, rows):
    if not _usable(features, rows):
        return
    lines = _join(features, rows).ledger
    proposed = lines[(lines["side"] == "table") & (lines["outcome"] == "proposed")]
    again = _join(features, rows, decisions=_decided(proposed, "reject")).ledger
    pairs = again.loc[proposed.index, ["outcome", "partner"]]
    assert not (pairs["outcome"].ne("unmatched") & pairs["partner"].eq(proposed["partner"])).any()


@settings(max_examples=30, deadline=None)
@given(FEATURES, ROWS)
def test_feature_takes_one_name_of_the_table_in_each_period(features, rows):
    if not _usable(features, rows):
        return
    result = _join(features, rows)
    lines = result.ledger[result.ledger["side"] == "table"]
    named = lines[lines["step"].isin(["name", "normalised_name"])]
    paths = pd.Series(["/".join(place[:2]) for place, _ in rows], index=lines.index)
    taken = pd.DataFrame(
        {"feature": result.feature_of_row, "path": paths, "period": lines["period"]}
    )
    spellings = taken.loc[named.index].groupby(["feature", "period"])["path"].nunique()
    assert (spellings <= 1).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 10**11), min_size=2, max_size=12, unique=True), st.integers(0, 3))
def test_zeros_restored_never_join_different_codes(numbers, extra):
    codes = [f"{number:012d}" for number in numbers]
    layer = gpd.GeoDataFrame(
        {"code": codes}, geometry=[box(n, 0, n + 1, 1) for n in range(len(codes))], crs=4326
    )
    written = [str(number) if n % 2 == extra % 2 else codes[n] for n, number in enumerate(numbers)]
    result = join_indicators(
        layer, pd.DataFrame({"代码": written}), boundary_code="code", table_code="代码"
    )
    assert np.array_equal(result.feature_of_row, np.arange(len(codes)))
