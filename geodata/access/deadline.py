"""An end to waiting for a server of a database that answers no more, though its connections are open."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError


def end_waiting(engine: Engine, seconds: Callable[[], float], told: Callable[[], None]) -> None:
    """Cut the connection of a statement that is not answered within some seconds; `told` hears of it.

    The driver then reads the end of the connection and raises. A connection is asked whether it
    lives before it is used again.
    """

    def arm(connection: Any, *_: object) -> None:
        disarm(connection)
        waits = Waits(connection.info["socket"], seconds(), told)
        connection.info["waits"] = waits

    def disarm(connection: Any, *_: object) -> None:
        waits: Waits | None = connection.info.pop("waits", None)
        if waits is not None:
            waits.over()

    @event.listens_for(engine, "connect")
    def _keep(connection: Any, record: Any) -> None:
        record.info["socket"] = connection.fileno()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: object) -> None:
        waits = Waits(record.info["socket"], seconds(), told)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            connection.rollback()
        except Exception as error:
            raise DisconnectionError from error
        finally:
            waits.over()

    @event.listens_for(engine, "checkin")
    def _back(_connection: object, record: Any) -> None:
        disarm(record)

    event.listen(engine, "before_cursor_execute", arm)
    event.listen(engine, "after_cursor_execute", disarm)
    event.listen(engine, "commit", arm)
    event.listen(engine, "rollback", arm)


class Waits:
    """One wait for an answer: after `seconds` its socket is shut down, unless it is over."""

    def __init__(self, number: int, seconds: float, told: Callable[[], None]) -> None:
        self._held, self._told = socket.socket(fileno=_another(number)), told
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def over(self) -> None:
        """End the wait; the connection stays open."""
        self._timer.cancel()
        with contextlib.suppress(OSError):
            self._held.close()

    def _cut(self) -> None:
        self._told()
        with contextlib.suppress(OSError):
            self._held.shutdown(socket.SHUT_RDWR)
        self._held.close()


def _another(number: int) -> int:
    """Return another number of the same socket, which its owner does not close."""
    return os.dup(number)
