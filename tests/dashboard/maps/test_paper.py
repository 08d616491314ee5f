from __future__ import annotations

import dataclasses
import os
import struct
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
import shapely
from matplotlib import font_manager
from matplotlib.colors import to_hex
from pyproj import Geod

from dashboard.layers.hotspots import draw_hotspots
from dashboard.maps.fonts import FAMILIES, typeface
from dashboard.maps.ground import Plane, path_of, round_length
from dashboard.maps.label_positions import Wanted, position_labels
from dashboard.maps.paper import draw_map
from dashboard.maps.paper_sheet import PaperSheet, circle_radius
from dashboard.maps.picture import legend_told
from geodata.cartography import NO_DATA, draw_layer
from geodata.errors import BriefingError
from geodata.hotspots import hotspot_layer
from tests.invented import COUNTY, HOSTILE, grid_atlas

SMALL = PaperSheet(width=6, height=4, dpi=60, lang="zh")


def _texts(drawn) -> list[str]:
    return [text.get_text() for axes in drawn.figure.axes for text in axes.texts]


def _layer(atlas, **options):
    options.setdefault("level", "village")
    return draw_layer(atlas, "poor_share", "2025", **{"place": COUNTY, **options})


def test_picture_has_the_size_of_the_sheet_in_dots():
    atlas = grid_atlas()
    png = draw_map(atlas, _layer(atlas), PaperSheet(width=5, height=4, dpi=220)).picture()
    assert struct.unpack(">II", png[16:24]) == (1100, 880)


@pytest.mark.parametrize("form", ["png", "svg"])
def test_same_map_gives_the_same_bytes(form):
    atlas = grid_atlas()
    first, second = (draw_map(atlas, _layer(atlas), SMALL).picture(form) for _ in range(2))
    assert first == second


def test_legend_is_that_of_the_screen_with_no_data_and_counts():
    atlas = grid_atlas()
    layer = _layer(atlas)
    texts = _texts(draw_map(atlas, layer, SMALL))
    for row in layer.legend("zh"):
        assert row.label in texts
        assert str(row.count) in texts
    assert "无数据" in texts
    assert any(text.startswith(legend_told(atlas, layer, "zh")["sum"][:6]) for text in texts)


def test_colours_are_those_of_the_classes_and_no_data_is_hatched():
    atlas = grid_atlas()
    layer = _layer(atlas)
    drawn = draw_map(atlas, layer, SMALL)
    patches = [
        artist for artist in drawn.figure.axes[0].get_children() if hasattr(artist, "get_hatch")
    ]
    filled = {to_hex(patch.get_facecolor()) for patch in patches if patch.get_facecolor()[3]}
    assert set(layer.palette.colours["light"]) <= filled
    assert any(patch.get_hatch() for patch in patches)
    assert (layer.classes == NO_DATA).sum() == 1


def test_worst_places_are_named_with_their_figure():
    atlas = grid_atlas()
    layer = _layer(atlas)
    worst = int(np.nanargmax(layer.values))
    name = atlas.places["name"][layer.keys[worst]]
    shown = _texts(draw_map(atlas, layer, SMALL))
    assert f"{layer.values[worst]:.0f}%" in " ".join(shown)
    assert name in " ".join(shown)
    told = _texts(draw_map(atlas, layer, dataclasses.replace(SMALL, worst=False)))
    assert not any("%" in text and name in text for text in told)


def test_names_without_room_are_counted_and_told():
    atlas = grid_atlas(4, 15)
    own = _layer(atlas, place=f"{COUNTY}001")
    drawn = draw_map(atlas, own, PaperSheet(width=3.4, height=1.6, dpi=60, text=7, lang="zh"))
    assert drawn.unnamed > 0
    assert any(f"另有 {drawn.unnamed} 个村" in text for text in _texts(drawn))


