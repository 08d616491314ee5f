"""The sample county built: every planted truth is found, and figures add up under every filter."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import open_workspace
from geodata.figures import Cube, Indicator
from geodata.rules.compile import ANSWERS
from geodata.workspace import Workspace
from geodata.workspace.figures import division_places
from tests.benchmarks.confusion import confusion
from tests.counties import Counties

pytestmark = pytest.mark.xdist_group("sample")
LEVELS = {"county": 6, "township": 9, "village": 12}


@pytest.fixture(scope="module")
def county(counties: Counties, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a copy of the sample county with its last two months built; reading leaves records."""
    made = counties.built_sample().setup.config.folder
    return open_workspace(shutil.copytree(made, tmp_path_factory.mktemp("built") / "county"))


def test_every_planted_truth_is_found(county: Workspace) -> None:
    table = confusion(county)
    planted = table[table["planted"] > 0]
    assert len(planted) >= 14
    assert planted["missed"].sum() == 0, planted[planted["missed"] > 0]


@pytest.fixture(scope="module")
def tables(county: Workspace) -> dict[str, tuple[pd.DataFrame, pd.DataFrame, pd.Series]]:
    """Return flags, counts and the category of each household of both months, read once."""
    opened = {month: county.month(month) for month in county.months}
    return {
        name: (
            month.flags,
            month.counts,
            month.features("monitoring").set_index("household_code")["monitored_category"],
        )
        for name, month in opened.items()
    }


def _sums(rows: pd.DataFrame, values: list[str], width: int) -> pd.DataFrame:
    return rows.groupby(rows["place"].str.slice(0, width))[values].sum().sort_index()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_counts_and_flags_add_up_under_every_filter(
    county: Workspace, tables: dict[str, tuple], data: st.DataObject
) -> None:
    month = data.draw(st.sampled_from(county.months), label="month")
    all_flags, all_counts, homes = tables[month]
    theme = data.draw(st.sampled_from(county.setup.themes), label="theme")
    rules = {rule.key for rule in theme.rules if rule.subject == "household"} or {""}
    rule = data.draw(st.sampled_from([None, *sorted(rules)]), label="rule")
    chosen = rules if rule is None else {rule}
    kinds = [None, *sorted(homes.dropna().unique())]
    kind = data.draw(st.sampled_from(kinds), label="category")
    places = sorted({code[:width] for code in all_counts["place"] for width in LEVELS.values()})
    place = data.draw(st.sampled_from(places), label="place")
    flags, counts = (
        rows[rows["rule"].isin(chosen) & rows["place"].str.startswith(place)]
        for rows in (all_flags, all_counts)
    )
    assert len(flags) == counts[["yes", "exempt"]].to_numpy().sum()
    found = flags.assign(findings=1, category=flags["subject"].map(homes))
    found = found if kind is None else found[found["category"] == kind]
    for rows, values in ((found, ["findings"]), (counts, list(ANSWERS))):
        villages = _sums(rows, values, LEVELS["village"]).reset_index()
        for width in (LEVELS["township"], LEVELS["county"]):
            assert _sums(villages, values, width).equals(_sums(rows, values, width))


NUMBERS = st.one_of(st.none(), st.integers(0, 10**12).map(float))
VILLAGES = [
    f"9901{county:02d}{town}{village}"
    for county in (1, 2)
    for town in (100, 101)
    for village in (201, 202, 203)
]
MEASURES = [
    Indicator(key, {"zh": key, "en": key}, "sum", theme=theme)
    for key, theme in (("one", "a"), ("two", "a"), ("three", "b"))
]


@st.composite
def figures(draw: st.DrawFn) -> pd.DataFrame:
    cells = st.tuples(st.sampled_from(VILLAGES), st.sampled_from([m.key for m in MEASURES]))
    found = draw(st.dictionaries(cells, st.tuples(NUMBERS, st.integers(0, 50)), min_size=1))
    rows = [
        {
            "place": p,
            "indicator": key,
            "numerator": n,
            "denominator": n,
            "missing": m,
            "subjects": m + 1,
        }
        for (p, key), (n, m) in found.items()
    ]
    parts = dict.fromkeys(["numerator", "denominator", "missing", "subjects"], "float64")
    return pd.DataFrame(rows).astype(parts)


@settings(max_examples=30, deadline=None)
@given(months=st.lists(figures(), min_size=1, max_size=3), data=st.data())
def test_every_additive_figure_of_a_place_is_the_sum_of_its_villages(
    months: list[pd.DataFrame], data: st.DataObject
) -> None:
    dated = [frame.assign(period=f"2025-{n:02d}") for n, frame in enumerate(months, start=1)]
    values = pd.concat(dated, ignore_index=True)
    places = division_places(values["place"].unique(), tuple(LEVELS))
    theme = data.draw(st.sampled_from([None, "a", "b"]))
    measures = [measure for measure in MEASURES if theme in (None, measure.theme)]
    cube = Cube(
        "县", tuple(LEVELS), places, values, {one.key: one for one in measures}
    ).to_dataset()
    part = data.draw(st.sampled_from(["numerator", "denominator", "missing", "subjects"]))
    level = cube["level"].to_series()
    for place in level.index[level != "village"]:
        inside = (level == "village") & level.index.str.startswith(place)
        villages = cube[part].isel(place=np.flatnonzero(inside))
        expected = villages.sum("place", min_count=1)
        assert (
            cube[part]
            .sel(place=place)
            .equals(expected.assign_coords(cube[part].sel(place=place).coords))
        )
