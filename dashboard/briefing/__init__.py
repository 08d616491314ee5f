"""What leaves the building: a month as slides, print or file, and prints about households."""

from dashboard.briefing.briefing import Briefing, briefing_of

__all__ = ["Briefing", "briefing_of"]
