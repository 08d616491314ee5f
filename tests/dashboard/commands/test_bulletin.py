"""``guatu bulletin``: a number where there is anything new, none where not, and what is refused."""

from __future__ import annotations

import shutil

import pytest

from geodata.access import open_guard
from geodata.access.bulletins import BulletinList
from tests.invented_county import COUNTY, MONTHS, TOWNSHIP

ON = f"{MONTHS[-1]}-20"


@pytest.fixture(scope="module")
def folder(counties, tmp_path_factory):
    copied = tmp_path_factory.mktemp("bulletin") / "county"
    shutil.copytree(counties.shared(sites=True).setup.config.folder, copied)
    return copied


def test_a_bulletin_is_issued_once_and_then_nothing_is_new(run, folder):
    code, out = run("bulletin", folder, "--period", "week", "--on", ON, "--lang", "zh")
    assert code == 0, out
    files = sorted(one.suffix for one in (folder / "briefings" / "bulletins").iterdir())
    assert files == [".docx", ".pdf"]
    code, out = run("bulletin", folder, "--period", "week", "--on", ON, "--lang", "zh")
    assert code == 0, out
    assert "没有新情况" in out
    last = BulletinList(open_guard(folder).trail).last("week", COUNTY)
    assert (last.number, last.day.isoformat()) == (1, ON)


def test_each_place_right_below_has_its_own(run, folder, tmp_path):
    arguments = ("--period", "month", "--on", ON, "--every-township", "--out", tmp_path / "out")
    code, out = run("bulletin", folder, *arguments)
    assert code == 0, out
    assert any(TOWNSHIP in one.name for one in (tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--on", "2025-02-30"), "2025-02-30"),
        (("--on", "1999-01-01"), "1999-01-01"),
        (("--on", ON, "--place", "440306"), "440306"),
        (("--on", ON, "--as", "nobody"), "user add"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(run, folder, arguments, words):
    code, out = run("bulletin", folder, "--period", "quarter", *arguments)
    assert code != 0
    assert words in out
    assert "Traceback" not in out
