from __future__ import annotations

import dataclasses
import datetime
import io
import json
import os
import shutil
import subprocess
import time
import types

import pytest
from pptx import Presentation

from dashboard.briefing import queue as queues
from dashboard.briefing.queue import BriefingQueue, file_of, write_job
from dashboard.briefing.worker import run
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.views.briefing_button import BriefingButton
from geodata.access import Actor, open_guard
from geodata.atlas import open_atlas
from tests.dashboard.server.served import FIRST, PASSWORD, Browser, serve
from tests.invented_county import COUNTY, MONTHS, TOWNSHIP, VILLAGES

LEADER = Actor("leader", "leader", (COUNTY,))
ASKED = {"month": MONTHS[-1], "place": COUNTY, "themes": ["monitoring"], "lang": "zh"}


class Clock:
    def __init__(self) -> None:
        self.now = datetime.datetime(2025, 2, 5, 9, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        return self.now


@pytest.fixture
def here(monkeypatch):
    """Let an order be made in this process, so that a test needs no other."""
    orders = []

    class Child:
        def __init__(self, *command, **options) -> None:
            self.stdin = io.StringIO()
            self.stdin.close = lambda: orders.append(json.loads(self.stdin.getvalue()))

        def poll(self) -> int:
            return 0

    kept = types.SimpleNamespace(**{**vars(subprocess), "Popen": Child})
    monkeypatch.setattr(queues, "subprocess", kept)
    return orders


@pytest.fixture
def queue(county, tmp_path):
    for name in ("store", "boundaries", "atlas", "parameters"):
        (tmp_path / name).symlink_to(county.setup.config.folder / name)
    shutil.copy(county.setup.config.folder / "guatu.toml", tmp_path)
    return BriefingQueue(tmp_path, clock=Clock())


def test_order_is_made_and_collected_by_its_account_only(queue, here):
    token = queue.order(LEADER, ASKED, name="汇报.pptx")
    assert queue.job(token, "leader").state == "running"
    assert queue.file(token, "leader") is None
    ended = run(here[0])
    assert (ended.state, ended.done) == ("ready", ended.total)
    assert len(Presentation(queue.file(token, "leader")).slides) == ended.total
    assert queue.job(token, "analyst") is None
    assert queue.file(token, "analyst") is None
    records = open_guard(queue.workspace).trail.records(act="export")
    assert [record.actor for record in records] == ["leader"]


def test_order_outside_the_actors_places_fails_with_the_reason(queue, here):
    officer = Actor("wang", "village_officer", (VILLAGES[2],))
    token = queue.order(officer, {**ASKED, "place": TOWNSHIP}, name="a.pptx")
    assert run(here[0]).state == "failed"
    assert TOWNSHIP in queue.job(token, "wang").sentence
    assert queue.file(token, "wang") is None


def test_after_an_hour_everything_of_an_order_is_gone(queue, here):
    token = queue.order(LEADER, {**ASKED, "month": "2019-01"}, name="a.pptx")
    run(here[0])
    queue.clock.now += datetime.timedelta(seconds=queues.KEPT_SECONDS)
    assert queue.job(token, "leader") is not None
    assert queue.sweep() == 0
    queue.clock.now += datetime.timedelta(seconds=1)
    assert queue.job(token, "leader") is None
    assert queue.sweep() == 1
    assert list(queue.folder.iterdir()) == []


def test_one_order_of_an_account_at_a_time_and_a_dead_one_is_failed(queue, here):
    token = queue.order(LEADER, ASKED, name="a.pptx")
    note = queue.folder / f"{token}.json"
    os.utime(note, (queue.clock.now.timestamp(),) * 2)
    assert queue.is_busy("leader", most=2)
    assert not queue.is_busy("analyst", most=2)
    assert queue.is_busy("analyst", most=1)
    queue.clock.now += datetime.timedelta(seconds=301)
    assert queue.job(token, "leader").state == "failed"
    assert not queue.is_busy("leader", most=1)


@pytest.mark.parametrize("token", ["", "..", "../../guatu", "a" * 31, "a" * 43, "*" * 40])
def test_a_token_that_is_none_finds_nothing(queue, token):
    assert queue.file(token, "leader") is None


def test_button_shows_progress_then_a_link(county, queue, here, monkeypatch):
    atlas = open_atlas(county.setup.config.folder)
    state = State(atlas, f"?place={TOWNSHIP}&lang=zh", themes=county.setup.themes)
    guard = open_guard(queue.workspace)
    button = BriefingButton(People(state, county, LEADER, guard), queue)
    button._order()
    assert button.button.disabled
    assert here[0]["asked"]["place"] == TOWNSHIP
    assert here[0]["asked"]["each"] == ""
    run(here[0])
    button.look()
    assert f"briefing/{button.token}" in button.note.object
    assert not button.button.disabled


def test_button_says_why_a_role_may_not(county, queue, here):
    atlas = open_atlas(county.setup.config.folder)
    state = State(atlas, "?lang=zh", themes=county.setup.themes)
    actor = Actor("a", "auditor", (COUNTY,))
    button = BriefingButton(People(state, county, actor, open_guard(queue.workspace)), queue)
    button._order()
    assert here == []
    assert "<p>" in button.note.object


def test_served_file_is_for_the_account_that_asked(county, tmp_path, here):
    folder = shutil.copytree(county.setup.config.folder, tmp_path / "county")
    guard = open_guard(folder)
    for name in ("leader", "analyst"):
        now = guard.trail.clock()
        guard.accounts.add(Actor(name, name, (COUNTY,)), FIRST, by="test", now=now)
        guard.accounts.set_password(name, PASSWORD, by=name, now=now)
    queue = BriefingQueue(folder)
    token = queue.order(LEADER, ASKED, name="某县汇报.pptx")
    note = queue.folder / f"{token}.json"
    write_job(note, dataclasses.replace(queue.job(token, "leader"), state="ready"))
    file_of(queue.folder, token, "a.pptx").write_bytes(b"made")
    with serve(folder) as running:
        path = f"/briefing/{token}"
        assert Browser(running.port).ask(path).status == 403
        assert running.browser("analyst").ask(path).status == 404
        leader = running.browser("leader")
        answer = leader.ask(path)
        assert (answer.status, answer.body) == (200, "made")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert leader.ask("/briefing/" + "a" * 43).status == 404


def test_an_order_runs_in_a_process_of_its_own(queue):
    queue = BriefingQueue(queue.workspace)
    token = queue.order(LEADER, {**ASKED, "month": "2019-01"}, name="a.pptx")
    for _ in range(600):
        if queue.job(token, "leader").state != "running":
            break
        time.sleep(0.1)
    assert queue.job(token, "leader").sentence.startswith("没有“2019-01”的数据")
