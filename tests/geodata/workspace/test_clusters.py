"""Hot spots in the reasons of a workspace: said of a village that is one, and of no other."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.atlas import Atlas
from geodata.workspace.clusters import clusters_of, clusters_sentence
from geodata.workspace.why import Why
from tests.invented_clusters import CENTRE, HOT, MONTHS, SILENT, clustered_atlas


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return clustered_atlas()


def _why(place: str, indicator: str = "poor_share") -> Why:
    return Why(place, indicator, (), "", (), pd.DataFrame(), {}, pd.DataFrame())


def test_reason_of_a_hot_village_tells_for_how_long(atlas):
    assert "个月为热点" in clusters_sentence(atlas, _why(CENTRE), MONTHS[-1], "zh")
    assert "hot spot" in clusters_sentence(atlas, _why(CENTRE), MONTHS[-1], "en")


def test_reason_of_other_villages_says_nothing_of_hot_spots(atlas):
    layer = clusters_of(atlas, "poor_share", MONTHS[-1])
    calm = [
        key
        for key, kind in zip(layer.keys, layer.classes, strict=True)
        if kind < len(layer.kinds) and layer.kinds[kind] == "no_pattern" and key not in HOT
    ]
    assert clusters_sentence(atlas, _why(calm[0]), MONTHS[-1], "zh") == ""
    assert clusters_sentence(atlas, _why(SILENT), MONTHS[-1], "zh") == ""
    assert clusters_sentence(atlas, _why("99"), MONTHS[-1], "zh") == ""


def test_unknown_indicator_or_month_says_nothing(atlas):
    assert clusters_sentence(atlas, _why(CENTRE, "nothing"), MONTHS[-1], "zh") == ""
    assert clusters_sentence(atlas, _why(CENTRE), "1999-01", "zh") == ""


def test_later_months_do_not_change_what_a_month_said(atlas):
    earlier = clustered_atlas(MONTHS[:-3])
    month = MONTHS[-4]
    assert clusters_sentence(atlas, _why(CENTRE), month, "zh") == clusters_sentence(
        earlier, _why(CENTRE), month, "zh"
    )
