"""The sample county that several modules read; making it takes half a minute."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.counties import Counties


@pytest.fixture(scope="session")
def sample(counties: Counties) -> Path:
    """Return the sample county that all share; nothing may change it."""
    return counties.sample()
