"""What all tests share: where the checkout and the public trial data are."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from geodata.access import passwords

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public trial data beside the checkout, or say that it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the public trial data is absent: {REAL_DATA}")
    return REAL_DATA


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """Hash passwords at the least strength, which a server then verifies as they were hashed."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", quick)
        yield
