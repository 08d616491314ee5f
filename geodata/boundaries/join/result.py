"""What a join gives: the ledger, its counts and the joined layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.boundaries.join.columns import JoinColumns
from geodata.boundaries.join.ledger import MATCHED, PROPOSED, UNMATCHED


@dataclass(frozen=True)
class JoinResult:
    """A join of table rows to boundary features, nothing applied that is only likely.

    `ledger` has one line per feature and one per table row. `feature_of_row` gives each table row
    its feature number, -1 without a match. `duplicates` names keys that several features, or
    several rows of one period, share. `table` is the joined table as text, `periods` its periods.
    """

    ledger: pd.DataFrame
    columns: JoinColumns
    boundaries: gpd.GeoDataFrame
    table: pd.DataFrame
    periods: pd.Series
    feature_of_row: np.ndarray
    duplicates: Mapping[str, Mapping[str, int]]
    notes: tuple[str, ...] = ()

    def _lines(self, side: str, outcome: str | None = None) -> pd.DataFrame:
        lines = self.ledger[self.ledger["side"] == side]
        return lines if outcome is None else lines[lines["outcome"] == outcome]

    @property
    def boundary_features(self) -> int:
        """Number of boundary features."""
        return len(self._lines("boundary"))

    @property
    def table_rows(self) -> int:
        """Number of table rows."""
        return len(self._lines("table"))

    @property
    def matched(self) -> int:
        """Number of table rows with a feature."""
        return len(self._lines("table", MATCHED))

    @property
    def matched_boundary(self) -> int:
        """Number of features with at least one table row."""
        return len(self._lines("boundary", MATCHED))

    @property
    def matched_by(self) -> dict[str, int]:
        """Number of matched table rows by the step that found the feature."""
        counts = self._lines("table", MATCHED)["step"].value_counts(sort=False)
        return {str(step): int(count) for step, count in sorted(counts.items())}

    @property
    def proposed(self) -> int:
        """Number of table rows for which a feature is proposed."""
        return len(self._lines("table", PROPOSED))

    @property
    def proposed_boundary(self) -> int:
        """Number of features that are proposed and not matched."""
        return len(self._lines("boundary", PROPOSED))

    @property
    def unmatched_boundary(self) -> list[str]:
        """Keys of the features with neither match nor proposal."""
        return self._lines("boundary", UNMATCHED)["key"].tolist()

    @property
    def unmatched_table(self) -> list[str]:
        """Keys of the table rows with neither match nor proposal, one for each row."""
        return self._lines("table", UNMATCHED)["key"].tolist()

    def counts(self) -> dict[str, object]:
        """Return all counts and lists as plain JSON values."""
        return {
            "boundary_features": self.boundary_features,
            "table_rows": self.table_rows,
            "matched": self.matched,
            "matched_by": self.matched_by,
            "proposed": self.proposed,
            "matched_boundary": self.matched_boundary,
            "proposed_boundary": self.proposed_boundary,
            "unmatched_boundary": self.unmatched_boundary,
            "unmatched_table": self.unmatched_table,
            "duplicates": {side: dict(keys) for side, keys in self.duplicates.items()},
            "columns": self.columns.to_json(),
        }
