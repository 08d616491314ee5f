"""How a server stops: within seconds of being asked, whatever it is doing, and never without its parent."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

# What is being answered is finished in so many seconds, and the records are closed in the next.
GRACE, CLOSING = 4, 2
# Then whatever still hangs is ended: a worker by itself, and after it by its parent.
_WORKER_ENDS, _PARENT_ENDS = 7, 8
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """What the processes of one server share; it is made in their parent, before they part.

    A pipe is open for writing in the parent alone: when it is closed, or the parent has died, every
    worker reads its end, also one whose main thread hangs.
    """

    def __init__(self) -> None:
        self._parent, self._asked = os.getpid(), False
        self._ended, self._once = threading.Event(), threading.Lock()
        self._close: Callable[[], object] = lambda: None
        self._reading, self._writing = os.pipe()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._parted)
        for number in _SIGNALS:
            signal.signal(number, self._ask_workers)

    @contextlib.contextmanager
    def as_parent(self) -> Iterator[None]:
        """Make the workers inside; the parent does not leave before the last of them has ended."""
        try:
            yield
        except SystemExit:
            os._exit(0)

    def watch(self, stop: Callable[[], object], close: Callable[[], object]) -> None:
        """Call `stop` when this worker is asked to stop, or has lost its parent.

        `close` is called once nothing is answered any more, or when that takes too long; the
        process ends after it in any case.
        """
        self._close = close
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        # A handler in Python waits for the main thread; what is written here does not.
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, lambda *_: None)
        watching = [woken] if os.getpid() == self._parent else [woken, self._reading]

        def wait() -> None:
            while not self._is_asked(select.select(watching, [], [])[0], woken):
                pass
            # Needs no lock of the interpreter.
            faulthandler.dump_traceback_later(_WORKER_ENDS, exit=True)
            stop()
            self._ended.wait(GRACE)
            self.end()

        threading.Thread(target=wait, name="stopping", daemon=True).start()

    def end(self) -> NoReturn:
        """Close the records and end this process at once.

        The interpreter is not taken down in order: threads at work would be held in the middle of
        what they do, with locks that its last steps wait for.
        """
        self._ended.set()
        closing = threading.Thread(target=self._close_once, daemon=True)
        closing.start()
        closing.join(CLOSING)
        os._exit(0)

    def _close_once(self) -> None:
        with self._once:
            close, self._close = self._close, lambda: None
            close()

    @staticmethod
    def _is_asked(ready: list[int], woken: int) -> bool:
        if woken not in ready:
            return True
        return any(number in _SIGNALS for number in os.read(woken, 64))

    def _ask_workers(self, _number: int, _frame: FrameType | None) -> None:
        """Let every worker of this parent stop; where none has parted yet, end."""
        if os.getpid() != self._parent or not _children():
            os._exit(0)
        if self._asked:
            return
        self._asked = True
        self._let_go()
        signal.signal(signal.SIGALRM, self._end_workers)
        signal.alarm(_PARENT_ENDS)

    def _end_workers(self, _number: int, _frame: FrameType | None) -> NoReturn:
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        os._exit(0)

    def _parted(self) -> None:
        if self._asked:
            os._exit(0)  # the place of one that ended after it was asked to is not filled again
        self._let_go()

    def _let_go(self) -> None:
        """Close the end for writing, once: its number may be another file's afterwards."""
        end, self._writing = self._writing, -1
        if end >= 0:
            os.close(end)


def _children() -> list[int]:
    """Return the processes that this one started and has not waited for."""
    me = os.getpid()
    try:
        return [int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()]
    except OSError:
        return []
