"""What several tests of the dashboard share because it takes long to make."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from geodata.workspace import Workspace
    from tests.counties import Counties


@pytest.fixture(scope="session")
def county(counties: Counties, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a copy of the invented county; its audit grows, nothing else may change."""
    return counties.copy(tmp_path_factory.mktemp("shared") / "county")


@pytest.fixture(scope="session")
def sampled(counties: Counties, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a copy of the sample county with its last two months built, and its map."""
    from geodata.workspace import open_workspace

    folder = tmp_path_factory.mktemp("sampled") / "county"
    shutil.copytree(counties.built_sample().setup.config.folder, folder)
    return open_workspace(folder)
