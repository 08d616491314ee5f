"""What a part of the page follows, guarded: where it fails the page goes on without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps

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
    before = [set(map(id, _watchers(one))) for one in followed]
    yield
    failed: list[Exception] = []

    def guard(follow: Callable[..., object]) -> Callable[..., None]:
        @wraps(follow)
        def followed_safely(*events: object, **values: object) -> None:
            if failed:
                return
            try:
                follow(*events, **values)
            except Exception as error:
                failed.append(error)
                fails(error)

        return followed_safely

    for one, known in zip(followed, before, strict=True):
        for watcher in [each for each in _watchers(one) if id(each) not in known]:
            one.param.unwatch(watcher)
            add = one.param.watch_values if watcher.mode == "kwargs" else one.param.watch
            add(
                guard(watcher.fn),
                list(watcher.parameter_names),
                what=watcher.what,
                onlychanged=watcher.onlychanged,
                queued=watcher.queued,
                precedence=watcher.precedence,
            )


def _watchers(followed: param.Parameterized) -> list[Watcher]:
    """Return the watchers of an object, each once, in the order in which they were added."""
    listed = (
        watcher
        for whats in followed.param.watchers.values()
        for watchers in whats.values()
        for watcher in watchers
    )
    return list({id(watcher): watcher for watcher in listed}.values())
