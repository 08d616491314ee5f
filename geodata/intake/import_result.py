"""What an import found and stored, as reports and commands read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geodata.store import Manifest
from geodata.tables import Table


@dataclass(frozen=True)
class ImportResult:
    """What an import found and stored.

    `issues` has one row for each finding, `quality` one for each township (worst first), `places`
    one for each different area written in the files, `changes` one for each feed and township
    against the month before. `skipped` are checks whose columns no file brought, `tables` the
    tables there are, `sheets` what each sheet was taken for. After a trial nothing is `stored`, and
    the manifest names no snapshot.
    """

    manifest: Manifest
    issues: pd.DataFrame
    quality: pd.DataFrame
    places: pd.DataFrame
    changes: pd.DataFrame
    skipped: tuple[str, ...]
    tables: Mapping[str, Table] = field(repr=False)
    sheets: tuple[Mapping[str, Any], ...] = ()
    stored: bool = True
