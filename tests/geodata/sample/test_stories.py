"""Troubles of the invented county come and are mended, and none of them is absent at the end."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from geodata.sample import stories
from geodata.sample.water import untested
from geodata.sample.world import World, make_world

STORIES = {
    "out_of_school": stories.out_of_school,
    "uninsured": stories.uninsured,
    "without_medicine": stories.without_medicine,
    "without_contract": stories.without_contract,
    "without_aid": functools.partial(stories.without_aid, salt=81),
    "unnamed_measures": stories.unnamed_measures,
    "paid_though_safe": stories.paid_though_safe,
    "idle_team": functools.partial(stories.idle_villages, salt=stories.TEAM),
    "wrong_cause": stories.wrong_cause,
    "two_posts": stories.two_posts,
}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(villages=40, households=1600, months=25, seed=5, until="2026-06")


def _months(world: World) -> range:
    return range(world.plan.first, world.plan.first + len(world.plan.months))


@pytest.mark.parametrize("name", STORIES)
def test_a_trouble_comes_to_a_few_and_is_mended(world: World, name: str) -> None:
    course = [set(STORIES[name](world, month).tolist()) for month in _months(world)]
    assert course[-1]
    assert len(set.union(*course)) > max(len(now) for now in course)
    # A few, and not the same ones all the time.
    assert max(len(now) for now in course) <= 16
    for one in set.union(*course):
        there = np.array([one in now for now in course])
        runs = np.split(there, np.flatnonzero(np.diff(there)) + 1)
        assert max(int(run.sum()) for run in runs) <= 7, one


def test_who_is_in_a_trouble_reports_under_one_name(world: World) -> None:
    own = world.households["village"].to_numpy()
    for month in _months(world):
        assert stories.in_order(world)[own[stories.wrong_cause(world, month)]].all()


def test_works_without_a_test_for_a_year_are_found_and_one_is_tested_again(world: World) -> None:
    passed = [set(untested(world.works, world.plan, month).tolist()) for month in _months(world)]
    year = [set.intersection(*passed[at - 11 : at + 1]) for at in range(11, len(passed))]
    assert year[-1]
    assert set.union(*year) > year[-1]
