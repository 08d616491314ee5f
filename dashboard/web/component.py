"""The base of the components whose browser side is our own script."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
from panel.custom import JSComponent

from dashboard.web.scripts import script_of
from geodata.escaping import capped, storable

# As long as the longest address; nothing that a person types into the page is longer.
LONGEST_TEXT = 8 * 2**10
_DEEPEST = 8


@contextmanager
def together() -> Iterator[None]:
    """Send all changes made within as one message, and look through the models only once."""
    document = pn.state.curdoc
    if document is None:
        yield
        return
    with document.models.freeze(), pn.io.unlocked():
        yield


def filling(*parts: Any, **options: Any) -> pn.Column:
    """Return parts below each other that take the room there is, and no more of it."""
    styles = {"min-height": "0"}
    return pn.Column(*parts, sizing_mode="stretch_both", margin=0, styles=styles, **options)


def styles_of(module: str, *shared: str) -> list[str]:
    """Return `style.css` beside a module, given its `__file__`, and style sheets of this package."""
    files = [
        Path(module).with_name("style.css"),
        *(Path(__file__).with_name(one) for one in shared),
    ]
    return [file.read_text(encoding="utf-8") for file in files]


class Viewer(pn.viewable.Viewer):
    """A part of the page that is made of others: `__panel__` returns what is shown."""

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]  # Panel gives it no types


class Component(JSComponent):
    """A component that answers with mappings; anything else a browser sends is ignored.

    Its script and style are `script.js` and `style.css` beside it, unless it names others.
    """

    # Panel names only a text here; a path is read when it is sent.
    _esm: ClassVar[Any] = "export function render() {}"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        folder = Path(inspect.getfile(cls)).parent
        script, style = folder / "script.js", folder / "style.css"
        if "_esm" not in vars(cls) and script.is_file():
            cls._esm = script
        if "_stylesheets" not in vars(cls) and style.is_file():
            cls._stylesheets = [style.read_text(encoding="utf-8")]

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]  # Panel gives it no types

    def on_message(self, callback: Callable[[dict[str, object]], None]) -> None:
        """Hand every mapping that the browser side sends to `callback`, its texts capped and storable."""

        def answer(event: Any) -> None:
            if isinstance(event.data, dict):
                with together():
                    callback({name: _whole(value) for name, value in event.data.items()})

        self.on_msg(answer)

    # Panel looks for a bundle in the folders of the class for each component of each page.
    _bundle_path = None

    @classmethod
    def _esm_path(cls, compiled: Any = True) -> None:
        return None

    @classmethod
    def _render_esm(cls, compiled: Any = True, server: bool = False) -> str:
        return script_of(cls._esm) if isinstance(cls._esm, Path) else str(cls._esm)


def _whole(value: object, depth: int = _DEEPEST) -> object:
    if isinstance(value, str):
        return storable(capped(value, LONGEST_TEXT))
    if not isinstance(value, list | dict):
        return value
    if not depth:
        return None
    if isinstance(value, list):
        return [_whole(each, depth - 1) for each in value]
    return {capped(str(name), LONGEST_TEXT): _whole(v, depth - 1) for name, v in value.items()}
