"""While the database of the records is locked or gone: others are answered, acts refused, and all comes back."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time

import pytest

from tests.dashboard.server.served import make_folder, serve

SAID = "账号和审计数据库暂时不能使用"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serve(make_folder(tmp_path_factory.mktemp("faults") / "served")) as running:
        yield running


@contextlib.contextmanager
def locked(folder):
    holder = sqlite3.connect(folder / "audit" / "access.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@contextlib.contextmanager
def gone(folder):
    audit = folder / "audit"
    audit.rename(folder / "away")
    try:
        yield
    finally:
        (folder / "away").rename(audit)


@pytest.mark.parametrize("fault", [locked, gone])
def test_nobody_waits_more_than_two_seconds_and_what_needs_a_record_is_refused(server, fault):
    auditor, stranger = server.browser("auditor"), server.browser()
    stranger.ask("/login")
    over, slowest = threading.Event(), []

    def watch() -> None:
        while not over.is_set():
            started = time.monotonic()
            assert stranger.ask("/health").status == 200
            slowest.append(time.monotonic() - started)

    watching = threading.Thread(target=watch)
    with fault(server.folder):
        watching.start()
        refused = [auditor.ask("/audit") for _ in range(3)]
        signing = [server.browser().sign_in("leader") for _ in range(3)]
        ready = stranger.ask("/ready")
        over.set()
        watching.join()
    assert {answer.status for answer in (*refused, *signing)} == {503}
    assert all(SAID in answer.body for answer in (*refused, *signing))
    assert (ready.status, '"records": false' in ready.body) == (503, True)
    assert max(slowest) < 2
    # It is back by itself.
    assert auditor.ask("/audit").status == 200
    assert server.browser().sign_in("leader").status == 303
    assert stranger.ask("/ready").status == 200
    assert "Traceback" not in server.log.read_text()
