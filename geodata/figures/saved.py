"""The cube in a NetCDF file, with what it was made from: opened again, or not trusted."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import xarray as xr

from geodata.store.snapshots import digest_of, write_durably

FILE = "cube.nc"
_RECORD = "cube.json"
# What reading a damaged or foreign file can raise.
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, RuntimeError)


def save_cube(folder: Path, cube: xr.Dataset, inputs: Mapping[str, str]) -> Path:
    """Write the cube and its inputs (name to digest) to a folder; returns the file.

    The record that names the file's own digest goes last, so that half a file is never trusted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    part = folder / f".{FILE}.{os.getpid()}"
    packed = {name: {"zlib": True, "complevel": 1} for name in cube.data_vars}
    cube.to_netcdf(part, engine="h5netcdf", encoding=packed)
    os.replace(part, file)
    record = {"inputs": dict(inputs), "sha256": digest_of(file)}
    text = json.dumps(record, sort_keys=True, indent=1) + "\n"
    write_durably(folder / _RECORD, text.encode())
    return file


def read_cube(folder: Path, inputs: Mapping[str, str]) -> xr.Dataset | None:
    """Return the saved cube if it is whole and was made from these inputs, else None."""
    file = folder / FILE
    try:
        record = json.loads((folder / _RECORD).read_bytes())
        if record["inputs"] != dict(inputs) or record["sha256"] != digest_of(file):
            return None
        return xr.load_dataset(file, engine="h5netcdf")
    except _UNREADABLE:
        return None


def cube_is_whole(folder: Path) -> bool:
    """Return whether the saved cube of a folder matches its record; true where none is saved."""
    if not (folder / FILE).is_file():
        return True
    try:
        record = json.loads((folder / _RECORD).read_bytes())
        return bool(record["sha256"] == digest_of(folder / FILE))
    except _UNREADABLE:
        return False
