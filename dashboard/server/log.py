"""The server's log: one JSON object a line, without names, addresses of people or queries."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime

from tornado.web import RequestHandler

from geodata.errors import code_places

LOGGER = logging.getLogger("guatu.server")
# Messages of the libraries may hold what somebody typed: each goes through the same lines.
_LEVELS = {"guatu": "INFO", "tornado": "WARNING"} | dict.fromkeys(
    ("bokeh", "panel", "param", "asyncio"), "ERROR"
)


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object; an exception as its type and place, not its message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "worker": os.getpid(),
            "what": getattr(record, "what", record.name),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["where"] = code_places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def set_up_log() -> None:
    """Send the log of the server and of its libraries to the error output, as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name, level in _LEVELS.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(os.environ.get("GUATU_LOG", level).upper())


def log_request(handler: RequestHandler) -> None:
    """Log one answered request: method, path without its query, status, milliseconds."""
    status = handler.get_status()
    fields = {
        "method": handler.request.method,
        "path": handler.request.path[:200],
        "status": status,
        "ms": round(1000 * handler.request.request_time(), 1),
    }
    level = logging.INFO if status < 500 else logging.ERROR
    LOGGER.log(level, "", extra={"what": "request", "fields": fields})