def test_names_never_lie_over_one_another():
    wanted = [
        Wanted(f"n{i}", 100 + i % 7 * 9, 100 + i // 7 * 6, 50, 12, leads=i < 4) for i in range(60)
    ]
    placed = position_labels(wanted, inside=(0, 0, 400, 300))
    boxes = [shapely.box(p.x - 25, p.y - 6, p.x + 25, p.y + 6) for p in placed]
    assert len(placed) >= 10
    assert all(a.intersection(b).area < 1e-9 for a, b in combinations(boxes, 2))
    assert placed[0].wanted is wanted[0]


def test_only_important_names_lead_a_line():
    taken = [(0, 0, 60, 60)]
    far = position_labels(
        [Wanted("a", 30, 30, 20, 10, leads=True)], inside=(0, 0, 200, 200), taken=taken
    )
    assert far[0].line
    assert (
        position_labels([Wanted("a", 30, 30, 20, 10)], inside=(0, 0, 200, 200), taken=taken) == ()
    )


def test_scale_is_true_where_mercator_is_not():
    plane = Plane.around(np.array([103.9, 33.9, 104.1, 34.1]))
    ends = plane.project(shapely.points([[104.0, 34.0], [104.1, 34.0]]))
    drawn = shapely.distance(*ends)
    true = Geod(ellps="GRS80").inv(104.0, 34.0, 104.1, 34.0)[2]
    assert drawn == pytest.approx(true, rel=5e-4)


@pytest.mark.parametrize(
    ("longest", "length"), [(999, 500), (1000, 1000), (2100, 2000), (0.3, 0.2)]
)
def test_scale_bar_has_a_round_length(longest, length):
    assert round_length(longest) == pytest.approx(length)


def test_scale_bar_is_as_long_as_it_says():
    atlas = grid_atlas()
    drawn = draw_map(atlas, _layer(atlas), SMALL)
    axes, column = drawn.figure.axes
    said = next(text for text in _texts(drawn) if "米" in text or "公里" in text)
    metres = float(said.split()[2]) * (1000 if "公里" in said else 1)
    bar = sum(
        patch.get_width() for patch in column.patches if getattr(patch, "get_height", float)() == 6
    )
    pixels = metres * axes.get_window_extent().width / np.ptp(axes.get_xlim())
    assert bar * SMALL.dpi / 72 == pytest.approx(pixels, rel=1e-6)


def test_holes_of_a_place_turn_the_other_way_so_they_stay_empty():
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    path = path_of(np.array([ring]))
    outer, inner = path.vertices[:5], path.vertices[5:]
    turned = [shapely.is_ccw(shapely.linearrings(part)) for part in (outer, inner)]
    assert turned == [True, False]


def test_place_below_the_top_is_shown_in_the_one_above():
    atlas = grid_atlas()
    inner = _texts(draw_map(atlas, _layer(atlas, place=f"{COUNTY}001"), SMALL))
    assert "在云岭县的位置" in inner
    assert not any("的位置" in text for text in _texts(draw_map(atlas, _layer(atlas), SMALL)))


def test_one_village_in_the_spotlight_is_named_and_the_others_are_not():
    atlas = grid_atlas()
    lit = draw_map(atlas, _layer(atlas), dataclasses.replace(SMALL, spotlight=f"{COUNTY}002003"))
    texts = _texts(lit)
    assert "2-3村" in texts
    assert "1-1村" not in texts


def test_the_county_names_its_townships_and_a_township_its_villages():
    atlas = grid_atlas()
    whole = _texts(draw_map(atlas, _layer(atlas), dataclasses.replace(SMALL, worst=False)))
    own = _texts(draw_map(atlas, _layer(atlas, place=f"{COUNTY}002"), SMALL))
    assert "第1乡" in whole
    assert not any(text.endswith("村") and "-" in text for text in whole)
    assert any("2-3村" in text for text in own)


def test_cards_lie_within_the_map_and_off_the_place_and_each_other():
    atlas = grid_atlas(6, 2)
    drawn = draw_map(atlas, _layer(atlas), PaperSheet(width=9, height=4, dpi=60, lang="zh"))
    axes = drawn.figure.axes[0]
    cards = [
        shapely.box(*artist.get_window_extent().extents)
        for artist in axes.get_children()
        if getattr(artist, "get_zorder", int)() == 6 and artist.get_width() > 30
    ]
    county = atlas.geometry("county").total_bounds
    plane = Plane.around(np.array(county))
    land = shapely.transform(
        plane.project(np.array([shapely.box(*county)])), axes.transData.transform
    )
    assert len(cards) == 3
    frame = shapely.box(*axes.get_window_extent().extents)
    for card in cards:
        assert frame.buffer(1).contains(card)
        assert card.distance(land[0]) > 0
    assert all(not a.intersects(b) for a, b in combinations(cards, 2))


@pytest.mark.parametrize("part", [0.25, 1.0])
def test_the_area_of_a_circle_is_its_figure(part):
    whole, other = circle_radius(np.array([40.0, 40.0 * part]), 40.0, SMALL)
    assert (other / whole) ** 2 == pytest.approx(part)


def test_hot_spots_are_drawn_with_their_words():
    atlas = grid_atlas(6, 6)
    layer = draw_hotspots(atlas, hotspot_layer(atlas, "poor_share", "2025"), COUNTY)
    texts = _texts(draw_map(atlas, layer, SMALL))
    assert set(layer.words("zh")) <= set(texts)


def test_hostile_name_is_drawn_as_it_is():
    atlas = grid_atlas(names={f"{COUNTY}001002": "$\\frac{x}$" + HOSTILE})
    assert draw_map(atlas, _layer(atlas), SMALL).picture().startswith(b"\x89PNG")


def test_character_without_a_typeface_is_logged_and_not_raised(caplog):
    atlas = grid_atlas(names={f"{COUNTY}001002": "\U00030edd村"})
    draw_map(atlas, _layer(atlas), SMALL).picture()
    assert "Glyph" in caplog.text or not caplog.records


def test_map_without_any_figure_or_outline_is_drawn():
    atlas = grid_atlas()
    empty = dataclasses.replace(
        atlas,
        outlines={level: frame.iloc[:0] for level, frame in atlas.outlines.items()},
        values=atlas.values.assign(numerator=np.nan),
    )
    assert draw_map(empty, _layer(empty), SMALL).picture()


def test_missing_typeface_is_named_and_the_next_is_used(caplog):
    known = typeface().families[0]
    found = typeface(("No Such Face", known))
    assert found.missing == ("No Such Face",)
    assert found.families[0] == known
    assert "No Such Face" in caplog.text


@pytest.fixture
def listed_without_chinese(monkeypatch):
    """Leave the fonts of the system out, as a list written before they were installed does."""
    manager = font_manager.fontManager
    chinese = {font.fname for font in manager.ttflist if font.name in FAMILIES}
    ours = [font for font in manager.ttflist if font.fname not in chinese]
    monkeypatch.setattr(manager, "ttflist", ours)
    # The fonts of the system are as good as not installed.
    monkeypatch.setenv("MPL_IGNORE_SYSTEM_FONTS", "1")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_map_with_chinese_is_refused_in_a_sentence_when_no_typeface_has_it(
    listed_without_chinese, lang
):
    atlas = grid_atlas()
    with pytest.raises(BriefingError, match=FAMILIES[0]):
        draw_map(atlas, _layer(atlas), dataclasses.replace(SMALL, lang=lang))


def test_map_without_chinese_needs_no_typeface_with_it(listed_without_chinese):
    atlas = grid_atlas()
    names = {str(key): f"P{number}" for number, key in enumerate(atlas.places.index)}
    atlas = grid_atlas(names=names)
    sheet = dataclasses.replace(SMALL, lang="en")
    assert draw_map(atlas, _layer(atlas), sheet).picture().startswith(b"\x89PNG")


def test_typeface_installed_while_the_process_runs_is_used(listed_without_chinese, monkeypatch):
    assert not typeface().has_chinese
    monkeypatch.delenv("MPL_IGNORE_SYSTEM_FONTS")
    assert typeface().has_chinese
    atlas = grid_atlas()
    assert draw_map(atlas, _layer(atlas), SMALL).picture().startswith(b"\x89PNG")


def test_typeface_whose_file_is_gone_is_not_used(listed_without_chinese, monkeypatch, tmp_path):
    manager = font_manager.fontManager
    gone = dataclasses.replace(
        manager.ttflist[0], name=FAMILIES[0], fname=str(tmp_path / "gone.ttf")
    )
    monkeypatch.setattr(manager, "ttflist", [gone, *manager.ttflist])
    assert not typeface().has_chinese


def test_font_installed_after_the_cache_was_written_is_found(tmp_path):
    """First a process that sees no font of the system writes the cache, then one that does."""
    code = "from dashboard.maps.fonts import typeface\nprint(*typeface().families, sep='|')\n"

    def families(**extra: str) -> str:
        env = {**os.environ, "MPLCONFIGDIR": str(tmp_path), **extra}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert families(MPL_IGNORE_SYSTEM_FONTS="1") == "DejaVu Sans"
    assert list(tmp_path.glob("fontlist*.json"))
    assert families().split("|")[0] == typeface().families[0] != "DejaVu Sans"
