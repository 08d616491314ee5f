"""A briefing as one file (.html): a map that opens from disk with the network off."""

from __future__ import annotations

from pathlib import Path

from dashboard.briefing.briefing import Briefing, Progress
from dashboard.briefing.html_map import html_map


def steps(briefing: Briefing) -> int:
    """Return how many themes there are."""
    return len(briefing.themes)


def write(briefing: Briefing, file: Path, step: Progress) -> None:
    """Write the page; `step` is told each theme when it is ready."""
    file.write_text(html_map(briefing, step=step), encoding="utf-8")
