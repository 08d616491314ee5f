"""What one viewer is looking at: place, indicator, period, level; the address bar mirrors it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode

import param

from dashboard.maps.hotspots import HOTSPOTS, draw_hotspots
from geodata.atlas import Atlas
from geodata.cartography import Layer, Limits, draw_layer, policy_limits
from geodata.cartography.classes import METHODS
from geodata.hotspots import HotspotLayer, hotspot_layer
from geodata.i18n import LANGUAGES, default_language
from geodata.policy import Policy
from geodata.theme import Theme

# What of the state is in the address, and in which order; nothing of it is personal.
ADDRESS = (
    "theme",
    "place",
    "indicator",
    "period",
    "level",
    "classes",
    "side",
    "rule",
    "site",
    "zone",
    "lang",
    "dark",
)
POLICY = "policy"
CLASSES = (POLICY, *METHODS, HOTSPOTS)
# What stands beside the map; the last two only where there is a workspace behind it.
SIDES = ("ranking", "why", "households")


class State(param.Parameterized):
    """The state of one session over one atlas; every value set is one the atlas holds."""

    place = param.String(allow_None=True, doc="key of the place looked at; None for the whole")
    theme = param.String(doc="key of a theme; empty where the atlas has none")
    indicator = param.String()
    period = param.String()
    level = param.String(doc="level whose places are coloured")
    classes = param.Selector(default=POLICY, objects=list(CLASSES))
    side = param.Selector(default=SIDES[0], objects=list(SIDES))
    rule = param.String(doc="key of the rule that listed households break; empty for all")
    site = param.String(doc="code of a relocation site whose households are listed")
    zone = param.String(doc="code of a supply zone whose households are listed")
    lang = param.Selector(default="zh", objects=list(LANGUAGES))
    dark = param.Boolean(default=False)
    selected = param.List(default=[], item_type=str, doc="keys picked by box or lasso")
    playing = param.Boolean(default=False)

    def __init__(
        self,
        atlas: Atlas,
        query: str = "",
        *,
        themes: Sequence[Theme] = (),
        policy: Policy | None = None,
    ) -> None:
        super().__init__()
        self.atlas, self.policy = atlas, policy
        self.themes = {
            theme.key: theme for theme in themes if _shown(theme) & set(atlas.indicators)
        }
        self._drawn: tuple[tuple, Layer] | None = None
        self._clustered: tuple[tuple, HotspotLayer] | None = None
        self.read(query)

    def read(self, query: str) -> None:
        """Take over an address; what is absent or unknown to the atlas becomes the default."""
        asked = {key: found[-1] for key, found in parse_qs(query.lstrip("?")).items()}
        theme = asked.get("theme")
        if theme not in self.themes:
            theme = next(iter(self.themes), "")
        indicator = asked.get("indicator")
        known = self.indicators_of(theme)
        if indicator not in known:
            indicator = next(iter(known), "")
        place = asked.get("place")
        if place not in self.atlas.places.index:
            place = self.root
        periods = self.atlas.periods_of(indicator)
        period = asked.get("period")
        if period not in periods:
            period = periods[-1] if periods else ""
        level = asked.get("level")
        lang, classes, side = asked.get("lang"), asked.get("classes"), asked.get("side")
        rules = {rule.key for known in self.themes.values() for rule in known.rules}
        self.param.update(
            theme=theme,
            side=side if side in self.sides else SIDES[0],
            rule=asked["rule"] if asked.get("rule") in rules else "",
            place=place,
            indicator=indicator,
            period=period,
            level=level if level in self.levels_below(place) else self.atlas.lowest,
            classes=classes if classes in CLASSES else POLICY,
            site=_code(asked.get("site")),
            zone=_code(asked.get("zone")),
            lang=lang if lang in LANGUAGES else default_language(),
            dark=asked.get("dark") == "1",
            selected=[],
        )

    @property
    def query(self) -> str:
        """Return the address of this view; a copy of it opens the same view."""
        values = {name: getattr(self, name) for name in ADDRESS}
        values["dark"] = "1" if self.dark else None
        values["side"] = None if self.side == SIDES[0] else self.side
        return "?" + urlencode({name: found for name, found in values.items() if found})

    @property
    def root(self) -> str | None:
        """Return the one place at the top, or None when there are several (or none)."""
        top = self.atlas.places_in(None, self.atlas.levels[0])
        return top[0] if len(top) == 1 else None

    @property
    def area(self) -> str | None:
        """Return the place that the map shows: a lowest place is shown among its neighbours."""
        path = self.atlas.path(self.place)
        if self.atlas.level_of(self.place) != self.atlas.lowest:
            return self.place
        return path[-2] if len(path) > 1 else None

    @property
    def periods(self) -> tuple[str, ...]:
        """Return the periods of the indicator."""
        return self.atlas.periods_of(self.indicator)

    @property
    def layer(self) -> Layer:
        """Return the layer that every view of this moment draws."""
        asked = (self.indicator, self.period, self.level, self.area, self.classes)
        if self._drawn is None or self._drawn[0] != asked:
            indicator, period, level, area, method = asked
            if method == HOTSPOTS and level == self.atlas.lowest:
                layer = draw_hotspots(self.atlas, self.hotspots, area)
            else:
                limits = self.limits if method == POLICY else Limits()
                method = method if method in METHODS else METHODS[0]
                chosen = {"level": level, "place": area, "method": method, "limits": limits}
                layer = draw_layer(self.atlas, indicator, period, **chosen)
            self._drawn = (asked, layer)
        return self._drawn[1]

    @property
    def hotspots(self) -> HotspotLayer:
        """Return the hot spots of the indicator as of the period, at the coloured level."""
        asked = (self.indicator, self.period, self.level)
        if self._clustered is None or self._clustered[0] != asked:
            found = hotspot_layer(self.atlas, self.indicator, self.period, level=self.level)
            self._clustered = (asked, found)
        return self._clustered[1]

    @property
    def limits(self) -> Limits:
        """Return the limits of policy for the shown indicator, place and month; none if none are."""
        layers = self.themes[self.theme].layers if self.theme in self.themes else ()
        breaks = next((one.breaks for one in layers if one.indicator == self.indicator), ())
        if self.policy is None or not breaks or not self.period:
            return Limits()
        return policy_limits(breaks, self.policy, place=self.root or "", period=self.period)

    def levels_below(self, place: str | None) -> tuple[str, ...]:
        """Return the levels that can be coloured within a place; at least the lowest."""
        level = self.atlas.level_of(place)
        depth = 0 if level is None else self.atlas.levels.index(level) + 1
        return self.atlas.levels[depth:] or (self.atlas.lowest,)

    @property
    def sides(self) -> tuple[str, ...]:
        """Return what may stand beside the map."""
        return SIDES if self.themes else SIDES[:1]

    def indicators_of(self, theme: str | None) -> tuple[str, ...]:
        """Return the indicators of a theme that the atlas holds, its layers first."""
        if theme not in self.themes:
            return tuple(self.atlas.indicators)
        found = self.themes[theme]
        keys = [layer.indicator for layer in found.layers]
        keys += [measure.key for measure in found.indicators]
        return tuple(key for key in dict.fromkeys(keys) if key in self.atlas.indicators)

    def choose_theme(self, theme: str) -> None:
        """Show another theme with its first layer; the filter by a rule of the old one goes."""
        first = self.indicators_of(theme)[0]
        periods = self.atlas.periods_of(first)
        period = self.period if self.period in periods else (*periods, "")[-1]
        self.param.update(theme=theme, rule="", site="", zone="", indicator=first, period=period)

    def filter_rule(self, rule: str) -> None:
        """List the households that break a rule; the empty key lists all."""
        self.param.update(rule=rule, side="households")

    def choose_indicator(self, indicator: str) -> None:
        """Show another indicator, in the same period if it has it, else in its last."""
        periods = self.atlas.periods_of(indicator)
        last = periods[-1] if periods else ""
        self.param.update(
            indicator=indicator, period=self.period if self.period in periods else last
        )

    def choose_classes(self, classes: str) -> None:
        """Class by another method; hot spots are of the lowest places."""
        lowest = {"level": self.atlas.lowest, "selected": []} if classes == HOTSPOTS else {}
        self.param.update(classes=classes, **lowest)

    def go(self, place: str | None) -> None:
        """Go to a place; None goes to the top."""
        place = self.root if place is None else place
        below = self.levels_below(place)
        level = self.level if self.level in below else below[0]
        self.param.update(place=place, level=level, selected=[])

    def drill(self, key: str) -> None:
        """Go one level down towards a place that was clicked."""
        path = self.atlas.path(key)
        here = self.atlas.path(self.area)
        inside = path[: len(here)] == here and len(path) > len(here)
        self.go(path[len(here)] if inside else key)

    def up(self) -> None:
        """Go to the place above the shown one."""
        path = self.atlas.path(self.place)
        self.go(path[-2] if len(path) > 1 else None)

    def step(self) -> None:
        """Go to the next period; after the last comes the first."""
        if self.periods:
            here = self.periods.index(self.period) if self.period in self.periods else -1
            self.period = self.periods[(here + 1) % len(self.periods)]


def _code(asked: str | None) -> str:
    """Return a code of an address; anything that is none is left out."""
    return asked if asked and asked.isascii() and asked.isalnum() and len(asked) < 40 else ""


def _shown(theme: Theme) -> set[str]:
    return {measure.key for measure in theme.indicators}
