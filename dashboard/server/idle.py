"""Pages whose sign-in has ended are closed, also when nobody touches them any more."""

from __future__ import annotations

from typing import Any

from tornado.ioloop import PeriodicCallback

from dashboard.server.auth import COOKIE, SignIn
from geodata.errors import AccessError

CHECK_SECONDS = 30


def watch_idle(application: Any, sign_in: SignIn) -> None:
    """Look at every open page of this worker twice a minute, once its loop runs."""
    start = application.start

    def started() -> None:
        start()

        def look() -> None:
            close_ended(application, sign_in)

        application._idle_job = PeriodicCallback(look, CHECK_SECONDS * 1000)
        application._idle_job.start()

    application.start = started


def close_ended(application: Any, sign_in: SignIn) -> int:
    """Close the pages whose sign-in has ended; returns how many."""
    closed = 0
    for connection in list(application._clients):
        socket = connection._socket
        if not _is_live(sign_in, socket.get_cookie(COOKIE) or ""):
            socket.close(1008)
            closed += 1
    return closed


def _is_live(sign_in: SignIn, token: str) -> bool:
    guard = sign_in.guard
    try:
        return guard.sessions.seen(token, guard.trail.clock(), used=False) is not None
    except AccessError:
        return False
