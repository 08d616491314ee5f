"""One specification of a view, and the forms in which it leaves the building."""

from dashboard.briefing.order import Briefing, order_briefing

__all__ = ["Briefing", "order_briefing"]
