"""A server that is asked to stop ends within ten seconds, whatever it does, and leaves no process."""

from __future__ import annotations

import contextlib
import http.client as http_client
import os
import shutil
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from geodata.access import open_guard
from tests.dashboard.server.served import PASSWORD, Served, make_folder, serve

WITHIN = 10


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("stopped") / "made")


@pytest.fixture
def folder(made, tmp_path):
    shutil.copytree(made, tmp_path / "served")
    return tmp_path / "served"


def processes(served: Served) -> list[psutil.Process]:
    """Return every process of a server's group."""
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(served.process.pid)
        return [parent, *parent.children(recursive=True)]
    return []


def seconds_until_gone(those: list[psutil.Process]) -> float:
    started = time.monotonic()
    gone, left = psutil.wait_procs(those, timeout=WITHIN + 5)
    assert left == [], f"{len(left)} of {len(gone) + len(left)} processes are left"
    return time.monotonic() - started


@contextlib.contextmanager
def load(served: Served):
    """Ask for pages all the time, so that the stop comes in the middle of some."""
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError, AssertionError):
                browser = served.browser("leader")
                while not over.is_set():
                    browser.ask("/")

    with ThreadPoolExecutor(6) as threads:
        for _ in range(6):
            threads.submit(ask)
        time.sleep(1.5)
        try:
            yield
        finally:
            over.set()


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("to", ["parent", "group"])
def test_under_load_it_stops_in_time_and_leaves_no_process(folder, workers, to):
    with serve(folder, "--workers", str(workers)) as served, load(served):
        those = processes(served)
        assert len(those) == (1 if workers == 1 else workers + 1)
        if to == "parent":
            os.kill(served.process.pid, signal.SIGTERM)
        else:
            os.killpg(served.process.pid, signal.SIGTERM)
        served.process.wait(WITHIN + 5)
        assert seconds_until_gone(those) < WITHIN
        assert served.process.returncode == 0


def test_it_stops_while_a_worker_is_frozen(folder):
    with serve(folder, "--workers", "2") as served:
        those = processes(served)
        those[-1].suspend()
        os.kill(served.process.pid, signal.SIGTERM)
        served.process.wait(WITHIN + 5)
        assert seconds_until_gone(those) < WITHIN


_HANGING = """
import threading, sys
from dashboard.server import health
lock = threading.Lock()

def forever(self):
    lock.acquire()
    lock.acquire()  # for good, as with a lock that a thread at work never gives back

health.AliveHandler.head = forever
from dashboard.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_it_stops_while_the_main_thread_of_a_worker_waits_for_a_lock_for_good(folder, workers):
    with serve(folder, "--workers", str(workers), program=_HANGING) as served:
        those = processes(served)
        http = http_client.HTTPConnection("127.0.0.1", served.port, timeout=1)
        with contextlib.closing(http), contextlib.suppress(OSError):
            http.request("HEAD", "/health")
            http.getresponse()
        os.kill(served.process.pid, signal.SIGTERM)
        served.process.wait(WITHIN + 5)
        assert seconds_until_gone(those) < WITHIN


def test_workers_whose_parent_was_killed_end_by_themselves(folder):
    with serve(folder, "--workers", "2") as served, load(served):
        those = processes(served)[1:]
        assert len(those) == 2
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait(5)
        assert seconds_until_gone(those) < WITHIN


def test_a_worker_that_died_is_replaced_and_the_stop_still_ends_all(folder):
    with serve(folder, "--workers", "2") as served:
        first = served.workers()[0]
        os.kill(first, signal.SIGKILL)
        while first in served.workers() or len(served.workers()) < 2:
            time.sleep(0.05)
        those = processes(served)
        os.kill(served.process.pid, signal.SIGTERM)
        served.process.wait(WITHIN + 5)
        assert seconds_until_gone(those) < WITHIN


@pytest.mark.parametrize("workers", [1, 2])
def test_after_a_clean_stop_a_plain_copy_holds_everything(folder, tmp_path, workers):
    with serve(folder, "--workers", str(workers)) as served:
        assert served.browser().sign_in("auditor", PASSWORD).status == 303
        served.browser("auditor").ask("/audit")
        os.kill(served.process.pid, signal.SIGTERM)
        served.process.wait(WITHIN + 5)
    database = folder / "audit" / "access.sqlite"
    copy = Path(shutil.copy(database, tmp_path / "copy.sqlite"))
    with sqlite3.connect(copy) as raw:
        acts = {act for (act,) in raw.execute("SELECT act FROM audit")}
    raw.close()
    assert {"sign_in", "audit"} <= acts
    guard = open_guard(folder)
    assert guard.trail.verify().whole
    guard.trail.database.close()
