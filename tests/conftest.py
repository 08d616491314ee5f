"""What all tests share: where the checkout and the public trial data are."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public trial data beside the checkout, or say that it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the public trial data is absent: {REAL_DATA}")
    return REAL_DATA
