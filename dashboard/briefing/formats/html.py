"""A briefing as one file (.html): a map that opens from disk with the network off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dashboard.briefing.file import file_map
from dashboard.briefing.order import Briefing


def steps(briefing: Briefing) -> int:
    """Return how many themes there are."""
    return len(briefing.themes)


def write(briefing: Briefing, file: Path, step: Callable[[str], object]) -> None:
    """Write the page; `step` is told each theme when it is ready."""
    file.write_text(file_map(briefing, step=step), encoding="utf-8")
