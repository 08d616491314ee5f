from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard.answers import answer_of
from dashboard.answers.as_json import answer_json
from dashboard.answers.public_figures import public_layer
from dashboard.notebook import open_view
from dashboard.session.state import State
from geodata.boundaries.approximate import FILE
from geodata.errors import BriefingError
from geodata.i18n import LANGUAGES
from geodata.workspace import open_workspace
from tests.dashboard.briefing.briefed import AT, BY, source_of
from tests.invented_county import HOSTILE, MONTHS, TOWNSHIP, VILLAGES

MONTH = MONTHS[-1]


@pytest.fixture(scope="module")
def source(county):
    return source_of(county)


@pytest.fixture(scope="module")
def opened(county):
    return open_view(county, at=AT, by=BY, lang="zh")


def _figure_texts(figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_app_figure_and_html_show_the_numbers_of_the_facts(opened):
    answer = opened.answer
    setup = answer.source.county.setup
    state = State(answer.atlas, opened.view.address, themes=setup.themes, policy=setup.policy)
    assert state.query.replace("&lang=zh", "") == opened.view.address.replace("&lang=zh", "")
    assert state.layer.legend("zh") == answer.legend
    np.testing.assert_array_equal(state.layer.values, answer.layer.values)
    drawn, page = _figure_texts(opened.figure()), opened.html()
    for row in filter(lambda one: one.count, answer.legend):
        assert {row.label, str(row.count)} <= set(drawn)
    for row in answer.worst.itertuples():
        assert answer.worded(row.value) in page
    # All villages are alike, so that the map points out none.
    assert answer.worst["value"].nunique() == 1
    assert answer.layer.pointed_out(answer.atlas) == []


def test_app_of_a_view_is_the_page_at_its_address(opened):
    assert type(opened.app()).__name__ == "Page"


def test_figure_of_a_place_has_numerator_and_denominator(source):
    answer = answer_of(source, source.view())
    own = answer.own.loc[MONTH]
    assert (own["numerator"], own["denominator"]) == (27, 81)
    assert answer.value == pytest.approx(100 / 3)


def test_title_is_a_sentence_about_the_worst_place_with_its_counts(source):
    answer = answer_of(source, source.view(level="township", lang="zh"))
    assert answer.title.startswith(("甲镇", "乙镇")) or "都是" in answer.title
    single = answer_of(source, source.view(lang="zh", sentence="请看这里"))
    assert single.title == "请看这里"


def test_every_page_says_month_source_versions_join_maker_and_approval(source):
    foot = answer_of(source, source.view(lang="zh")).origin.foot
    built = source.county.month(MONTH).built
    for part in ("2025年1月", "villages.gpkg", built.digest[:8], "3 个村中 3 个有数据", AT, BY):
        assert part in foot
    assert "审图号：未填" in foot


def test_approval_number_of_the_settings_stands_on_the_page(county, tmp_path):
    copy = shutil.copytree(county.setup.config.folder, tmp_path / "county")
    settings = copy / "guatu.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[map]\n", '[map]\napproval = "甲S（2025）1号"\n'), "utf-8")
    source = source_of(open_workspace(settings.parent))
    assert "审图号：甲S（2025）1号" in answer_of(source, source.view(lang="zh")).origin.foot


def test_outlines_around_points_are_called_approximate_wherever_they_are_shown(source, monkeypatch):
    view = source.view(lang="zh")
    assert "近似" not in answer_of(source, view).origin.foot
    assert not answer_json(source, view)["borders"]
    monkeypatch.setitem(source.atlas.source, "boundaries", f"boundaries/{FILE}")
    answer = answer_of(source, view)
    assert "不是实际界线" in answer.origin.foot
    assert "不是实际界线" in answer.origin.approval
    assert "不是实际界线" in answer_json(source, view)["borders"]


def test_parameters_behind_the_indicator_are_named_with_their_status(source):
    (line,) = answer_of(source, source.view(lang="zh")).origin.parameters
    assert line.key == "monitor.line.per_capita"
    assert "9,000" in line.value
    assert line.status == "本县设定"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"period": "2019-01"}, "没有“2019-01”的数据"),
        ({"place": "110101"}, "不在某县里"),
        ({"theme": "forestry"}, "没有专题“forestry”"),
        ({"indicator": "nothing"}, "没有可用的指标“nothing”"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(source, asked, said):
    with pytest.raises(BriefingError) as caught:
        source.view(**asked)
    assert said in caught.value.sentence("zh")


def test_what_is_declared_and_not_built_asks_for_the_build(source):
    theme = source.themes["monitoring"]
    new = replace(theme.indicators[0], key="just_declared")
    declared = replace(theme, indicators=(*theme.indicators, new))
    wider = replace(source, themes={**source.themes, "monitoring": declared})
    with pytest.raises(BriefingError) as caught:
        wider.view(theme="monitoring", indicator="just_declared")
    narrower = replace(source, themes={})
    with pytest.raises(BriefingError) as missing:
        narrower.view(theme="monitoring")
    for error in (caught.value, missing.value):
        assert all("guatu build" in error.sentence(lang) for lang in LANGUAGES)


def test_level_without_places_is_refused(source):
    with pytest.raises(BriefingError):
        answer_of(source, source.view(place=TOWNSHIP, level="county"))


def test_officer_sees_no_figure_of_other_places(county):
    source = source_of(county, "village_officer", (VILLAGES[2],))
    answer = answer_of(source, source.view())
    shown = answer.ranked["value"].notna()
    assert list(shown.index[shown]) == [VILLAGES[2]]


def test_html_of_a_hostile_name_is_text(opened):
    assert HOSTILE not in opened.html()
    assert "&lt;img" in opened.html()


def test_public_view_names_no_worst_place_and_says_what_it_hides(source):
    answer = answer_of(source, source.view(public=True, lang="zh"))
    assert "最高" not in answer.title
    hidden = answer.layer.without_class("hidden")
    assert next(row.label for row in answer.legend if row.no_data) == "无数据"
    assert sum(row.count for row in answer.legend if row.state == "hidden") == int(hidden.sum())
    assert answer.ranked["change"].isna().all()
    assert "公开版" in answer.origin.mark


def test_a_layer_for_outside_tells_hidden_places_from_those_without_data(source):
    answer = answer_of(source, source.view(public=False, lang="zh"))
    hidden = pd.Series([True], index=answer.layer.keys[:1])
    *_, missing, gone = public_layer(answer.layer, hidden).legend("zh")
    assert (gone.label, gone.count, gone.state) == ("不显示", 1, "hidden")
    assert missing.label == "无数据"
    assert missing.state == "no_data"
