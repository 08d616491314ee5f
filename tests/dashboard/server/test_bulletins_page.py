"""The list of bulletins as a browser asks for it: each account those of its own places, and no other file."""

from __future__ import annotations

import datetime

import pytest

from dashboard.briefing.bulletin.content import FOLDER
from geodata.access import Actor, open_guard
from geodata.access.bulletins import BulletinList, IssuedBulletin
from tests.dashboard.server.served import make_folder, serve
from tests.invented import COUNTY

FOREIGN, OWN = "bulletin-week-foreign-1", "bulletin-week-own-1"
ELSEWHERE = "880101"


def _issued(place: str, file: str) -> IssuedBulletin:
    return IssuedBulletin(
        kind="week",
        place=place,
        number=1,
        day=datetime.date(2025, 1, 6),
        month="2024-12",
        late=file == OWN,
        file=file,
        told={},
        by="w",
        at="2025-01-06T00:00:00+00:00",
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = make_folder(tmp_path_factory.mktemp("bulletins") / "served")
    guard = open_guard(folder)
    kept = BulletinList(guard.trail)
    (folder / FOLDER).mkdir(parents=True)
    for place, file in ((ELSEWHERE, FOREIGN), (COUNTY, OWN)):
        kept.add(Actor("w", "leader", (place,)), _issued(place, file))
        (folder / FOLDER / f"{file}.docx").write_bytes(file.encode())
    (folder / FOLDER / "other.docx").write_bytes(b"no bulletin of the list")
    guard.trail.database.close()
    with serve(folder) as running:
        yield running


def test_each_account_sees_and_takes_those_of_its_own_places(server):
    for role in ("leader", "township_officer"):
        browser = server.browser(role)
        page = browser.ask("/bulletins").body
        assert f"/bulletins/{OWN}.docx" in page
        assert FOREIGN not in page
        assert browser.ask(f"/bulletins/{OWN}.docx").body == OWN
        assert browser.ask(f"/bulletins/{FOREIGN}.docx").status == 404


def test_who_sees_no_rows_sees_no_bulletin(server):
    page = server.browser("auditor").ask("/bulletins")
    assert OWN not in page.body


@pytest.mark.parametrize(
    "name", ["other.docx", "bulletin-week-own-1.pdf", "..%2faccess.sqlite", "guatu.toml"]
)
def test_no_other_file_is_handed_out(server, name):
    assert server.browser("leader").ask(f"/bulletins/{name}").status in (400, 403, 404)


def test_what_was_taken_is_on_record(server):
    server.browser("leader").ask(f"/bulletins/{OWN}.docx")
    guard = open_guard(server.folder)
    records = guard.trail.records(act="export", actor="leader")
    guard.trail.database.close()
    assert [one.place for one in records][-1:] == [COUNTY]
