"""The same dependencies everywhere, pinned without addresses."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from tests.conftest import ROOT

# conda-forge names that differ from PyPI's
CONDA_NAMES = {"python-duckdb": "duckdb"}


def _pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_environment_yml_lists_the_same_dependencies():
    lines = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pip = next(line["pip"] for line in lines if isinstance(line, dict))
    conda = [
        line for line in lines if isinstance(line, str) and not re.match(r"(python>=|pip$)", line)
    ]
    listed = {_renamed(line) for line in conda + pip}
    assert listed == set(_pyproject()["dependencies"])
    assert f"python{_pyproject()['requires-python']}" in lines


def _renamed(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9_.-]+?(?=[<>=]|$)", requirement)[0]
    return CONDA_NAMES.get(name, name) + requirement[len(name) :]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_lock_pins_every_line_and_holds_no_address(lock):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.match(r"[a-z0-9._-]+==\S+( ; .+)?$", line)] == []
    assert "://" not in "\n".join(lines)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_lock_holds_every_dependency(lock):
    pinned = {line.split("==")[0] for line in (ROOT / lock).read_text().splitlines()}
    wanted = _pyproject()["dependencies"]
    if "test" in lock:
        wanted = wanted + _pyproject()["optional-dependencies"]["test"]
    assert {re.split(r"[<>=]", name)[0] for name in wanted} - pinned == set()
