"""New data while pages are open."""

from __future__ import annotations

import gc
import json
from types import FunctionType

import panel_material_ui as pmui
import pytest

from dashboard.pages.session_page import session_page
from dashboard.server.editions import Edition, Editions
from dashboard.server.geometry import GeometryFiles
from dashboard.views.notice import Notice
from geodata.atlas import open_atlas
from geodata.atlas.folder import FOLDER, save_atlas
from tests.invented import grid_atlas


@pytest.fixture
def editions(tmp_path):
    save_atlas(grid_atlas(), tmp_path)

    def make() -> Edition:
        atlas = open_atlas(tmp_path)
        return Edition(
            atlas, None, GeometryFiles(atlas), {"/": lambda: session_page(main=[pmui.Column()])}
        )

    return Editions(tmp_path, make)


def notice_of(page) -> Notice:
    return page.main[0][0]


def test_an_open_page_is_told_and_keeps_its_data(editions, tmp_path):
    page, before = editions.page(), editions.now
    assert (editions.look(), notice_of(page).said) == (False, "")
    save_atlas(grid_atlas(2), tmp_path)
    assert editions.look()
    assert notice_of(page).said == "数据已重新计算。"
    assert notice_of(page).label == "点此更新"
    assert not notice_of(page).newer
    assert editions.now is not before
    assert notice_of(editions.page()).said == ""
    assert set(before.files.files) <= set(editions.files.files)
    assert set(editions.now.files.files) <= set(editions.files.files)
    assert not editions.look()


def test_a_new_month_is_named(editions, tmp_path):
    page = editions.page()
    notice = notice_of(page)
    notice.tell("2026-01")
    assert (notice.said, notice.newer) == ("2026年1月数据已导入。", True)


def test_an_atlas_that_cannot_be_opened_leaves_the_old_one(editions, tmp_path):
    before, page = editions.now, editions.page()
    (tmp_path / FOLDER / "atlas.json").write_text(json.dumps({"format": 99}))
    assert (editions.look(), editions.now is before) == (False, True)
    assert notice_of(page).said == ""


def test_a_closed_page_is_not_kept_to_be_told(editions):
    page = editions.page()
    assert len(editions._open) == 1
    del page
    gc.collect()
    assert len(editions._open) == 0


def test_every_address_is_a_function_that_makes_its_page(editions):
    apps = editions.apps()
    assert list(apps) == ["/"]
    # Panel calls these and shows anything else as it is.
    assert isinstance(apps["/"], FunctionType)
    assert isinstance(apps["/"](), pmui.Page)


def test_data_are_there_as_long_as_the_map_is(editions, tmp_path):
    assert editions.has_data()
    (tmp_path / FOLDER).rename(tmp_path / "away")
    assert not editions.has_data()
    (tmp_path / "away").rename(tmp_path / FOLDER)
    assert editions.has_data()
