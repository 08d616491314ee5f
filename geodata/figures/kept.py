"""Results that every viewer asks for again, each made once and the oldest given up first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """The last results by what was asked; safe for several threads, which may make one twice."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._found: dict[Hashable, Any] = {}
        self._alone = threading.Lock()

    def once(self, asked: Hashable, make: Callable[[], T]) -> T:
        """Return what was made for `asked` before, else what `make` gives."""
        with self._alone:
            if asked in self._found:
                found: T = self._found.pop(asked)
                self._found[asked] = found
                return found
        made = make()
        with self._alone:
            self._found[asked] = made
            while len(self._found) > self._size:
                self._found.pop(next(iter(self._found)))
        return made
