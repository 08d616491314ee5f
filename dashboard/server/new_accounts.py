"""A server that started without accounts, and the first account made while it runs."""

from __future__ import annotations

import time
from contextlib import suppress

from geodata.access import Guard
from geodata.errors import AccessError

LOOK_SECONDS = 5.0
# Where an application keeps it, only where nobody signs in.
NEW_ACCOUNTS = "guatu_new_accounts"


class NewAccounts:
    """Tells whether a folder has accounts by now; it is looked for every few seconds at most."""

    def __init__(self, guard: Guard) -> None:
        self._guard, self._looked, self._any = guard, -LOOK_SECONDS, False

    def __bool__(self) -> bool:
        now = time.monotonic()
        if not self._any and now - self._looked >= LOOK_SECONDS:
            self._looked = now
            with suppress(AccessError):
                self._any = self._guard.has_accounts()
        return self._any
