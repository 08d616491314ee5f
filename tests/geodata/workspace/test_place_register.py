"""Places that begin and end: figures, ranks, legends, changes and lists over all indicators and months."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.access import Actor, Request
from geodata.atlas import Atlas, open_atlas
from geodata.cartography import draw_layer, rank_places
from geodata.cartography.coverage import coverage
from geodata.figures.totals import PARTS
from geodata.workspace import Workspace, open_workspace
from geodata.workspace.counted import COUNTED
from geodata.workspace.place_register import PlaceRegister
from tests.counties import Counties

pytestmark = pytest.mark.xdist_group("sample")


def _register(
    month: str, rows: dict[str, tuple[str, str | None, str | None, str | None]]
) -> PlaceRegister:
    columns = ["name", "valid_from", "valid_to", "successor_code"]
    places = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return PlaceRegister(month, places.rename_axis("place_code"))


def _listed(
    county: Workspace, **changed: tuple[str | None, str | None, str | None]
) -> PlaceRegister:
    """Return the county's list with first month, last month and successor of some places changed."""
    places = county.setup.place_register.places.copy()
    for code, (first, last, into) in changed.items():
        places.loc[code.removeprefix("c"), ["valid_from", "valid_to", "successor_code"]] = [
            first,
            last,
            into,
        ]
    return PlaceRegister(county.setup.place_register.month, places)


def _of(county: Workspace, register: PlaceRegister, folder: Path) -> Workspace:
    """Return the county in a folder of its own, with another list of places and its map."""
    shutil.copytree(county.setup.config.folder, folder, ignore=shutil.ignore_patterns("atlas"))
    opened = open_workspace(folder)
    opened.setup.__dict__["place_register"] = register
    with pytest.MonkeyPatch.context() as patch:
        # Clusters are told of the same values, and take most of the time.
        patch.setattr("geodata.workspace.county_atlas.hotspot_tables", lambda *_, **__: {})
        opened.write_atlas()
    return opened


@pytest.fixture(scope="module")
def plain(counties: Counties) -> Workspace:
    """Return the county whose last two months are built, after all that ended in it."""
    return counties.built_sample()


@pytest.fixture(scope="module")
def villages(plain: Workspace) -> list[str]:
    cube = plain.cube
    return list(cube.places.index[cube.places["level"] == "village"])


@pytest.fixture(scope="module")
def merged(plain: Workspace, villages: list[str], tmp_path_factory: pytest.TempPathFactory):
    """Return a county in which two villages went into a third in between, one from another township."""
    first = villages[0]
    near = next(one for one in villages if one != first and one[:9] == first[:9])
    far = next(one for one in villages if one[:9] != first[:9])
    before = plain.months[0]
    ends = {f"c{code}": (None, before, first) for code in (near, far)}
    folder = tmp_path_factory.mktemp("register") / "county"
    return _of(plain, _listed(plain, **ends), folder), first, (near, far)


@pytest.fixture(scope="module")
def atlas(merged) -> Atlas:
    return open_atlas(merged[0].setup.config.folder)


def test_successors_are_followed_to_the_last_and_only_once_a_place_has_ended() -> None:
    listed = _register(
        "2025-06",
        {
            "a": ("A", None, "2025-01", "b"),
            "b": ("B", None, "2025-05", "c"),
            "c": ("C", None, None, None),
            "x": ("X", None, "2025-01", "y"),
            "y": ("Y", None, "2025-01", "x"),
            "later": ("L", None, "2025-06", "c"),
            "away": ("W", None, "2025-01", "elsewhere"),
            "old": ("O", None, None, "c"),
        },
    )
    assert listed.successors.to_dict() == {"a": "c", "b": "c", "old": "c"}
    assert listed.ended["a"] == ("A", "2025-01", "c")
    assert listed.ended["old"] == ("O", "", "c")


def test_an_ended_village_is_in_no_answer_and_its_parts_are_its_successors(
    plain: Workspace, merged, atlas: Atlas
) -> None:
    county, into, gone = merged
    parts = list(PARTS)
    known = 0
    assert not set(gone) & set(atlas.places.index)
    for key, indicator in atlas.indicators.items():
        for month in county.months:
            raw = plain.cube.frame(key, month, "village")[parts]
            now = atlas.frame(key, month, "village")
            mine = raw.loc[[into, *gone]]
            if indicator.adds_up != "none":
                told = mine[mine["numerator"].notna() & (mine["denominator"] > 0)]
                # A plain sum has the denominator 1, however many were added up.
                for part in parts[: 1 if indicator.adds_up == "sum" else 2]:
                    whole = told[part].sum(min_count=1)
                    assert np.isclose(now.loc[into, part], whole, equal_nan=True), (key, month)
                known += len(told) > 1
            others = now.index.difference([into])
            assert np.allclose(now.loc[others, parts], raw.loc[others], equal_nan=True)
            ranking = rank_places(atlas, key, month, level="village")
            assert not set(gone) & set(ranking.index)
            complete = coverage(atlas, key, month)
            assert complete.places == len(now) == len(raw) - len(gone)
            layer = draw_layer(atlas, key, month, level="village")
            assert sum(row.count for row in layer.legend("zh")) == len(now)
    assert known > 20


def test_a_change_over_a_merger_compares_the_same_area(
    plain: Workspace, merged, atlas: Atlas
) -> None:
    county, into, gone = merged
    before, month = county.months
    for key, indicator in atlas.indicators.items():
        if indicator.adds_up != "sum":
            continue
        ranking = rank_places(atlas, key, month, level="village", before=before)
        ends = [
            plain.cube.frame(key, one, "village").loc[[into, *gone], "value"].sum(min_count=1)
            for one in (before, month)
        ]
        scale = indicator.unit.scale
        assert np.isclose(ranking.loc[into, "change"], (ends[1] - ends[0]) * scale, equal_nan=True)
        # The township that took a village in is compared over its area of today as well.
        upper = rank_places(atlas, key, month, level="township", before=before)
        inside = atlas.places_in(into[:9], "village")
        sums = [
            plain.cube.frame(key, one, "village").loc[[*inside, *gone], "value"].sum(min_count=1)
            for one in (before, month)
        ]
        assert np.isclose(
            upper.loc[into[:9], "change"], (sums[1] - sums[0]) * scale, equal_nan=True
        )


def test_lists_hold_exactly_whom_a_figure_counts_in_the_area_of_today(merged, atlas: Atlas) -> None:
    county, into, _ = merged
    checked = 0
    for key, indicator in county.setup.indicators.items():
        if not indicator.lists:
            continue
        for month in county.months:
            counted = atlas.frame(key, month, "village").loc[into, "numerator"]
            reader = (
                county.places(month) if indicator.lists != "household" else county.people(month)
            )
            rows = reader.rows(Request(f"{COUNTED}{key}", into)).frame
            assert len(rows) == (counted if counted > 0 else 0), (key, month)
            checked += len(rows) > 0
    assert checked > 5


def test_households_of_an_ended_village_are_read_by_whoever_may_read_its_successor(merged) -> None:
    county, into, gone = merged
    rows = {
        prefix: county.people(
            county.months[0], actor=Actor("someone", "village_officer", (prefix,))
        ).count(Request("household_list", ""))
        for prefix in (into, *gone)
    }
    assert rows[into] > 0
    assert [rows[one] for one in gone] == [0, 0]
    assert rows[into] == len(county.households(into, month=county.months[0], page=(0, None)))


def test_the_outline_of_an_ended_village_is_part_of_its_successors(
    plain: Workspace, merged, atlas: Atlas
) -> None:
    _county, into, gone = merged
    old = open_atlas(plain.setup.config.folder).geometry("village").geometry
    new = atlas.geometry("village").geometry
    own = [one for one in (into, *gone) if one in old.index]
    assert len(own) > 1
    assert np.isclose(shapely.area(new[into]), shapely.area(old[own].union_all()), rtol=1e-3)
    assert not set(gone) & set(new.index)
    assert np.isclose(*(shapely.area(one.to_numpy()).sum() for one in (new, old)), rtol=1e-3)


def test_a_village_that_was_split_has_no_invented_past(
    plain: Workspace, villages: list[str], tmp_path: Path
) -> None:
    """One village ends without a successor, two begin: each counts in the months that it was there."""
    before, month = plain.months
    whole, half, other = villages[3:6]
    terms = {
        f"c{whole}": (None, before, None),
        f"c{half}": (month, None, None),
        f"c{other}": (month, None, None),
    }
    shutil.copytree(
        plain.setup.config.folder, tmp_path / "county", ignore=shutil.ignore_patterns("atlas")
    )
    county = open_workspace(tmp_path / "county")
    county.setup.__dict__["place_register"] = _listed(plain, **terms)
    cube = county.cube
    absent = {before: {half, other}, month: {whole}}
    # As the tables have it: nothing of a village in the months that it was not there.
    values = cube.values
    gone = [
        (values["period"] == one) & values["place"].isin(sorted(codes))
        for one, codes in absent.items()
    ]
    split = open_atlas(plain.setup.config.folder)
    split = Atlas(
        title=split.title,
        levels=split.levels,
        places=cube.places.assign(shape=True),
        values=values[~(gone[0] | gone[1])],
        indicators=split.indicators,
        outlines=split.outlines,
        join={},
        source={},
    )
    for key in split.indicators:
        for one, codes in absent.items():
            ranking = rank_places(split, key, one, level="village")
            assert not codes & set(ranking.index)
            assert len(ranking) == len(villages) - len(codes)
            layer = draw_layer(split, key, one, level="village")
            assert sum(row.count for row in layer.legend("zh")) == len(ranking)
            assert coverage(split, key, one).places == len(ranking)
            assert split.frame(key, one, "county")["places"].iloc[0] == len(ranking)
        changes = rank_places(split, key, month, level="village", before=before)["change"]
        assert changes[[half, other]].isna().all()
