"""What several tests of the dashboard share because it takes long to make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from geodata.workspace import Workspace
    from tests.counties import Counties


@pytest.fixture(scope="session")
def county(counties: Counties, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a copy of the invented county; its audit grows, nothing else may change."""
    return counties.copy(tmp_path_factory.mktemp("shared") / "county")
