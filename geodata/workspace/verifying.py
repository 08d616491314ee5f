"""Whether what a workspace holds is whole: what was made of snapshots, and the files they are from."""

from __future__ import annotations

from pathlib import Path

from geodata.atlas.folder import atlas_faults
from geodata.config import Config
from geodata.figures.netcdf import cube_is_whole
from geodata.store import SnapshotStore
from geodata.store.checksums import digest_of
from geodata.workspace.retiring import MARK
from geodata.workspace.saved import FOLDER, built_faults, built_months


def made_faults(folder: Path, store: SnapshotStore) -> list[str]:
    """Return the damaged files of built months, of the cube and of the atlas, below the workspace."""
    home = store.folder / FOLDER
    shown = home.relative_to(folder)
    faults = [
        f"{shown}/{name}"
        for month in built_months(store.folder)
        for name in built_faults(store.folder, month)
    ]
    if not cube_is_whole(home):
        faults.append(f"{shown}/cube.nc")
    return [*faults, *(f"atlas/{name}" for name in atlas_faults(folder))]


def raw_faults(config: Config, store: SnapshotStore) -> list[tuple[str, str]]:
    """Return month and name of delivered files that changed or went since the shown import.

    What is imported stays as it is; a changed file says that the import is older than it. Files
    whose time of keeping was over are not missed.
    """
    faults = []
    for month in store.months():
        if (config.raw / month / MARK).is_file():
            continue
        sources = store.manifest(store.snapshot_of(month)).sources
        for name, digest in sorted({source.file: source.sha256 for source in sources}.items()):
            file = config.raw / month / name
            if not file.is_file() or digest_of(file) != digest:
                faults.append((month, name))
    return faults
