"""What a part of the page follows, guarded: where it fails the page goes on without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from inspect import iscoroutinefunction

import param
from param.parameterized import Watcher


@contextmanager
def guarded(
    followed: Sequence[param.Parameterized], fails: Callable[[Exception], None]
) -> Iterator[None]:
    """Guard the watchers that are added to some objects inside: the first that raises is told.

    Without a guard it would keep all who follow after it from what has changed. A part that has
    failed follows nothing any more.
    """
    known = {id(watcher) for watchers in _lists(followed) for watcher in watchers}
    yield
    failed: list[Exception] = []
    # One watcher of several parameters stays one: it is called once when they change together.
    guards: dict[int, Watcher] = {}
    for watchers in _lists(followed):
        for at, watcher in enumerate(watchers):
            # What runs later by itself holds nobody up.
            if id(watcher) not in known and not iscoroutinefunction(watcher.fn):
                guard = watcher._replace(fn=_Guard(watcher.fn, failed, fails))
                watchers[at] = guards.setdefault(id(watcher), guard)


class _Guard:
    """Calls what follows until it fails; equal to it, so that whoever added it can take it away."""

    def __init__(
        self,
        follow: Callable[..., object],
        failed: list[Exception],
        fails: Callable[[Exception], None],
    ) -> None:
        self._follow, self._failed, self._fails = follow, failed, fails

    def __call__(self, *events: object, **values: object) -> object:
        if self._failed:
            return None
        try:
            return self._follow(*events, **values)
        except param.Skip:
            raise
        except Exception as error:
            self._failed.append(error)
            self._fails(error)
            return None

    def __eq__(self, other: object) -> bool:
        return other is self or other == self._follow

    def __hash__(self) -> int:
        return hash(self._follow)


def _lists(followed: Sequence[param.Parameterized]) -> Iterator[list[Watcher]]:
    """Yield the lists in which objects keep who watches their values."""
    for one in followed:
        for whats in one.param.watchers.values():
            yield from whats.values()
