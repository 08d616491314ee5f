"""Data and analysis for guatu: boundaries, joins, rules and hot spots, without a user interface."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from geodata.version import __version__

if TYPE_CHECKING:  # what a type checker sees of the names below
    from geodata.access import Actor, Scope
    from geodata.atlas import Atlas, open_atlas, write_atlas
    from geodata.boundaries.hierarchy import place_tree
    from geodata.boundaries.point_places import place_points
    from geodata.boundaries.read import read_boundaries
    from geodata.errors import GuatuError
    from geodata.figures import Indicator
    from geodata.intake.readers import SourceTable, read_table
    from geodata.joining import JoinResult, join_indicators
    from geodata.policy import load_policy
    from geodata.sample.join_demo import write_join_demo
    from geodata.sample.places import make_places
    from geodata.workspace import Workspace, open_workspace

# Public name -> module that defines it. Imported on first use, so that a small command
# does not pay for the whole library.
_PUBLIC = {
    "Atlas": "geodata.atlas",
    "GuatuError": "geodata.errors",
    "Indicator": "geodata.figures",
    "open_atlas": "geodata.atlas",
    "write_atlas": "geodata.atlas",
    "SourceTable": "geodata.intake.readers",
    "read_table": "geodata.intake.readers",
    "make_places": "geodata.sample.places",
    "write_join_demo": "geodata.sample.join_demo",
    "place_points": "geodata.boundaries.point_places",
    "place_tree": "geodata.boundaries.hierarchy",
    "read_boundaries": "geodata.boundaries.read",
    "JoinResult": "geodata.joining",
    "join_indicators": "geodata.joining",
    "Actor": "geodata.access",
    "Scope": "geodata.access",
    "load_policy": "geodata.policy",
    "Workspace": "geodata.workspace",
    "open_workspace": "geodata.workspace",
}

__all__ = [
    "Actor",
    "Atlas",
    "GuatuError",
    "Indicator",
    "JoinResult",
    "Scope",
    "SourceTable",
    "Workspace",
    "__version__",
    "join_indicators",
    "load_policy",
    "make_places",
    "open_atlas",
    "open_workspace",
    "place_points",
    "place_tree",
    "read_boundaries",
    "read_table",
    "write_atlas",
    "write_join_demo",
]


def __getattr__(name: str) -> object:
    """Return a public name, importing its module on first use."""
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'geodata' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
