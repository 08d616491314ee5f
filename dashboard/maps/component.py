"""The base of the components whose browser side is our own script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from panel.custom import JSComponent

from geodata.escaping import storable

_FOLDER = Path(__file__).parent


def script_of(*names: str, folder: Path = _FOLDER) -> str:
    """Return the script of a component made of several files, those of `dashboard/maps` shared.

    One text needs no import in the browser, and so no address of its own on the server.
    """
    files = (folder / name if (folder / name).is_file() else _FOLDER / name for name in names)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


class Component(JSComponent):
    """A component that answers with mappings; anything else a browser sends is ignored."""

    _esm = "export function render() {}"

    def on_message(self, callback: Callable[[dict[str, object]], None]) -> None:
        """Hand every mapping that the browser side sends to `callback`, its texts storable."""

        def answer(event: Any) -> None:
            if isinstance(event.data, dict):
                callback({name: _whole(value) for name, value in event.data.items()})

        self.on_msg(answer)


def _whole(value: object) -> object:
    return storable(value) if isinstance(value, str) else value
