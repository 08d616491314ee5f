"""From what the layers of a map are drawn: the map, its themes, its parameters and its findings."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard.layers.finding_counts import FindingCounts
from dashboard.view import Choices
from geodata.kept import Kept
from geodata.policy import Policy


@dataclass(frozen=True, eq=False)
class MapSource(Choices):
    """A map within an actor's scope with what its layers need; a joined folder has the map alone."""

    policy: Policy | None = field(default=None, repr=False)
    findings: FindingCounts | None = field(default=None, repr=False)
    # What this viewer looked at last: the numbers of hot spots take megabytes, so few are kept.
    kept: Kept = field(default_factory=lambda: Kept(4), init=False, repr=False)
