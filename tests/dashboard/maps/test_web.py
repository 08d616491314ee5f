from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from dashboard.maps.web import web_map, write_web_map
from geodata.cartography import draw_layer
from tests.dashboard.maps.test_picture import counted_atlas
from tests.invented import COUNTY, HOSTILE, grid_atlas


def test_page_asks_for_no_other_file():
    page = web_map(grid_atlas())
    assert re.findall(r"<(?:script|img|iframe)[^>]*\ssrc=", page) == []
    assert re.findall(r"<link[^>]*>", page) == []
    assert re.findall(r"url\((?!#)[^)]*\)", page.split("<style>")[1].split("</style>")[0]) == []
    assert "tileLayer(" not in page.split("</script>")[-2]


def test_page_says_finding_legend_and_join():
    page = web_map(grid_atlas(), lang="zh")
    assert "云岭县2025年低收入户占比最高的3个村" in page
    assert "按数值疏密取整分级" in page
    assert "11/12" in page


def test_the_bars_of_the_legend_count_every_place():
    page = web_map(grid_atlas(), lang="zh")
    bars = page.split('<div class="bars')[1].split("</aside>")[0]
    counts = [int(one) for one in re.findall(r'<span class="count">(\d+)</span>', bars)]
    assert sum(counts) == 12


def test_what_adds_up_is_drawn_as_circles_over_quiet_places():
    atlas = counted_atlas()
    page = web_map(atlas, indicator="poor", lang="zh")
    layer = draw_layer(atlas, "poor", "2025", level="village")
    radii = [float(one) for one in re.findall(r'"radius": ([\d.]+)', page)]
    assert len(radii) == (layer.values > 0).sum()
    assert radii == sorted(radii, reverse=True)
    least, most = np.nanmin(layer.values), np.nanmax(layer.values)
    assert (radii[-1] / radii[0]) ** 2 == pytest.approx(
        max(least / most, (3 / radii[0]) ** 2), rel=1e-3
    )


def test_hostile_names_are_shown_and_never_run():
    page = web_map(grid_atlas(names={f"{COUNTY}00{n}001": HOSTILE for n in (1, 2, 3)}))
    assert "<img src=x" not in page
    assert "<script>window.hacked" not in page
    assert "&lt;script&gt;" in page or "\\u0026lt;script" in page


def test_markup_in_the_title_stays_in_the_title():
    atlas = dataclasses.replace(grid_atlas(), title="</title><script>window.hacked=1</script>")
    page = web_map(atlas)
    assert "<script>window.hacked" not in page
    assert "&lt;/title&gt;" in page


def test_same_atlas_gives_the_same_bytes(tmp_path):
    write_web_map(grid_atlas(), tmp_path / "a.html")
    write_web_map(grid_atlas(), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_english_page_has_no_chinese_words_of_its_own():
    page = web_map(grid_atlas(), lang="en")
    assert "no data" in page
    assert "无数据" not in page
