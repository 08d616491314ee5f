"""From where a view takes its answers: a map and a county as one actor sees them, at one time."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from dashboard.layers import colours_lowest, ways_of_classing
from dashboard.layers.finding_counts import FindingCounts
from dashboard.layers.map_source import MapSource
from dashboard.view import View, shown_themes
from geodata.access import Actor, Guard
from geodata.atlas import open_atlas
from geodata.atlas.scoped import within_scope
from geodata.errors import BriefingError
from geodata.periods import last_day
from geodata.themes import Theme
from geodata.workspace import Workspace
from geodata.workspace.why import Why, read_officials, responsible_for


@dataclass(frozen=True, eq=False)
class Source(MapSource):
    """A map within an actor's scope with what explains it; a joined folder has the map alone.

    `at` and `by` say on pages when and by whom they were made; nothing here reads a clock.
    """

    workspace: Workspace | None = field(default=None, repr=False)
    viewer: Actor | None = None
    at: str = "—"
    by: str = ""
    # Where readings are recorded; without it in the records of the workspace.
    guard: Guard | None = field(default=None, repr=False)

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the ways of classing that can be drawn."""
        return ways_of_classing(self)

    @property
    def county(self) -> Workspace:
        """Return the workspace; raises ValueError where there is only a map."""
        if self.workspace is None:
            raise ValueError("a map alone has no workspace")
        return self.workspace

    @property
    def actor(self) -> Actor:
        """Return who looks; raises ValueError where nobody was named."""
        if self.viewer is None:
            raise ValueError("nobody is named who looks")
        return self.viewer

    def theme(self, key: str) -> Theme:
        """Return a theme that the map has figures of; raises BriefingError naming those there are."""
        if key not in self.themes:
            declared = self.workspace is not None and key in [
                one.key for one in self.workspace.setup.themes
            ]
            told = "briefing.theme_not_built" if declared else "briefing.no_theme"
            raise BriefingError(told, theme=key, known="、".join(self.themes))
        return self.themes[key]

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

    def number_set(self, parameter: str, period: str) -> float | None:
        """Return the number that a parameter has in the area at the end of a month; None without one."""
        if self.policy is None or parameter not in self.policy.parameters:
            return None
        value = self.policy.at(parameter, self.root or "", last_day(period)).value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)

    def why(self, view: View) -> Why | None:
        """Return why the place stands out; None for the public and where rows may not be read."""
        if view.public or not view.place or not self.actor.allows(view.place, "rows"):
            return None
        return self.county.why(
            view.place,
            indicator=view.indicator,
            month=view.period,
            lang=view.lang,
            atlas=self.atlas,
            officials=self._officials(view.period),
        )

    def responsible(self, view: View) -> pd.DataFrame:
        """Return the officials who answer for the places in the view's place.

        Columns place, role, name and unit; nobody for the public and where rows may not be read.
        """
        columns = ["place", "role", "name", "unit"]
        if view.public or not view.place or not self.actor.allows(view.place, "rows"):
            return pd.DataFrame(columns=columns)
        rows = self._officials(view.period)
        rows = rows[rows["place_code"].str.startswith(view.place)]
        places = self.atlas.places.index.intersection(list(rows["place_code"].unique()))
        officials = [responsible_for(rows, key, view.lang).assign(place=key) for key in places]
        return pd.concat(officials)[columns] if officials else pd.DataFrame(columns=columns)

    def officials(self, view: View) -> pd.DataFrame | None:
        """Return the officials of the viewer's places, on record; None where nobody may be named."""
        if view.public or view.presenting or self.workspace is None or self.viewer is None:
            return None
        if view.period not in self.county.months or not self.actor.scope.narrowed("", "rows"):
            return None
        return self._officials(view.period)

    def _officials(self, month: str) -> pd.DataFrame:
        """Return the officials of the viewer's places, read once for all pages of a briefing."""
        reader = self.county.people(month, actor=self.actor, guard=self.guard)
        return self.kept.once(("officials", month), lambda: read_officials(reader, ""))

    def smallest_count(self, month: str) -> int:
        """Return the count below which a figure may not leave (parameter privacy.small_count)."""
        return _smallest(self.county, month)

    def no_indicator(self, theme: str, key: str, period: str | None = None) -> BriefingError:
        """Return the error of an indicator that a theme has no figure of, built or not."""
        known = "、".join(self.indicators_of(theme, period)) or "—"
        asked = {"theme": theme, "indicator": key or "—", "known": known}
        declared = any(one.key == key for one in self.theme(theme).indicators)
        built = key in self.atlas.indicators
        return BriefingError(
            f"briefing.{'not_built' if declared and not built else 'no_indicator'}", **asked
        )

    def view(
        self,
        *,
        theme: str | None = None,
        indicator: str | None = None,
        place: str | None = None,
        period: str | None = None,
        level: str | None = None,
        **told: object,
    ) -> View:
        """Return a whole view from what is asked for; the rest takes its default.

        `told` are other fields of View. Raises BriefingError for a period without data, a place
        outside the workspace, or an unknown theme or indicator.
        """
        month, key = self.month_of(period), theme or next(iter(self.themes), "")
        known = self.indicators_of(self.theme(key).key, month)
        chosen = indicator or next(iter(known), "")
        if chosen not in known:
            raise self.no_indicator(key, chosen, month)
        if level is None or colours_lowest(str(told.get("classes", ""))):
            level = self.atlas.lowest
        return View(
            theme=key,
            place=self.place_of(place),
            indicator=chosen,
            period=month,
            level=level,
            **told,  # type: ignore[arg-type]
        )


def _smallest(county: Workspace, month: str) -> int:
    setup = county.setup
    smallest = setup.policy.at(
        "privacy.small_count", setup.config.county.code, last_day(month)
    ).value
    return int(str(smallest))


def county_source(
    county: Workspace,
    actor: Actor,
    *,
    at: str = "—",
    by: str = "",
    smallest: int | None = None,
    guard: Guard | None = None,
) -> Source:
    """Return a workspace as an actor sees it; raises AtlasError when it has no map yet.

    Counts of people below `smallest`, by default the parameter privacy.small_count of the last
    month, are hidden outside the actor's own places.
    """
    setup = county.setup
    if smallest is None:
        smallest = _smallest(county, county.months[-1]) if county.months else 0
    atlas = within_scope(open_atlas(setup.config.folder), actor.scope, smallest=smallest)
    return Source(
        atlas,
        shown_themes(atlas, setup.themes),
        setup.policy,
        FindingCounts(county),
        county,
        actor,
        at,
        by,
        guard,
    )
