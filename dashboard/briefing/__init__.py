"""One specification of a view, and the forms in which it leaves the building."""

from dashboard.briefing.briefing import Briefing, briefing_of

__all__ = ["Briefing", "briefing_of"]
