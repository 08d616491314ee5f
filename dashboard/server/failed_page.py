"""A page that cannot be made: a sentence, and never what went wrong inside."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn
from bokeh.application.handlers.function import FunctionHandler
from bokeh.document import Document

from dashboard.texts import text
from dashboard.web.failed_part import failed_part


def fail_in_a_sentence(application: Any, lang: str) -> None:
    """Let each page of a server that cannot be made say so; Panel would show where in the code."""
    for context in application._applications.values():
        for handler in context.application.handlers:
            if isinstance(handler, FunctionHandler):
                handler._func = partial(_made, handler._func, lang)


def _made(make: Callable[[Document], object], lang: str, document: Document) -> None:
    template = document.template
    try:
        make(document)
    except Exception as error:
        document.clear()
        document.template = template
        pn.state._templates.pop(document, None)
        failed_part("page", text("page.failed", lang), error).server_doc(document)
