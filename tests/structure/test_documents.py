"""What the documents promise is there."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from types import ModuleType

import pytest

import geodata
from dashboard.cli import guatu
from tests.conftest import ROOT


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
@pytest.mark.parametrize("command", guatu.list_commands(None))
def test_every_command_is_in_both_readmes(readme, command):
    assert f"guatu {command}" in (ROOT / readme).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "script",
    [
        "demo",
        "test",
        "wheel",
        "lock",
        "environment",
        "debian-packages",
        "pictures",
        "house",
        "demands",
    ],
)
def test_scripts_can_be_run(script):
    assert (ROOT / "scripts" / script).stat().st_mode & 0o111


@pytest.fixture(scope="module")
def house() -> ModuleType:
    spec = importlib.util.spec_from_file_location("house", ROOT / "scripts" / "house.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("package", ["geodata", "dashboard"])
def test_the_layers_of_architecture_are_those_that_are_checked(house, package):
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.split(f"| {package}, from the top |")[1].split("\n\n")[0]
    told = [sorted(re.findall(r"`(\w+)`", row.split("|")[1])) for row in table.splitlines()[2:]]
    declared = [
        sorted(name.split(".")[1] for name in names)
        for owner, names in house.layers()
        if owner == package
    ]
    assert told == declared


def test_the_picture_of_the_house_is_of_the_code(house):
    drawn = house.PICTURE.read_text(encoding="utf-8")
    assert drawn == house.drawn(), "out of date: run scripts/house and commit docs/house.svg"


def test_the_picture_draws_only_imports_that_follow_from_no_others(house):
    needs = {"a": {"b", "c", "d"}, "b": {"c"}, "c": set(), "d": set()}
    assert house.lines(needs, ["a", "b", "d", "c"]) == [("a", "b"), ("a", "d"), ("b", "c")]


def _documents():
    return [
        file.relative_to(ROOT).as_posix()
        for file in sorted(
            [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md")]
        )
    ]


@pytest.mark.parametrize("document", _documents())
def test_what_a_document_links_to_is_there(document):
    file = ROOT / document
    linked = re.findall(r"\]\(\s*([^)#\s]+)", file.read_text(encoding="utf-8"))
    paths = [path for path in linked if "://" not in path]
    assert [path for path in paths if not (file.parent / path).exists()] == []


def test_every_decision_is_numbered_in_turn_and_linked_from_architecture():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    names = sorted(file.name for file in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert [name[:4] for name in names] == [f"{at:04d}" for at in range(1, len(names) + 1)]
    assert [name for name in names if f"docs/decisions/{name}" not in text] == []
    for name in names:
        lines = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8").splitlines()
        headings = [line for line in lines if line.startswith("#")]
        assert headings[0].startswith(f"# {int(name[:4])}. ")
        assert headings[1:] == ["## Context", "## Decision", "## Consequences"]
        assert len(lines) <= 30


def test_every_folder_of_code_named_in_a_document_is_there():
    named = {
        path
        for document in _documents()
        for path in re.findall(
            r"`((?:dashboard|geodata|scripts|tests)/[\w./-]+)`",
            (ROOT / document).read_text(encoding="utf-8"),
        )
        if document != "CHANGELOG.md"
    }
    # A name in capitals stands for any.
    exact = sorted(path for path in named if not re.search(r"[A-Z]{3}", path))
    files = [ROOT / path for path in exact] + [ROOT / f"{path}.py" for path in exact]
    there = {
        file.relative_to(ROOT).as_posix().removesuffix(".py") for file in files if file.exists()
    }
    assert [path for path in exact if path.rstrip("/").removesuffix(".py") not in there] == []


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_pictures_of_the_readmes_are_there_and_light(readme):
    named = re.findall(
        r"\(docs/pictures/([\w-]+\.png)\)", (ROOT / readme).read_text(encoding="utf-8")
    )
    pictures = ROOT / "docs" / "pictures"
    assert sorted(named) == sorted(file.name for file in pictures.iterdir())
    assert sum(file.stat().st_size for file in pictures.iterdir()) < 1_500_000


def test_the_version_is_one_everywhere_and_the_first_of_the_changelog():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"(?m)^## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)$", changelog)
    assert versions[0] == declared["project"]["version"] == geodata.__version__
    assert versions == sorted(versions, reverse=True)
