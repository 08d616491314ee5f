"""The cube in a NetCDF file for other programs, with what it was made from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from geodata.figures.cube import Cube
from geodata.store.checksums import digest_of
from geodata.store.snapshots import write_durably

FILE = "cube.nc"
_RECORD = "cube.json"


def save_cube(folder: Path, cube: Cube, inputs: Mapping[str, str]) -> Path:
    """Write the cube and its inputs (name to digest) to a folder, unless it is there; returns the file.

    The record that names the file's own digest goes last, so that half a file is never trusted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    if _record(folder) == {"inputs": dict(inputs), "sha256": _digest(file)}:
        return file
    part = folder / f".{FILE}.{os.getpid()}"
    dataset = cube.to_dataset()
    packed = {name: {"zlib": True, "complevel": 1} for name in dataset.data_vars}
    dataset.to_netcdf(part, engine="h5netcdf", encoding=packed)
    os.replace(part, file)
    record = {"inputs": dict(inputs), "sha256": digest_of(file)}
    text = json.dumps(record, sort_keys=True, indent=1) + "\n"
    write_durably(folder / _RECORD, text.encode())
    return file


def cube_is_whole(folder: Path) -> bool:
    """Return whether the saved cube of a folder matches its record; true where none is saved."""
    file = folder / FILE
    return not file.is_file() or _record(folder).get("sha256") == _digest(file)


def _digest(file: Path) -> str:
    return digest_of(file) if file.is_file() else ""


def _record(folder: Path) -> dict[str, object]:
    """Return what the cube of a folder was made from; empty where that is not known."""
    try:
        record = json.loads((folder / _RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
