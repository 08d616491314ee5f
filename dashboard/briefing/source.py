"""From where a view takes its figures: a county as one actor sees it, at one time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from dashboard.briefing.view import View
from dashboard.maps.hotspots import HOTSPOTS
from geodata.access import Actor, Request
from geodata.atlas import Atlas, open_atlas
from geodata.atlas.scoped import within_scope
from geodata.cartography import Limits, policy_limits
from geodata.errors import BriefingError
from geodata.periods import last_day
from geodata.theme import Theme
from geodata.workspace import Workspace
from geodata.workspace.why import Why, responsible_for


@dataclass(frozen=True)
class Source:
    """A workspace, its map within an actor's scope, who makes the pages (`by`) and when (`at`).

    `at` is a text as it stands on the page; nothing here reads a clock.
    """

    county: Workspace = field(repr=False)
    actor: Actor
    at: str
    by: str

    @cached_property
    def atlas(self) -> Atlas:
        """Return the map with the figures that the actor may see."""
        return within_scope(open_atlas(self.county.setup.config.folder), self.actor.scope)

    @property
    def root(self) -> str | None:
        """Return the one place at the top of the map, if there is only one."""
        top = self.atlas.places_in(None, self.atlas.levels[0])
        return str(top[0]) if len(top) == 1 else None

    def theme(self, key: str) -> Theme:
        """Return a theme that the map has figures of; raises BriefingError naming those there are."""
        themes = {theme.key: theme for theme in self.county.setup.themes}
        if key not in themes:
            raise BriefingError("briefing.no_theme", theme=key, known="、".join(themes))
        return themes[key]

    def indicators_of(self, theme: Theme, month: str) -> tuple[str, ...]:
        """Return the indicators of a theme with figures in a month, its layers first."""
        keys = [layer.indicator for layer in theme.layers]
        keys += [measure.key for measure in theme.indicators]
        known = [key for key in dict.fromkeys(keys) if key in self.atlas.indicators]
        return tuple(key for key in known if month in self.atlas.periods_of(key))

    def month_of(self, month: str | None) -> str:
        """Return a built month, the last when none is asked for; raises BriefingError."""
        built = [one for one in self.county.months if one in self.atlas.periods]
        chosen = month or (built[-1] if built else "")
        if chosen not in built:
            known = "、".join(built[-6:]) or "—"
            raise BriefingError("briefing.no_month", month=chosen or "—", known=known)
        return chosen

    def place_of(self, place: str | None) -> str:
        """Return a place of the map, the whole county when none is asked for; raises BriefingError."""
        chosen = place or self.root or ""
        if chosen not in self.atlas.places.index:
            raise BriefingError("briefing.no_place", place=chosen or "—", title=self.atlas.title)
        return chosen

    def limits(self, view: View) -> Limits:
        """Return the limits of policy for the classes of a view, as the screen has them."""
        breaks = self.theme(view.theme).breaks_of(view.indicator)
        if not breaks:
            return Limits()
        policy = self.county.setup.policy
        return policy_limits(breaks, policy, place=self.root or "", period=view.month)

    def why(self, view: View) -> Why | None:
        """Return why the place stands out; None for the public and where rows may not be read."""
        if view.public or not self.actor.allows(view.place, "rows"):
            return None
        asked = {"indicator": view.indicator, "month": view.month, "lang": view.lang}
        return self.county.why(view.place, **asked)  # type: ignore[arg-type]

    def responsible(self, view: View) -> pd.DataFrame:
        """Return the officials who answer for the places in the view's place.

        Columns place, role, name and unit; nobody for the public and where rows may not be read.
        """
        columns = ["place", "role", "name", "unit"]
        if view.public or not self.actor.allows(view.place, "rows"):
            return pd.DataFrame(columns=columns)
        rows = self.county.people(view.month)(Request("responsibility"), (view.place,))
        places = self.atlas.places.index.intersection(rows["place_code"].unique())
        found = [responsible_for(rows, key).assign(place=key) for key in places]
        return pd.concat(found)[columns] if found else pd.DataFrame(columns=columns)

    def smallest_count(self, month: str) -> int:
        """Return the count below which a figure may not leave (parameter privacy.small_count)."""
        code = self.county.setup.config.county.code
        found = self.county.setup.policy.at("privacy.small_count", code, last_day(month)).value
        return int(str(found))

    def view(self, *, theme: str | None = None, **asked: object) -> View:
        """Return a whole view from what is asked for; the rest takes its default.

        `asked` are fields of View. Raises BriefingError for a month without data, a place outside
        the workspace, or an unknown theme or indicator.
        """
        month = self.month_of(asked.pop("month", None))  # type: ignore[arg-type]
        place = self.place_of(asked.pop("place", None))  # type: ignore[arg-type]
        key = theme or self.county.setup.themes[0].key
        known = self.indicators_of(self.theme(key), month)
        indicator = asked.pop("indicator", None) or next(iter(known), "")
        if indicator not in known:
            values = {"indicator": indicator or "—", "known": "、".join(known) or "—"}
            raise BriefingError("briefing.no_indicator", theme=key, **values)
        asked.setdefault("level", self.atlas.lowest)
        if asked.get("classes") == HOTSPOTS:
            asked["level"] = self.atlas.lowest
        return View(place=place, month=month, theme=key, indicator=str(indicator), **asked)  # type: ignore[arg-type]
