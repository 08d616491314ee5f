"""Briefings that were made on order: each is given only to the account that asked for it."""

from __future__ import annotations

import getpass
from typing import Any
from urllib.parse import quote

from tornado.web import HTTPError, RequestHandler

from dashboard.briefing.queue import BriefingQueue
from dashboard.server.auth import account_of
from dashboard.views.briefing_button import ROUTE

_TYPES = {
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".pdf": "application/pdf",
    ".html": "application/octet-stream",
}


def briefing_routes(queue: BriefingQueue, *, signs_in: bool) -> list[tuple[Any, ...]]:
    """Return the route of finished briefings; it throws away those older than an hour first."""
    queue.sweep()
    return [
        (rf"/{ROUTE}/([A-Za-z0-9_-]+)", BriefingHandler, {"queue": queue, "signs_in": signs_in})
    ]


class BriefingHandler(RequestHandler):
    """Answers with one file to who ordered it; to anybody else there is no such file."""

    def initialize(self, queue: BriefingQueue, signs_in: bool) -> None:
        """Take the queue, and whether accounts tell who asks."""
        self.queue, self.signs_in = queue, signs_in

    def get(self, token: str) -> None:
        """Send the file as an attachment that no browser keeps."""
        self.queue.sweep()
        account = account_of(self.request)
        if self.signs_in and account is None:
            raise HTTPError(403)
        name = account.name if account is not None else getpass.getuser()
        file, job = self.queue.file(token, name), self.queue.job(token, name)
        if file is None or job is None:
            raise HTTPError(404)
        self.set_header("Content-Type", _TYPES.get(file.suffix, "application/octet-stream"))
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(job.name)}")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(file.read_bytes())
