"""Figures of the same parts that stand beside each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.themes import Beside, own_themes
from geodata.workspace.composition import Asked, compositions

_BESIDE = [
    (theme.key, at)
    for theme in own_themes()
    for at, one in enumerate(theme.composition)
    if one.beside
]


@pytest.fixture(scope="module")
def county(counties):
    return counties.built_sample()


def _made(county, key, at, **changed):
    theme = next(one for one in county.setup.themes if one.key == key)
    declared = replace(theme.composition[at], **changed)
    told = replace(theme, composition=(declared,))
    asked = Asked(declared.indicators[0], ("",), "zh")
    made = compositions(county.setup, county.month().built, told, asked, cube=county.cube)
    return declared, next(one for one in made if one.title == declared.title["zh"])


@pytest.mark.parametrize(("key", "at"), _BESIDE)
def test_all_values_of_the_list_stand_in_its_order(county, key, at):
    declared, made = _made(county, key, at)
    theme = next(one for one in county.setup.themes if one.key == key)
    choices = theme.lists[declared.choice].choices
    assert list(made.parts.index) == [one.title["zh"] for one in choices]
    assert list(made.parts.columns) == [one.title["zh"] for one in declared.beside]
    assert made.kind == "beside"


@pytest.mark.parametrize(("key", "at"), _BESIDE)
def test_what_is_there_and_what_is_not_add_up_to_what_is_planned(county, key, at):
    parts = _made(county, key, at)[1].parts
    if "没有落实" in parts:
        pd.testing.assert_series_equal(
            parts["计划"], parts["计划中已落实"] + parts["没有落实"], check_names=False
        )
    else:
        assert (parts["已完工"] <= parts["项目"]).all()
        assert (parts["支付万元"] <= parts["安排万元"]).all()
    assert parts.iloc[:, 0].sum() > 0


def test_the_seven_kinds_are_those_that_their_figures_count(county):
    at = next(at for key, at in _BESIDE if key == "survey")
    declared, made = _made(county, "survey", at)
    theme = next(one for one in county.setup.themes if one.key == "survey")
    figures = county.month().figures.groupby("indicator")[["numerator", "denominator"]].sum()
    keys = [f"help_{one}_share" for one in theme.lists[declared.choice].values]
    figures = figures.reindex(keys).fillna(0)
    for choice in theme.lists[declared.choice].choices:
        row, figure = made.parts.loc[choice.title["zh"]], figures.loc[f"help_{choice.value}_share"]
        told = (row["计划中已落实"], row["计划"])
        assert told == (figure["numerator"], figure["denominator"])


def test_a_sum_of_what_nobody_says_is_unknown_and_one_of_no_rows_nothing(county):
    at = next(at for key, at in _BESIDE if key == "monitoring")
    told = (
        Beside({"zh": "项目", "en": "projects"}),
        Beside({"zh": "逾期天数", "en": "days late"}, total="project_days_late"),
    )
    parts = _made(county, "monitoring", at, beside=told)[1].parts
    assert (parts["逾期天数"][parts["项目"] == 0] == 0).all()
    unknown = parts["逾期天数"].isna()
    assert unknown.any()
    assert np.all(parts["项目"][unknown] > 0)
