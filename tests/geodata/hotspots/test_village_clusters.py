"""Clusters as an atlas may show them: sentence, kinds of villages, nothing that gives away a figure."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csgraph

from geodata.access import Scope
from geodata.atlas.folder import build_atlas
from geodata.atlas.scoped import within_scope
from geodata.hotspots import neighbours
from geodata.hotspots.built import CLUSTERS, hotspot_tables
from geodata.hotspots.village_clusters import KINDS, village_clusters
from geodata.i18n import LANGUAGES, text
from tests.invented import INCOME, RATE, grid_tree
from tests.invented_clusters import CENTRE, HOT, MONTHS, SILENT, clustered_atlas

LAST = MONTHS[2]


@pytest.fixture(scope="module")
def atlas():
    made = clustered_atlas(MONTHS[:3])
    return replace(made, tables=hotspot_tables(made))


@pytest.fixture(scope="module")
def found(atlas):
    return village_clusters(atlas, RATE.key, LAST)


def test_cluster_is_told_with_the_figures_of_the_month_itself(atlas, found):
    first = found.clusters[0]
    frame = atlas.frame(RATE.key, LAST, "village")
    inside = frame.loc[list(first.codes)]
    assert first.observed == inside["numerator"].sum()
    assert first.base == inside["denominator"].sum()
    rate = frame["numerator"].sum() / frame["denominator"].sum()
    assert first.expected == pytest.approx(rate * first.base)
    assert CENTRE in first.codes


LOW = replace(RATE, key="piped_share", worse="low")


def _patchy_atlas(seed):
    """Return a county whose villages differ at random, each of its blocks told as one set found."""
    draw = np.random.default_rng(seed)
    tree = grid_tree(8, 8)
    villages = tree.places.index[tree.places["level"] == "village"]
    high = draw.random(len(villages)) < draw.choice([0.2, 0.4, 0.6])
    base = draw.integers(5, 60, len(villages)).astype(float)
    bad = draw.binomial(base.astype(int), np.where(high, 0.35, 0.03)).astype(float)
    frame = pd.DataFrame({"place": villages, "period": LAST, "denominator": base})
    values = [
        frame.assign(indicator=RATE.key, numerator=bad),
        frame.assign(indicator=LOW.key, numerator=base - bad),
    ]
    made = build_atlas(
        title="云岭县",
        tree=tree,
        values=pd.concat(values, ignore_index=True),
        indicators=[RATE, LOW],
        join={"boundary_features": 64, "matched": 64, "unmatched_boundary": []},
        source={},
    )
    grid = villages.to_numpy().reshape(8, 8)
    rows, columns = draw.choice([1, 2, 4], 2)
    blocks = [
        " ".join(grid[row : row + rows, column : column + columns].ravel())
        for row in range(0, 8, rows)
        for column in range(0, 8, columns)
    ]
    sets = pd.DataFrame({"places": blocks, "rank": range(len(blocks)), "span": 1, "p": 0.01})
    told = [sets.assign(period=LAST, indicator=one.key) for one in (RATE, LOW)]
    return replace(made, tables=hotspot_tables(made) | {CLUSTERS: pd.concat(told)})


def _worse_than_the_whole(atlas, indicator, period):
    """Return of each village whether its own figure is worse than that of the county."""
    frame = atlas.frame(indicator.key, period, "village")
    own = frame["numerator"] / frame["denominator"]
    whole = frame["numerator"].sum() / frame["denominator"].sum()
    return own < whole if indicator.worse == "low" else own > whole


@pytest.mark.parametrize("seed", range(6))
def test_every_village_that_is_told_is_worse_than_the_county_itself(seed):
    """The scan finds sets of villages; of such a set only those that are high themselves are told."""
    atlas = _patchy_atlas(seed)
    for indicator in (RATE, LOW):
        worse = _worse_than_the_whole(atlas, indicator, LAST)
        found = village_clusters(atlas, indicator.key, LAST)
        drawn = found.keys[found.kinds == KINDS.index("cluster")]
        assert sorted(drawn) == sorted(code for one in found.clusters for code in one.codes)
        frame = atlas.frame(indicator.key, LAST, "village")
        for one in found.clusters:
            codes, said = list(one.codes), one.sentence("zh")
            assert worse[codes].all(), said
            assert one.observed == frame.loc[codes, "numerator"].sum()
            assert one.base == frame.loc[codes, "denominator"].sum()
            assert f"{len(codes)}个村" in said
            assert ("连在一起" in said) == (len(codes) > 1)
            assert not worse[list(one.between)].any()
            assert all(atlas.name(code) in said for code in one.between)
            assert ("其间" in said) == bool(one.between)
            _hang_together(atlas, codes, list(one.between))


def _hang_together(atlas, codes, between):
    """Check that the villages hang together by way of those between them, and not without one."""

    def parts(inside):
        shapes = gpd.GeoSeries(atlas.shapes("village", inside), crs=4326)
        links = neighbours(shapes, min_neighbours=0).matrix
        return len(set(csgraph.connected_components(links)[1][: len(codes)]))

    assert parts(codes + between) == 1
    for code in between:
        assert parts(codes + [other for other in between if other != code]) > 1


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("连在一起偏高", "按全县水平应有", "张图里不到")), ("en", ("together", "100 maps"))],
)
def test_sentence_is_one_that_a_leader_understands(found, lang, words):
    said = found.finding(lang)
    assert all(word in said for word in words)
    assert f"{found.clusters[0].observed:,.0f}" in said
    for word in ("显著", "检验", "p ", "95%", "signific", "hypothesis", "Gi*"):
        assert word not in said


@pytest.mark.parametrize("side", ["high", "low"])
@pytest.mark.parametrize("level", ["village", "township", "county", "place"])
def test_one_place_alone_is_not_told_as_several(side, level):
    for lang in LANGUAGES:
        for count in (1, 2):
            places = text(f"hotspots.together_{level}", lang, count=count)
            facts = {"base": 9, "observed": 8, "expected": 1, "unit": "", "whole": "", "rare": 5}
            said = text(
                f"hotspots.cluster_{side}",
                lang,
                where="X",
                places=places,
                count=count,
                between="",
                long="",
                **facts,
            )
            several = any(word in said for word in ("together", "neighbouring", "连在一起", "lie "))
            assert several == (count > 1), said


def test_what_the_map_could_see_is_said(found):
    assert "10次里" in found.sight("zh") or "看" in found.sight("zh")
    assert found.rule("zh").endswith(found.sight("zh"))
    never = replace(found, doubled=0.01)
    assert "多半看不到" in never.sight("zh")
    assert "10次里能看到4次" in replace(found, doubled=0.4).sight("zh")


def test_every_village_is_of_a_kind_or_unknown(found):
    kinds = {
        key: None if kind == 255 else KINDS[kind]
        for key, kind in zip(found.keys, found.kinds, strict=True)
    }
    assert kinds[CENTRE] == "cluster"
    assert kinds[SILENT] is None
    assert {kinds[code] for code in found.clusters[0].codes} == {"cluster"}
    sure = found.rates["above"].to_numpy()
    rest = np.array([kind not in ("cluster", None) for kind in kinds.values()])
    named = np.array(list(kinds.values()), dtype=object)
    assert (sure[rest & (named == "above")] >= 0.8).all()
    assert (sure[rest & (named == "below")] <= 0.2).all()


def test_a_mean_an_amount_and_a_map_of_before_say_why_nothing_is_told(atlas):
    assert village_clusters(atlas, INCOME.key, LAST).reason == "mean"
    old = village_clusters(clustered_atlas(MONTHS[:3]), RATE.key, LAST)
    assert old.reason == "unbuilt"
    assert "guatu build" in old.finding("zh")
    assert (old.kinds == 255).all()


def _seen_by(atlas, role, place, smallest=0):
    return within_scope(atlas, Scope(role, (place,)), smallest=smallest)


def test_who_may_not_see_the_whole_is_told_nothing(atlas):
    mine = _seen_by(atlas, "auditor", CENTRE[:9])
    hidden = village_clusters(mine, RATE.key, LAST)
    assert hidden.reason == "unseen"
    assert hidden.clusters == ()
    assert hidden.rates.isna().all().all()


def test_a_cluster_with_a_hidden_village_is_not_told(atlas):
    values = atlas.values.copy()
    few = (values["place"] == CENTRE) & (values["indicator"] == RATE.key)
    values.loc[few, "numerator"] = 298.0  # two who are not counted: a small number of people
    changed = replace(atlas, values=values)
    whole = village_clusters(changed, RATE.key, LAST)
    assert any(CENTRE in one.codes for one in whole.clusters)
    other = _seen_by(changed, "township_officer", SILENT[:9], smallest=3)
    assert other.hidden(RATE.key, LAST, "village")[CENTRE]
    told = village_clusters(other, RATE.key, LAST)
    assert not any(CENTRE in one.codes for one in told.clusters)
    assert np.isnan(told.rates.at[CENTRE, "rate"])


def test_clusters_within_a_place_are_told_of_it(found):
    assert found.finding("zh", found.keys[found.keys.isin(HOT)]) == found.finding("zh")
    assert found.finding("zh", found.keys[:1]) == "没有连片偏离的村"
