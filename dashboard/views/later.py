"""What may wait until the page has what was just sent to it."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn


def later(call: Callable[[], None]) -> None:
    """Call after the changes so far have gone to the browser; without a session, at once."""
    document = pn.state.curdoc
    if document is not None and document.session_context is not None:
        document.add_next_tick_callback(call)
    else:
        call()
