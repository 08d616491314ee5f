"""A short run of the mutations; the long one is ``python -m tests.fuzz``."""

from __future__ import annotations

import pytest

from tests.fuzz.kinds import KINDS, Kind
from tests.fuzz.running import run


@pytest.mark.parametrize("name", KINDS)
def test_mutated_files_are_read_or_refused_in_a_sentence(name):
    few = {"import": 2, "join": 4}.get(name.split(".")[0].split("-")[0], 25)
    outcome = run(KINDS[name], 6 if name.startswith("table") and "xlsx" in name else few, seed=7)
    assert outcome.broken == []
    assert outcome.slowest < 30
    assert outcome.memory < 2000


def test_what_breaks_is_found():
    kind = Kind("broken", lambda: b"12345678", lambda file: int(file.read_bytes()))
    outcome = run(kind, 50, seed=1)
    assert outcome.broken
    assert outcome.counts["read"] + outcome.counts["broken"] == 50
