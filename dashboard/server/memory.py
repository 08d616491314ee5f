"""Memory that left pages held goes back to the machine; what stays is not searched again and again."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Any

from tornado.ioloop import PeriodicCallback

CHECK_SECONDS = 20
# Of mallopt: in how many arenas threads take memory. Each keeps what it had at its fullest.
_ARENA_MAX, _ARENAS = -8, 2


def watch_memory(application: Any) -> None:
    """Tidy up after pages that were left, once the loop of this worker runs."""
    start, tidying = application.start, Tidying(application)
    _call("mallopt", _ARENA_MAX, _ARENAS)

    def started() -> None:
        start()

        def look() -> None:
            tidying.look()

        application._memory_job = PeriodicCallback(look, CHECK_SECONDS * 1000)
        application._memory_job.start()

    application.start = started


class Tidying:
    """Looks whether pages have gone since the last look."""

    def __init__(self, application: Any) -> None:
        self._application, self._pages = application, 0

    def look(self) -> bool:
        """Give back the memory of pages that have gone; returns whether any had."""
        contexts = self._application._applications.values()
        pages = sum(len(list(context.sessions)) for context in contexts)
        fewer, self._pages = pages < self._pages, pages
        if not fewer:
            return False
        if pages:
            gc.collect()
        else:
            settle()
        _call("malloc_trim", 0)
        return True


def settle() -> None:
    """Find all garbage, and take what is left out of later searches, which hold up every viewer.

    Modules and tables stay as long as the process; what pages leave behind is still found.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _call(name: str, *values: int) -> None:
    """Call a function of the C library of GNU, which alone has these."""
    if sys.platform != "linux":
        return
    function = getattr(ctypes.CDLL(None), name, None)
    if function is not None:
        function(*values)
