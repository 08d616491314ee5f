"""What the documents promise is there."""

from __future__ import annotations

import re

import pytest

from dashboard.cli import guatu
from tests.conftest import ROOT


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
@pytest.mark.parametrize("command", guatu.list_commands(None))
def test_every_command_is_in_both_readmes(readme, command):
    assert f"guatu {command}" in (ROOT / readme).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "script", ["demo", "test", "wheel", "lock", "environment", "debian-packages", "pictures"]
)
def test_scripts_can_be_run(script):
    assert (ROOT / "scripts" / script).stat().st_mode & 0o111


@pytest.mark.parametrize("package", ["geodata", "dashboard"])
def test_every_module_is_named_in_architecture(package):
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    names = [
        path.stem
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.name[0] != "_"
    ]
    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_pictures_of_the_readmes_are_there_and_light(readme):
    named = re.findall(
        r"\(docs/pictures/([\w-]+\.png)\)", (ROOT / readme).read_text(encoding="utf-8")
    )
    pictures = ROOT / "docs" / "pictures"
    assert sorted(named) == sorted(file.name for file in pictures.iterdir())
    assert sum(file.stat().st_size for file in pictures.iterdir()) < 1_500_000
