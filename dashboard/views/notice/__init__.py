"""A line over the page when there are new data; the page itself stays until it is clicked."""

from __future__ import annotations

from typing import ClassVar

import param
from bokeh.document import Document

from dashboard.texts import text
from dashboard.web.component import Component
from geodata.cartography.words import period_text
from geodata.i18n import default_language


class Notice(Component):
    """The line: hidden until told; a click opens the page anew, at the new month if there is one."""

    said = param.String()
    label = param.String()
    lang = param.String(default="zh", constant=True)
    newer = param.Boolean(doc="whether there is a month that this page does not have")

    _stylesheets: ClassVar[list[str]] = [
        ":host { display: block; width: 100%; } "
        ".told { display: flex; gap: 16px; align-items: center; padding: 8px 16px; background: var(--accent); "
        "color: var(--on-accent); font-size: var(--text); } .told[hidden] { display: none; } "
        "button { font: inherit; padding: 4px 18px; border: 1px solid currentColor; border-radius: 6px; "
        "background: var(--paper); color: var(--accent); cursor: pointer; }"
    ]

    def __init__(self, document: Document | None = None, **values: object) -> None:
        values.setdefault("lang", default_language())
        super().__init__(sizing_mode="stretch_width", margin=0, **values)
        self.document = document

    def tell(self, month: str) -> None:
        """Show the line: a new month, or for the empty text the same months computed anew."""
        if self.document is None or self.document.session_context is None:
            self._show(month)
        else:
            self.document.add_next_tick_callback(lambda: self._show(month))

    def _show(self, month: str) -> None:
        key = "notice.month" if month else "notice.rebuilt"
        said = text(key, self.lang, month=period_text(month, self.lang))
        label = text("notice.update", self.lang)
        self.param.update(said=said, label=label, newer=bool(month))
