"""What is looked at: one specification for app, notebook, slide, print and file."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

# Classes cut at the limits of policy where an indicator has them, else natural breaks.
POLICY = "policy"


@dataclass(frozen=True)
class View:
    """One look at one indicator: where, when, which, and how it is coloured and told.

    `classes` is POLICY, a way of classing, or "hotspots"; `rule` limits lists to households that break it;
    `sentence` replaces the title that is made from the figures. `public` leaves out findings,
    names of officials, and counts small enough to point at a household.
    """

    place: str
    month: str
    theme: str
    indicator: str
    level: str = "village"
    classes: str = POLICY
    rule: str = ""
    lang: str = "zh"
    sentence: str = ""
    public: bool = False

    @property
    def query(self) -> str:
        """Return the address under which the app shows the same."""
        values = {
            "theme": self.theme,
            "place": self.place,
            "indicator": self.indicator,
            "period": self.month,
            "level": self.level,
            "classes": self.classes,
            "rule": self.rule,
            "lang": self.lang,
        }
        return "?" + urlencode({name: found for name, found in values.items() if found})
