"""The wheel holds what the product needs at run time and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

from tests.conftest import ROOT

# What the packages need besides Python, wherever it lies in them.
DATA = (".yaml", ".sql", ".js", ".css", ".html", ".svg", ".json")


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("guatu-*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_wheel_holds_both_packages_and_their_data_files(names):
    wanted = {
        str(file.relative_to(ROOT))
        for package in ("geodata", "dashboard")
        for file in (ROOT / package).rglob("*")
        if (file.suffix in (*DATA, ".py") or file.name == "py.typed")
        and "__pycache__" not in file.parts
    }
    assert wanted - names == set()
    assert {"geodata/py.typed", "dashboard/py.typed"} <= names
    assert {file.split(".")[-1] for file in names} >= {"py", "yaml", "js", "css"}


def test_wheel_holds_no_tests_notebooks_or_foreign_folders(names):
    assert {name.split("/")[0] for name in names} == {
        "geodata",
        "dashboard",
        next(name.split("/")[0] for name in names if ".dist-info/" in name),
    }
