"""The card and the book of the invented county differ from the system where the answers say so."""

from __future__ import annotations

import json
from pathlib import Path

from geodata.config import read_config
from geodata.intake.reconciling import read_households, reconcile


def test_four_records_differ_as_planted(sample: Path) -> None:
    planted = json.loads((sample / "answers" / "answers.json").read_text(encoding="utf-8"))
    system = read_households("2025-12", config=read_config(sample))
    told = planted["records_differ"]
    assert len(told) == 24
    for name in {one["file"] for one in told}:
        record = read_households(str(sample / "records" / f"{name}.csv"))
        found = reconcile(system, record).differences.dropna(subset=["field"])
        pairs = set(zip(found["household_code"], found["field"], strict=True))
        wanted = {(one["household_code"], one["field"]) for one in told if one["file"] == name}
        assert wanted <= pairs, wanted - pairs
        # Beside them only what the import found wrong in the system's own file.
        assert len(pairs - wanted) < 30
