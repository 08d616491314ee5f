"""A button that prints one sheet of the page alone."""

from __future__ import annotations

from typing import ClassVar

import param

from dashboard.web.component import Component


class PrintButton(Component):
    """Prints its content in a frame of its own."""

    label = param.String(constant=True)
    style = param.String(constant=True)
    content = param.String(doc="HTML of the sheet, already escaped")

    _stylesheets: ClassVar[list[str]] = [
        "button { font: inherit; padding: 6px 18px; cursor: pointer; background: var(--accent); color: var(--on-accent);"
        " border: 0; border-radius: 4px; }"
    ]
