"""Kinds of charts: one module each, found by its name; HoloViews draws them with Bokeh.

A kind has `draw(parts, *, dark)`, which returns an element of HoloViews dressed by
`dashboard.charts.look`, and `height(parts)` in pixels.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import ModuleType


def chart_kinds() -> Mapping[str, ModuleType]:
    """Return every kind of chart by name."""
    return _kinds(tuple(__path__))


@cache
def _kinds(folders: tuple[str, ...]) -> Mapping[str, ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(folders)]
    known = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name: module for name, module in known.items() if hasattr(module, "draw")}
