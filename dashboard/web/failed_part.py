"""A part of the page that cannot be made: one sentence in its place, and its way in the log."""

from __future__ import annotations

import logging
from pathlib import Path

import panel as pn

from dashboard.web.markup import element
from geodata.errors import code_places

LOGGER = logging.getLogger("guatu.page")


def log_failed(part: str, error: Exception, folder: Path | None = None) -> None:
    """Log which part failed, of what kind and where in the code; no message, which may name people.

    Steps through the code of the `folder` of the part are always told.
    """
    fields = {"part": part, "error": type(error).__name__, "where": code_places(error, folder)}
    LOGGER.error("%s", fields, extra={"what": "part failed", "fields": fields})


def failed_part(
    part: str, sentence: str, error: Exception, folder: Path | None = None
) -> pn.pane.HTML:
    """Return a sentence that stands where a part of the page could not be made; the log has why."""
    log_failed(part, error, folder)
    return pn.pane.HTML(element("p", sentence), sizing_mode="stretch_width", margin=8)
