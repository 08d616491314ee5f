"""One question, one value: map, ranking, cube, reasons and change over all indicators and levels."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.atlas import Atlas, open_atlas
from geodata.boundaries.read import read_boundaries
from geodata.cartography import rank_places
from geodata.cartography.words import scale_of
from geodata.config import read_config
from geodata.figures import to_successors
from geodata.figures.totals import PARTS
from geodata.workspace import Workspace, open_workspace
from geodata.workspace.change_parts import change_of
from geodata.workspace.evidence import Evidence, Months

pytestmark = pytest.mark.xdist_group("sample")


@pytest.fixture(scope="module")
def county(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the sample county with its map, built for two months before and one after a merger."""
    folder = tmp_path_factory.mktemp("merged") / "county"
    shutil.copytree(sample, folder, ignore=shutil.ignore_patterns("built", "atlas"))
    gone = _merged(folder)
    _without_outline(folder, gone["code"])
    opened = open_workspace(folder)
    months = opened.setup.store.months()
    opened.build([months[1], months[2], months[-1]])
    opened.write_atlas()
    return open_workspace(folder)


@pytest.fixture(scope="module")
def atlas(county: Workspace) -> Atlas:
    return open_atlas(county.setup.config.folder)


@pytest.fixture(scope="module")
def merged(sample: Path) -> dict[str, str]:
    return _merged(sample)


def _merged(folder: Path) -> dict[str, str]:
    """Return code and into of the village that is merged away."""
    answers = json.loads((folder / "answers" / "answers.json").read_text(encoding="utf-8"))
    return answers["merged"][0]


def _without_outline(folder: Path, village: str) -> None:
    """Draw the villages anew without one of them, as a survey after the merger does."""
    settings = folder / "guatu.toml"
    named = read_config(folder).boundaries.file
    frame = read_boundaries(folder / named).frame
    left = frame[~(frame.drop(columns=frame.geometry.name).astype(str) == village).any(axis=1)]
    assert len(left) == len(frame) - 1
    left.to_file(folder / "boundaries" / "later.gpkg")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace(named, "boundaries/later.gpkg"), encoding="utf-8")


def same(one: pd.Series, other: pd.Series) -> bool:
    return bool(np.allclose(one, other.reindex(one.index), rtol=1e-12, atol=0, equal_nan=True))


def test_map_and_cube_have_the_same_figures_everywhere(county: Workspace, atlas: Atlas) -> None:
    compared = 0
    for key in atlas.indicators:
        for month in county.months:
            for level in atlas.levels:
                shown = atlas.frame(key, month, level)
                told = county.cube.frame(key, month, level)
                assert all(same(told[part], shown[part]) for part in ("value", *PARTS)), key
                compared += int(shown["value"].notna().sum())
    assert compared > 3_000


def test_map_and_reasons_rank_alike_and_tell_one_change(county: Workspace, atlas: Atlas) -> None:
    before, month, _ = county.months
    evidence = Months(county.setup, county.cube).at(month)
    assert isinstance(evidence, Evidence)
    moved = 0
    for key, indicator in evidence.indicators.items():
        for level in atlas.levels:
            shown = rank_places(atlas, key, month, level=level, before=before)
            told = evidence.ranks(indicator, level)
            known = shown["rank"].notna()
            assert shown.index[known].tolist() == told.index[told["rank"].notna()].tolist(), key
            assert (shown["rank"][known] == told["rank"].reindex(shown.index)[known]).all(), key
            for place in shown.index[known][:4]:
                change = change_of(evidence, place, indicator)
                figures = shown.loc[place, ["previous", "value"]].astype(float) / scale_of(
                    indicator
                )
                ends = [change.get("before", np.nan), change.get("after", np.nan)]
                assert np.allclose(figures, ends, rtol=1e-9, atol=1e-12, equal_nan=True), (
                    key,
                    place,
                )
                moved += ends[0] != ends[1]
    assert moved > 50


def test_a_list_of_a_rule_has_as_many_households_as_its_indicator_counts(
    county: Workspace, atlas: Atlas
) -> None:
    month, checked = county.months[-1], 0
    for indicator in county.indicators:
        if indicator.subject != "household" or len(indicator.rules) != 1:
            continue
        frame = atlas.frame(indicator.key, month, "county")
        for place, counted in frame["numerator"].items():
            page = {"rule": indicator.rules[0], "month": month, "page": (0, None)}
            assert len(county.households(str(place), **page)) == (counted if counted > 0 else 0)
            checked += counted > 0
    assert checked > 5


def test_a_merged_village_stands_under_its_successor_in_every_answer(
    county: Workspace, atlas: Atlas, merged: dict[str, str]
) -> None:
    month = county.months[1]
    raw = county.month(month).built.frame("figures").set_index(["place", "indicator"])["subjects"]
    own, other = (raw[merged[name], "households"] for name in ("code", "into"))
    assert own > 0
    assert merged["code"] not in county.cube.places.index
    cube = county.cube.frame("households", month, "village")
    assert cube.loc[merged["into"], "value"] == own + other
    assert atlas.frame("households", month, "village").loc[merged["into"], "value"] == own + other
    evidence = Months(county.setup, county.cube).at(month)
    assert evidence is not None
    change = change_of(evidence, merged["into"], evidence.indicators["households"])
    assert change["after"] == own + other
    counts = county.month(month).counts
    assert merged["code"] not in set(counts["place"])
    raw_counts = county.month(month).built.frame("counts")
    found = raw_counts[raw_counts["place"].isin([merged["code"], merged["into"]])]
    assert evidence.counted(merged["into"])["yes"].sum() == found["yes"].sum()
    assert counts.loc[counts["place"] == merged["into"], "yes"].sum() == found["yes"].sum()


def test_parts_of_a_merged_village_are_added_and_unknown_ones_stay_unknown() -> None:
    figures = pd.DataFrame(
        {
            "place": ["a", "b", "a", "b"],
            "indicator": ["one", "one", "two", "two"],
            "numerator": [1.0, 2.0, np.nan, np.nan],
        }
    )
    moved = to_successors(figures, pd.Series({"a": "b"})).set_index("indicator")["numerator"]
    assert moved["one"] == 3
    assert np.isnan(moved["two"])
