"""What all tests share: where the checkout and the public trial data are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from geodata.access import passwords

# Making a county needs most of the packages, which many tests do without.
if TYPE_CHECKING:
    from tests.counties import Counties

# What somebody has set for their own work is not for the tests, nor for what they start: before
# anything is imported, as some of it is read then. What stands in a worker is from here.
if "PYTEST_XDIST_WORKER" not in os.environ:
    for _name in [name for name in os.environ if name.startswith("GUATU_")]:
        del os.environ[_name]

# Servers and commands that tests start inherit it, as do all workers.
if "GUATU_AUDIT_KEY" not in os.environ:
    _keys = tempfile.TemporaryDirectory(prefix="guatu-key-")
    os.environ["GUATU_AUDIT_KEY"] = str(Path(_keys.name) / "audit.key")
    os.environ["GUATU_STORE_KEY"] = str(Path(_keys.name) / "store.key")

# The same commit passes or fails alike wherever it is run: new examples are searched for by
# `pytest --hypothesis-profile=search`, and what they find becomes a case of its own.
settings.register_profile("same", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile("same")

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests that share what their module makes on one worker, where it is made once."""
    for item in items:
        made = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
        shared = any(one[-1].scope == "module" for one in made.values())
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public trial data beside the checkout, or say that it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the public trial data is absent: {REAL_DATA}")
    return REAL_DATA


@pytest.fixture(scope="session")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counties]:
    """Return the invented counties, made once for all workers; fails when a test wrote into one."""
    from tests.counties import Counties

    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "counties"
    home.mkdir(exist_ok=True)
    made = Counties(home)
    yield made
    assert made.written() == [], "a test wrote into a county that all share; give it a copy"


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords():
    """Hash passwords at the least strength, which a server then verifies as they were hashed."""
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", quick)
        yield
