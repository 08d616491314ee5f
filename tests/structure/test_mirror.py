"""Tests stand where what they test stands: each folder mirrors a room, each file a module of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = ("geodata", "dashboard", "notebooks")
FILES = sorted(file for room in ROOMS for file in (ROOT / "tests" / room).rglob("test_*.py"))


def _fault(file: Path, tests: Path, sources: Path) -> str:
    """Return what is wrong with where a test file stands, or nothing."""
    room = sources / file.parent.relative_to(tests)
    if not room.is_dir():
        return f"no folder {room.name}"
    known = {one.stem for one in room.iterdir() if one.suffix == ".py" or one.is_dir()}
    name = file.stem.removeprefix("test_")
    # One module may have several test files: test_gate.py, test_gate_of_county.py.
    if any(name == one or name.startswith(f"{one}_") for one in known | {room.name}):
        return ""
    return f"no module of {room.name} begins {file.stem}"


def test_every_test_file_stands_in_the_room_of_its_module():
    faults = {str(file.relative_to(ROOT)): _fault(file, ROOT / "tests", ROOT) for file in FILES}
    assert {name: fault for name, fault in faults.items() if fault} == {}


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("house/cellar/test_door.py", ""),
        ("house/cellar/test_door_of_iron.py", ""),
        ("house/cellar/test_cellar.py", ""),
        ("house/cellar/test_doors.py", "no module of cellar begins test_doors"),
        ("house/attic/test_door.py", "no folder attic"),
    ],
)
def test_a_test_of_no_module_is_found(tmp_path, file, fault):
    (tmp_path / "house" / "cellar").mkdir(parents=True)
    (tmp_path / "house" / "cellar" / "door.py").touch()
    tests = tmp_path / "tests"
    assert _fault(tests / file, tests, tmp_path) == fault
