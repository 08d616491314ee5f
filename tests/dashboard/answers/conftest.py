from __future__ import annotations

import pytest

from dashboard.answers import Source, county_source
from geodata.access import command_actor
from geodata.workspace import Workspace


@pytest.fixture(scope="module")
def source(sampled: Workspace) -> Source:
    """Return the sample county as commands read it."""
    return county_source(sampled, command_actor())
