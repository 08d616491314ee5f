"""What [[source]] of guatu.toml names is there: columns of its table and values they can hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.config import Config
from geodata.config.settings import SourceSettings
from geodata.errors import SourceError
from geodata.intake.delivery import read_delivery

# What stands under constants, and the words of the sentence: what is wrong and what is nearest.
CONSTANTS = {
    "a column that is none": ({"house_areaa": 3}, "house_areaa", "house_area"),
    "a word for a number": ({"house_area": "three"}, "house_area", "three", "constants"),
    "a value that is none of the list": (
        {"household_type": "脱贫"},
        "household_type",
        "脱贫",
        "脱贫户",
    ),
}


@pytest.mark.parametrize("what", CONSTANTS)
def test_constants_of_a_source_are_columns_with_values_they_can_hold(
    what: str, tmp_path: Path
) -> None:
    constants, *words = CONSTANTS[what]
    settings = SourceSettings("a.csv", "household", constants=constants)
    config = Config(tmp_path, sources=(settings,))
    (config.raw / "2025-01").mkdir(parents=True)
    (config.raw / "2025-01" / "a.csv").write_text("编号\n1\n", encoding="utf-8")
    with pytest.raises(SourceError) as stopped:
        read_delivery(config, "2025-01")
    told = stopped.value.sentence()
    assert all(word in told for word in ("[[source]]", *words))
