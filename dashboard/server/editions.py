"""New data while people are looking: new pages show it, open ones are told and stay as they are."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import panel as pn
from tornado.ioloop import IOLoop, PeriodicCallback

from dashboard.layers.finding_counts import FindingCounts
from dashboard.server.geometry import GeometryFiles
from dashboard.views.notice import Notice
from geodata.atlas import Atlas
from geodata.atlas.folder import FOLDER
from geodata.errors import GuatuError
from geodata.i18n import LANGUAGES, default_language

CHECK_SECONDS = 10
LOGGER = logging.getLogger("guatu.server")


@dataclass(frozen=True)
class Edition:
    """What one state of the data shows: its atlas, what is counted, the files of its map, its pages by address."""

    atlas: Atlas
    findings: FindingCounts
    files: GeometryFiles
    pages: Mapping[str, Callable[[], Any]]


class Editions:
    """The edition that new pages show; `make` reads it from the folder.

    Every serving process looks at the folder for itself. Outlines of earlier editions stay served.
    """

    def __init__(self, folder: Path, make: Callable[[], Edition]) -> None:
        self._folder, self._make = folder, make
        self._stamp = _stamp(folder)
        self.now = make()
        self.files = self.now.files
        self._open: weakref.WeakSet[Notice] = weakref.WeakSet()

    def has_data(self) -> bool:
        """Return whether the folder of the map is there and can be read now."""
        return bool(_stamp(self._folder))

    def apps(self) -> dict[str, Callable[[], Any]]:
        """Return what makes a page of the edition there is when it is asked for, by address."""
        return {at: self._app(at) for at in self.now.pages}

    def _app(self, at: str) -> Callable[[], Any]:
        # Panel calls functions only: anything else that can be called is shown as it is written.
        def app() -> Any:
            return self.page(at)

        return app

    def page(self, at: str = "/") -> Any:
        """Return a page of the edition of now, which hears of the next one."""
        page, notice = self.now.pages[at](), Notice(lang=_asked_lang())
        page.main[0].insert(0, notice)
        notice.document = pn.state.curdoc
        self._open.add(notice)
        return page

    def look(self) -> bool:
        """Take over what was written since, and tell the open pages; returns whether there was any."""
        stamp = _stamp(self._folder)
        if stamp == self._stamp or not stamp:
            return False
        try:
            new = self._make()
        except (GuatuError, OSError):
            LOGGER.exception("", extra={"what": "new data cannot be opened"})
            return False
        month = new.atlas.periods[-1] if new.atlas.periods else ""
        month = "" if month in self.now.atlas.periods else month
        self.files.take(new.files)
        self._stamp, self.now = stamp, new
        for notice in list(self._open):
            notice.tell(month)
        return True

    def watch(self, application: Any) -> None:
        """Look again and again once the loop of this process runs, beside the pages."""
        start = application.start

        async def look() -> None:
            await IOLoop.current().run_in_executor(None, self.look)

        def started() -> None:
            start()
            application._edition_job = PeriodicCallback(look, CHECK_SECONDS * 1000)
            application._edition_job.start()

        application.start = started


def _asked_lang() -> str:
    asked = parse_qs((pn.state.location.search or "").lstrip("?")) if pn.state.location else {}
    lang = asked.get("lang", [""])[-1]
    return lang if lang in LANGUAGES else default_language()


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what tells one written atlas from another; empty while there is none."""
    try:
        files = [(file.name, file.stat()) for file in (folder / FOLDER).iterdir()]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))
