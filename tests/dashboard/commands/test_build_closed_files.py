"""What is written about a county is its user's alone: files 0600, folders 0700, whatever the umask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.invented_county import COUNTY


def run(folder: Path, *arguments: str) -> None:
    """Run a command as a system with a careless habit would."""
    done = subprocess.run(
        [sys.executable, "-m", "dashboard", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        umask=0,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def open_to_others(folder: Path) -> dict[str, str]:
    paths = [folder, *folder.rglob("*")]
    modes = {str(path.relative_to(folder)): path.lstat().st_mode & 0o777 for path in paths}
    return {name: oct(mode) for name, mode in modes.items() if mode & 0o077}


def test_nothing_of_a_workspace_is_open_to_others(county, tmp_path):
    made = tmp_path / "made"
    run(tmp_path, "init", str(made))
    assert open_to_others(made) == {}
    # What was delivered may come with any mode; all that commands make of it is closed.
    folder = tmp_path / "county"
    shutil.copytree(county.setup.config.folder, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    shutil.rmtree(folder / "store" / "built", ignore_errors=True)
    run(folder, "build", ".")
    run(folder, "user", "add", "li.na", "--role", "leader", "--place", COUNTY)
    run(folder, "visits", ".", "--place", COUNTY, "--out", "visits.pdf")
    run(folder, "audit", "export", "audit.jsonl")
    assert (folder / "visits.pdf").is_file()
    assert open_to_others(folder) == {}
