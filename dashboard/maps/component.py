"""The base of the components whose browser side is our own script."""

from __future__ import annotations

from collections.abc import Callable

from panel.custom import JSComponent


class Component(JSComponent):
    """A component that answers with mappings; anything else a browser sends is ignored."""

    _esm = "export function render() {}"

    def on_message(self, callback: Callable[[dict[str, object]], None]) -> None:
        """Hand every mapping that the browser side sends to `callback`."""
        self.on_msg(lambda event: callback(event.data) if isinstance(event.data, dict) else None)
