"""What the rules found by theme and month, and what is due, counted where one viewer may count it."""

from __future__ import annotations

import datetime
from collections.abc import Hashable
from dataclasses import dataclass, field

import pandas as pd

from geodata.atlas import Atlas
from geodata.kept import Kept
from geodata.themes import Theme
from geodata.workspace import Workspace
from geodata.workspace.clocks import counts_on
from geodata.workspace.deeds import deeds_stamp
from geodata.workspace.open_findings import worst_open


@dataclass(frozen=True)
class FindingCounts:
    """The counted findings of a workspace; each call says through whose atlas it looks.

    What is kept for all viewers are counts of villages, before any scope.
    """

    county: Workspace
    _kept: Kept = field(default_factory=lambda: Kept(16), init=False, repr=False, compare=False)

    def worst(self, atlas: Atlas, theme: str, month: str) -> pd.Series:
        """Return the worst open severity of the villages whose figures the viewer may see."""
        asked = ("worst", theme, month)
        severities = self._kept.once(
            asked, lambda: worst_open(self._counts(month), self._theme(theme))
        )
        return severities[atlas.seen(severities.index).to_numpy(dtype=bool)]

    def due(self, day: datetime.date) -> tuple[str, pd.DataFrame]:
        """Return the last month known on a day, and what is due by kind, place and band (`counts_on`).

        It is of all places: who asks takes those whose rows the viewer may see. Raises StoreError
        where no month had begun.
        """
        asked = ("due", *self.due_stamp(day))
        return self._kept.once(asked, lambda: counts_on(self.county.setup, day))

    def due_stamp(self, day: datetime.date) -> tuple[Hashable, ...]:
        """Return what tells whether what is due on a day is the same as before: months, deeds, decisions."""
        return day, self.county.months, deeds_stamp(self.county.setup.config.folder)

    def _counts(self, month: str) -> pd.DataFrame:
        return self._kept.once(("counts", month), lambda: self.county.month(month).counts)

    def _theme(self, key: str) -> Theme:
        return next(theme for theme in self.county.setup.themes if theme.key == key)
