"""One writer at a time; readers take no lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from geodata.errors import StoreError


@contextmanager
def writing(store: Path) -> Iterator[None]:
    """Hold the store's write lock; raises StoreError when another process holds it.

    The system gives the lock back when its process ends, also when it is killed.
    """
    store.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(store / ".writing.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise StoreError("store.busy", folder=str(store)) from None
    try:
        yield
    finally:
        lock.release()
