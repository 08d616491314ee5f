"""A sample county with a bulletin of its last month, and the one of the month before."""

from __future__ import annotations

import datetime
import shutil

import pytest

from dashboard.answers import Source, county_source
from dashboard.briefing.bulletin.compose import bulletin_of
from dashboard.briefing.bulletin.content import Bulletin
from geodata.access import command_actor
from geodata.access.bulletins import IssuedBulletin
from geodata.periods import last_day
from geodata.workspace import Workspace, open_workspace


@pytest.fixture(scope="package")
def county(counties, tmp_path_factory) -> Workspace:
    """Return a copy of the sample county with two months: reading it is on record there."""
    copied = tmp_path_factory.mktemp("bulletins") / "county"
    shutil.copytree(counties.built_sample().setup.config.folder, copied)
    return open_workspace(copied)


@pytest.fixture(scope="package")
def source(county) -> Source:
    """Return the county as commands read it."""
    return county_source(county, command_actor(), by="cli:test")


def issued(bulletin: Bulletin) -> IssuedBulletin:
    """Return a bulletin as the list keeps it."""
    names = ("kind", "place", "number", "day", "month", "late", "by", "told")
    told = {name: getattr(bulletin, name) for name in names}
    return IssuedBulletin(**told, file=bulletin.file_name, at="2026-01-01T00:00:00+00:00")


def day_in(source: Source, back: int) -> datetime.date:
    """Return the last day of a month so many before the last."""
    return last_day(source.county.months[-1 - back])


@pytest.fixture(scope="package")
def first(source) -> Bulletin:
    """Return the first bulletin, of the month before the last."""
    made = bulletin_of(source, "month", day_in(source, 1), lang="zh")
    assert made is not None
    return made


@pytest.fixture(scope="package")
def second(source, first) -> Bulletin:
    """Return the bulletin of the last month."""
    made = bulletin_of(source, "month", day_in(source, 0), last=issued(first), lang="zh")
    assert made is not None
    return made
