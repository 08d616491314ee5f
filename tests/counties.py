"""Invented counties made once for a whole run of tests, shared by all its workers."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from geodata.config import read_config
from geodata.intake.importing import import_month
from geodata.periods import last_day
from geodata.sample.county import write_county
from geodata.workspace import Workspace, open_workspace
from tests.invented_county import make_invented_county

# Small, with a whole year of accounts.
SMALL = {"villages": 24, "households": 960, "months": 13}


class Counties:
    """Counties under one folder, each kind made by whoever asks first; the others wait for it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._used: dict[str, dict[str, str]] = {}

    def shared(
        self, *, sites: bool = False, names: tuple[str, ...] = (), listed: bool = False
    ) -> Workspace:
        """Return the invented county with what `make_invented_county` says; nobody writes into it."""
        told = hashlib.sha256("\n".join(names).encode()).hexdigest()[:8] if names else ""
        name = f"county-sites{sites:d}-listed{listed:d}-names{told}"

        def make(folder: Path) -> None:
            make_invented_county(folder, sites=sites, names=names, listed=listed)

        return open_workspace(self.folder(name, make))

    def copy(
        self,
        folder: Path,
        *,
        sites: bool = False,
        names: tuple[str, ...] = (),
        listed: bool = False,
    ) -> Workspace:
        """Return a county of its own in a folder that is not there yet, to write into."""
        made = self.shared(sites=sites, names=names, listed=listed)
        shutil.copytree(made.setup.config.folder, folder)
        return open_workspace(folder)

    def sample(self) -> Path:
        """Return a sample county with all its months imported; nobody writes into it."""

        def make(folder: Path) -> None:
            write_county(folder, **SMALL)
            config = read_config(folder)
            for month in sorted(one.name for one in (folder / "raw").iterdir()):
                import_month(config, month, who="clerk", at=f"{last_day(month)}T12:00:00+08:00")

        return self.folder("sample", make)

    def built_sample(self) -> Workspace:
        """Return the sample county with its last two months built, and its map."""

        def make(folder: Path) -> None:
            shutil.copytree(self.sample(), folder)
            county = open_workspace(folder)
            county.build(county.setup.store.months()[-2:])
            county.write_atlas()

        return open_workspace(self.folder("built-sample", make))

    def folder(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return what `make` wrote into the folder of a name, once for all workers."""
        made = self._home / name
        with FileLock(self._home / f"{name}.lock"):
            if not made.is_dir():
                part = self._home / f"{name}.part"
                shutil.rmtree(part, ignore_errors=True)
                make(part)
                part.rename(made)
        self._used.setdefault(name, _content(made))
        return made

    def written(self) -> list[str]:
        """Return the files of the shared folders that tests added, changed or took away."""
        found = []
        for name, before in self._used.items():
            now = _content(self._home / name)
            changed = {file for file in before | now if before.get(file) != now.get(file)}
            found += sorted(f"{name}/{file}" for file in changed)
        return found


def _content(folder: Path) -> dict[str, str]:
    """Return the digest of every file of a folder, locks left out."""
    files = (one for one in folder.rglob("*") if one.is_file() and one.suffix != ".lock")
    return {
        str(one.relative_to(folder)): hashlib.sha256(one.read_bytes()).hexdigest() for one in files
    }
