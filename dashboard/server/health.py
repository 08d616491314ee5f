"""Whether a worker is alive and ready, for nginx, systemd and whoever watches the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tornado.web import RequestHandler

from geodata.access import Guard

ALIVE, READY = "/health", "/ready"


class AliveHandler(RequestHandler):
    """Answers as long as the process answers at all."""

    def get(self) -> None:
        """Say that the worker is alive; nothing about anybody's data."""
        self.set_header("Cache-Control", "no-store")
        self.finish({"alive": True})


class ReadyHandler(RequestHandler):
    """Answers 200 when people can work, 503 with the part that is missing when they cannot."""

    def initialize(self, checks: dict[str, Callable[[], bool]]) -> None:
        """Take the checks by name."""
        self.checks = checks

    def get(self) -> None:
        """Run every check."""
        self.set_header("Cache-Control", "no-store")
        results = {name: check() for name, check in self.checks.items()}
        self.set_status(200 if all(results.values()) else 503)
        self.finish({"ready": all(results.values()), **results})


def health_routes(guard: Guard | None, has_data: Callable[[], bool]) -> list[tuple[Any, ...]]:
    """Return the routes of both answers."""
    checks = {"data": has_data, "records": lambda: guard is None or _records_open(guard)}
    return [(ALIVE, AliveHandler), (READY, ReadyHandler, {"checks": checks})]


def _records_open(guard: Guard) -> bool:
    """Return whether the audit can be written, without a lock that others would wait for."""
    return guard.trail.database.is_writable
