"""What reading boundaries gives: the features, and how encoding, CRS and geometry were settled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd

from geodata.boundaries.crs import CrsChoice
from geodata.boundaries.encoding import EncodingChoice
from geodata.boundaries.neighbours import NeighbourFaults
from geodata.boundaries.remark import Remark
from geodata.boundaries.repair import Repair
from geodata.escaping import html_text


@dataclass(frozen=True, repr=False)
class Boundaries:
    """A layer of boundaries as read from one file.

    `frame` has the rows 0..n-1 in the order of the source, decoded texts, a CRS, and None where a
    feature has no geometry. `repairs` name what was changed or found wrong in a geometry, `issues`
    what is wrong with texts, numbers and neighbours. No feature is left out.
    """

    path: Path
    frame: gpd.GeoDataFrame
    encoding: EncodingChoice
    crs: CrsChoice
    repairs: tuple[Repair, ...] = ()
    issues: tuple[Remark, ...] = ()
    neighbours: NeighbourFaults = field(default_factory=NeighbourFaults)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        name, encoding = self.path.name, self.encoding.name
        return f"<Boundaries {name}: {len(self)} features, {encoding}, {self.crs.label}>"

    def _repr_html_(self) -> str:
        """Return what was read, line by line, for a notebook."""
        # The summary knows boundaries, so it is imported when it is wanted.
        from geodata.boundaries.summary import reading_lines

        lines = "".join(f"<li>{html_text(line, 400)}</li>" for line in reading_lines(self))
        return f"<strong>{html_text(self.path.name)}</strong><ul>{lines}</ul>"

    def repair_counts(self) -> dict[str, int]:
        """Return the number of repair records of each kind, sorted by kind."""
        return dict(sorted(Counter(repair.kind for repair in self.repairs).items()))

    def issue_counts(self) -> dict[str, int]:
        """Return the number of issues of each kind, sorted by kind."""
        return dict(sorted(Counter(issue.kind for issue in self.issues).items()))
