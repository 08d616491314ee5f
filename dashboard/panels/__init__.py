"""What stands beside the map: one folder a panel, found by its name.

A folder holds `panel.yaml` (see `dashboard.panel_specs`), a function `panel(state, parts)` in its
`__init__.py`, and what it draws with: scripts, styles, and texts in `texts.yaml`.
"""

from __future__ import annotations

import contextlib
import importlib
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from panel.viewable import Viewable

from dashboard import panel_specs
from dashboard.session.parts import Parts
from dashboard.session.state import State

__all__ = ["Parts", "load_panels", "panel_of", "panel_of_error"]

# A folder of panels that stands elsewhere is looked into as well.
__path__ = panel_specs.FOLDERS


def load_panels() -> None:
    """Import every panel; one that raises is left alone, and told about where it is shown.

    A browser learns the components of a page with the page. One that is defined later reaches the
    first page that shows it alone, together with what that page cannot send back with a click.
    """
    for name in panel_specs.panel_specs():
        with contextlib.suppress(Exception):
            _module(name)


def panel_of(name: str, state: State, parts: Parts) -> Viewable:
    """Return the panel of a name, made for one session."""
    made: Viewable = _module(name).panel(state, parts)
    return made


def panel_of_error(error: BaseException) -> str | None:
    """Return the name of the panel in whose code an error came up, or None."""
    specs = panel_specs.panel_specs().values()
    for step in reversed(extract_tb(error.__traceback__)):
        for spec in specs:
            if Path(step.filename).is_relative_to(spec.folder):
                return spec.name
    return None


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")
