"""Bulletins by week, month, quarter and year: what changed, what is due, who leads, what is missing."""

from dashboard.briefing.bulletin.content import (
    PERIODS,
    Bulletin,
    BulletinTable,
    Line,
    Section,
)

__all__ = ["PERIODS", "Bulletin", "BulletinTable", "Line", "Section"]
