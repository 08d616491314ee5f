"""Data and analysis for guatu: boundaries, joins, rules and hot spots, without a user interface."""

from __future__ import annotations

import importlib

__version__ = "0.1.0"

# Public name -> module that defines it. Imported on first use, so that a small command
# does not pay for the whole library.
_PUBLIC = {
    "Atlas": "geodata.atlas",
    "GuatuError": "geodata.errors",
    "Indicator": "geodata.atlas",
    "open_atlas": "geodata.atlas",
    "write_atlas": "geodata.atlas",
    "SourceTable": "geodata.sources.readers",
    "read_table": "geodata.sources.readers",
    "make_places": "geodata.sample.places",
    "write_join_demo": "geodata.sample.join_demo",
    "place_points": "geodata.boundaries.points",
    "place_tree": "geodata.boundaries.hierarchy",
    "read_boundaries": "geodata.boundaries.read",
    "JoinResult": "geodata.boundaries.join",
    "join_indicators": "geodata.boundaries.join",
    "Actor": "geodata.access",
    "Scope": "geodata.access",
    "load_policy": "geodata.policy",
    "Workspace": "geodata.workspace",
    "open_workspace": "geodata.workspace",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> object:
    """Return a public name, importing its module on first use."""
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'geodata' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
