"""A briefing as a print (.pdf): a map series for A4 or A3."""

from __future__ import annotations

from pathlib import Path

from dashboard.briefing.briefing import Briefing, Progress
from dashboard.briefing.map_series import print_series, sheet_count


def steps(briefing: Briefing) -> int:
    """Return how many sheets with a map there are."""
    return sheet_count(briefing)


def write(briefing: Briefing, file: Path, step: Progress) -> None:
    """Write the print; `step` is told the place of each sheet when it is drawn."""
    file.write_bytes(print_series(briefing, step=step))
