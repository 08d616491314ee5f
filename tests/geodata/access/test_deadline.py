"""A connection whose other end answers no more is cut in time, and one that answers stays open."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from geodata.access.deadline import Waits


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    with contextlib.closing(ours), contextlib.closing(theirs):
        yield ours, theirs


def test_a_wait_without_an_answer_ends_and_is_told(pair):
    ours, _ = pair
    told = []
    Waits(ours.fileno(), 0.2, lambda: told.append(time.monotonic()))
    started = time.monotonic()
    assert ours.recv(1) == b""  # the end, as a driver reads it
    assert 0.1 < time.monotonic() - started < 3
    assert len(told) == 1


def test_an_answer_in_time_leaves_the_connection_as_it_is(pair):
    ours, theirs = pair
    told = []
    waits = Waits(ours.fileno(), 0.2, lambda: told.append(1))
    theirs.sendall(b"x")
    assert ours.recv(1) == b"x"
    waits.over()
    time.sleep(0.4)
    theirs.sendall(b"y")
    assert (ours.recv(1), told) == (b"y", [])


def test_the_owner_of_a_connection_may_close_it_meanwhile(pair):
    ours, _ = pair
    waits = Waits(ours.fileno(), 0.2, lambda: None)
    ours.close()
    time.sleep(0.4)
    waits.over()
