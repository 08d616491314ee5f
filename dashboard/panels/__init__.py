"""What stands beside the map: one folder a panel, found by its name.

A folder holds `panel.yaml` (see `dashboard.panel_specs`), a function `panel(state, parts)` in its
`__init__.py`, and what it draws with: scripts, styles, and texts in `texts.yaml`.
"""

from __future__ import annotations

import importlib

from panel.viewable import Viewable

from dashboard import panel_specs
from dashboard.session.parts import Parts
from dashboard.session.state import State

__all__ = ["Parts", "panel_of"]

# A folder of panels that stands elsewhere is looked into as well.
__path__ = panel_specs.FOLDERS


def panel_of(name: str, state: State, parts: Parts) -> Viewable:
    """Return the panel of a name, made for one session."""
    made: Viewable = importlib.import_module(f"{__name__}.{name}").panel(state, parts)
    return made
