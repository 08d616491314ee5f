"""What must never be in a tracked file: outside addresses in code, paths of a machine."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.conftest import ROOT

CODE = (".py", ".js", ".css", ".html", ".sql", ".yaml", ".yml", ".toml", ".lock", ".ipynb", ".sh")
# Names of vocabularies and of documents, which nothing fetches.
ALLOWED = re.compile(
    r"https?://(localhost|127\.0\.0\.1|www\.w3\.org|doi\.org|[\w.]*example\.|[\w.]*gov\.cn)"
)
ADDRESS = re.compile(r"https?://[\w.-]+")
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home/\w+)/")


def _tracked() -> list:
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if names.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in names.stdout.splitlines()]
    return [file for file in files if file.suffix in CODE and file.is_file()]


def test_no_outside_address_in_code():
    found = [
        f"{file.relative_to(ROOT)}: {address[0]}"
        for file in _tracked()
        for address in ADDRESS.finditer(file.read_text(encoding="utf-8"))
        if not ALLOWED.match(address[0]) and file.name != "test_tracked_files.py"
    ]
    assert found == []


def test_no_machine_path_in_code():
    found = [
        f"{file.relative_to(ROOT)}: {path[0]}"
        for file in _tracked()
        for path in MACHINE_PATH.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []
