"""One specification of a view, and the forms in which it leaves the building."""

from dashboard.briefing.facts import Facts, facts_of
from dashboard.briefing.order import Briefing, order_briefing
from dashboard.briefing.origin import Origin, UsedParameter
from dashboard.briefing.source import Source
from dashboard.briefing.view import View

__all__ = [
    "Briefing",
    "Facts",
    "Origin",
    "Source",
    "UsedParameter",
    "View",
    "facts_of",
    "order_briefing",
]
