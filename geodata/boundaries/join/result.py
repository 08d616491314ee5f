"""What a join gives: the ledger, its counts and the joined layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.boundaries.join.columns import JoinColumns
from geodata.boundaries.join.inline_map import COLOURS, svg_map
from geodata.boundaries.join.ledger import MATCHED, PROPOSED, UNMATCHED
from geodata.escaping import html_text
from geodata.i18n import text


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

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The boundaries with the outcome, and the table's columns where one row fits a feature.

        With several rows for a feature the columns stay empty; `feature_values` puts them together.
        """
        lines = self._lines("boundary").reset_index(drop=True)
        joined = self.boundaries.assign(
            join_outcome=lines["outcome"], join_step=lines["step"], join_partner=lines["partner"]
        )
        rows = pd.Series(np.arange(len(self.table)), index=self.feature_of_row)
        single = rows[(rows.index >= 0) & ~rows.index.duplicated(keep=False)]
        fitted = self.table.iloc[single.to_numpy()].set_axis(single.index)
        fitted = fitted.reindex(range(len(joined)))
        taken = {str(name).casefold() for name in joined.columns}
        names = {name: f"{name}_table" for name in fitted if str(name).casefold() in taken}
        return joined.join(fitted.rename(columns=names))

    def map_svg(self, width: int = 360) -> str:
        """Return the features coloured by outcome as inline SVG."""
        lines = self._lines("boundary")
        words = {outcome: text(f"join.{outcome}") for outcome in COLOURS}
        titles = [
            f"{key} · {words[outcome]}"
            for key, outcome in zip(lines["key"], lines["outcome"], strict=True)
        ]
        label = text("join.map_label")
        return svg_map(self.boundaries, lines["outcome"].tolist(), titles, width=width, label=label)

    def _repr_html_(self) -> str:
        counts = [
            ("join.table_rows", self.matched, self.proposed, len(self.unmatched_table)),
            (
                "join.boundary_features",
                self.matched_boundary,
                self.proposed_boundary,
                len(self.unmatched_boundary),
            ),
        ]
        heads = "".join(f"<th>{text(f'join.{outcome}')}</th>" for outcome in COLOURS)
        rows = "".join(
            f"<tr><th>{text(key)}</th>" + "".join(f"<td>{n:,}</td>" for n in numbers) + "</tr>"
            for key, *numbers in counts
        )
        first = self.ledger[self.ledger["outcome"] == UNMATCHED].head(8)
        listed = "".join(
            f"<li>{html_text(key)}: {html_text(reason)}</li>"
            for key, reason in zip(first["key"], first["reason"], strict=True)
        )
        return (
            f"<div style='display:flex;gap:24px;align-items:flex-start'>{self.map_svg()}"
            f"<div><table><tr><th></th>{heads}</tr>{rows}</table><ul>{listed}</ul></div></div>"
        )
