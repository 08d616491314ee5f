"""The demo county: written, imported, built and mapped, each step only where it is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from geodata.atlas.folder import FOLDER as ATLAS
from geodata.config import read_config
from geodata.config.settings import FILE_NAME
from geodata.periods import last_day
from geodata.sample.county import write_county
from geodata.sources.importing import import_month
from geodata.workspace import Workspace, open_workspace

# Enough for every view and every planted hot spot, little enough for a first run of a minute.
DEMO = {"villages": 80, "households": 3200, "months": 13}
# Small, with a whole year of accounts: for notebooks that are read while they run.
SMALL = {"villages": 24, "households": 960, "months": 13}


def steps_of() -> int:
    """Return how many steps are told at most: each month written, imported and built."""
    return 3 * DEMO["months"]


def make_county(
    folder: Path,
    *,
    size: Mapping[str, int] = DEMO,
    step: Callable[[str], object] = lambda name: None,
) -> Workspace:
    """Return the workspace of an invented county in `folder`, ready to be served.

    `size` holds villages, households and months of a county that is not there yet. `step` is told
    "write MONTH", "import MONTH" and "build MONTH". A run that was stopped goes on where it was;
    what is ready is used again, whatever its size.
    """
    if not (folder / FILE_NAME).is_file():
        # Written beside and then moved, so that half a county is never taken for one.
        part = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        write_county(part, **size, step=lambda month: step(f"write {month}"))
        if folder.is_dir():
            folder.rmdir()
        part.rename(folder)
    config = read_config(folder)
    county = open_workspace(folder)
    known = set(county.setup.store.months())
    for month in sorted(found.name for found in (config.folder / "raw").iterdir()):
        if month not in known:
            at = f"{last_day(month).isoformat()}T12:00:00+08:00"
            import_month(config, month, who="guatu demo", at=at)
            step(f"import {month}")
    county = open_workspace(folder)
    made: list[str] = []

    def built(month: str, needed: bool) -> None:
        if needed:
            made.append(month)
            step(f"build {month}")

    county.build(progress=built)
    if made or not (config.folder / ATLAS).is_dir():
        county.write_atlas()
    return county
