"""The sample county that several modules read; making it takes half a minute."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.config import read_config
from geodata.periods import last_day
from geodata.sample.county import write_county
from geodata.sources.importing import import_month

SMALL = {"villages": 24, "households": 960, "months": 13}


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sample county with all its months imported; tests may build it, nothing else."""
    folder = tmp_path_factory.mktemp("sample") / "county"
    write_county(folder, **SMALL)
    config = read_config(folder)
    for month in sorted(found.name for found in (folder / "raw").iterdir()):
        import_month(config, month, who="clerk", at=f"{last_day(month)}T12:00:00+08:00")
    return folder
