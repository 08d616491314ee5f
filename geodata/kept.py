"""Results that are asked for again, each made once and the oldest given up first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """The last results by their key; safe for several threads, which may make one twice."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._results: dict[Hashable, Any] = {}
        self._alone = threading.Lock()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made for a key before, else what `make` gives."""
        with self._alone:
            if key in self._results:
                kept: T = self._results.pop(key)
                self._results[key] = kept
                return kept
        made = make()
        with self._alone:
            self._results[key] = made
            while len(self._results) > self._size:
                self._results.pop(next(iter(self._results)))
        return made
