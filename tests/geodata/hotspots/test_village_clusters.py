"""Clusters as an atlas may show them: sentence, kinds of villages, nothing that gives away a figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.access import Scope
from geodata.atlas.scoped import within_scope
from geodata.hotspots.built import hotspot_tables
from geodata.hotspots.village_clusters import KINDS, village_clusters
from geodata.i18n import LANGUAGES, text
from tests.invented import INCOME, RATE
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
