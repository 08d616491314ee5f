"""What several tests of the dashboard share because it takes long to make."""

from __future__ import annotations

import pytest

from geodata.workspace import Workspace
from tests.invented_county import make_invented_county


@pytest.fixture(scope="session")
def county(tmp_path_factory) -> Workspace:
    """Return the invented county built once; nothing may change it."""
    return make_invented_county(tmp_path_factory.mktemp("shared") / "county")
