"""The cube of a county: opened where it was saved, or made from the months and saved."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import xarray as xr

import geodata
from geodata.figures import make_cube, read_cube, save_cube
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import FOLDER, Built


def county_cube(setup: Setup, built: Sequence[Built]) -> xr.Dataset:
    """Return the cube of some built months, saved for the next time where that is possible."""
    indicators = [indicator for theme in setup.themes for indicator in theme.indicators]
    folder = setup.config.store / FOLDER
    inputs = {
        **{one.month: one.digest for one in built},
        "guatu": geodata.__version__,
        "indicators": hashlib.sha256(repr(indicators).encode()).hexdigest(),
    }
    saved = read_cube(folder, inputs)
    if saved is not None:
        return saved
    cube = make_cube({one.month: one.frame("figures") for one in built}, indicators)
    try:
        save_cube(folder, cube, inputs)
    except OSError:
        # Whoever may only read the workspace has the cube all the same.
        return cube
    return cube
