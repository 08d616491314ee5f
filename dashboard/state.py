"""What one viewer is looking at: place, indicator, period, level; the address bar mirrors it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import param

from dashboard.asked import ADDRESS, DEFAULTS, MOST, Asked
from dashboard.drawn import POLICY, Drawn
from dashboard.found import Found
from dashboard.maps.hotspots import HOTSPOTS
from dashboard.maps.wall import WALL
from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.cartography.classes import METHODS
from geodata.evaluation import read_weights
from geodata.hotspots import HotspotLayer
from geodata.i18n import LANGUAGES
from geodata.policy import Policy
from geodata.theme import Theme

CLASSES = (POLICY, *METHODS, HOTSPOTS, WALL)
VIEWS = ("overview", "map")
COMPARED = ("change", "beside")
# What the ranking begins with: what the map shows, the worst figure, or what became most worse.
RANKED = ("", "value", "change")
# What stands beside the map; all but the first only where there is a workspace behind it.
SIDES = ("ranking", "why", "points", "households", "sample")


class State(param.Parameterized):
    """The state of one session over one atlas; every value set is one the atlas holds.

    `found` is what the rules found; without it there is neither a wall map nor anything due.
    """

    view = param.Selector(default=VIEWS[1], objects=list(VIEWS))
    place = param.String(allow_None=True, doc="key of the place looked at; None for the whole")
    theme = param.String(doc="key of a theme; empty where the atlas has none")
    indicator = param.String()
    period = param.String()
    level = param.String(doc="level whose places are coloured")
    classes = param.Selector(default=POLICY, objects=list(CLASSES))
    compare = param.String(doc="period that the shown one is compared with; empty for none")
    compared = param.Selector(default=COMPARED[0], objects=list(COMPARED))
    ranked = param.Selector(default=RANKED[0], objects=list(RANKED))
    side = param.Selector(default=SIDES[0], objects=list(SIDES))
    rule = param.String(doc="key of the rule that listed households break; empty for all")
    point = param.String(doc="table:code of the site, workshop or works looked at")
    site = param.String(doc="code of a relocation site whose households are listed")
    zone = param.String(doc="code of a supply zone whose households are listed")
    seed = param.Integer(default=1, bounds=(0, MOST), doc="seed of the sample drawn beside the map")
    numbers = param.String(doc="numbers of the sample in the order of NUMBERS, commas between")
    limits = param.String(doc="ISO day whose limits judge the rates; empty for the month's last")
    sample = param.Dict(default={}, doc="why each drawn village was drawn, by its key")
    spotlight = param.Boolean(default=False, doc="whether all but the place is dimmed")
    presenting = param.Boolean(default=False, doc="large type, no list and no personal name")
    lang = param.Selector(default="zh", objects=list(LANGUAGES))
    dark = param.Boolean(default=False)
    narrow = param.Boolean(default=False, doc="whether the page is as narrow as on a phone")
    selected = param.List(default=[], item_type=str, doc="keys picked by box or lasso")
    playing = param.Boolean(default=False)

    def __init__(
        self,
        atlas: Atlas,
        query: str = "",
        *,
        themes: Sequence[Theme] = (),
        policy: Policy | None = None,
        found: Found | None = None,
    ) -> None:
        super().__init__()
        self.atlas, self.policy, self.found = atlas, policy, found
        self.themes = {
            theme.key: theme for theme in themes if _shown(theme) & set(atlas.indicators)
        }
        self.drawn = Drawn(self)
        self.param.watch(self._leave_list, ["side", "presenting"])
        self.read(query)

    def read(self, query: str) -> None:
        """Take over an address; what is absent or unknown to the atlas becomes the default."""
        asked = Asked(query, self.atlas, self.themes)
        theme = asked.one_of("theme", self.themes, next(iter(self.themes), ""))
        known = self.indicators_of(theme)
        indicator = asked.one_of("indicator", known, next(iter(known), ""))
        place = asked.one_of("place", self.atlas.places.index, self.root)
        first = "overview" if asked.is_bare and len(self.themes) > 1 else "map"
        self.param.update(
            view=asked.one_of("view", self.views, first),
            theme=theme,
            side=asked.one_of("side", self.sides_of(theme), SIDES[0]),
            rule=asked.rule(),
            place=place,
            indicator=indicator,
            period=asked.period(indicator),
            compare=asked.one_of("compare", self.atlas.periods_of(indicator), ""),
            compared=asked.one_of("compared", COMPARED, COMPARED[0]),
            ranked=asked.one_of("ranked", RANKED, RANKED[0]),
            level=asked.one_of("level", self.levels_below(place), self.atlas.lowest),
            classes=asked.one_of("classes", self.methods, POLICY),
            point=asked.point(theme),
            site=asked.code("site"),
            zone=asked.code("zone"),
            seed=asked.whole("seed", 1),
            numbers=asked.numbers(),
            limits=asked.day("limits"),
            spotlight=asked.flag("spotlight"),
            presenting=asked.flag("presenting"),
            lang=asked.lang(),
            dark=asked.flag("dark"),
            selected=[],
        )

    @property
    def query(self) -> str:
        """Return the address of this view; a copy of it opens the same view."""
        values = {name: getattr(self, name) for name in ADDRESS} | {"seed": str(self.seed)}
        if self.view == "overview":
            values = {
                name: values[name] for name in ("view", "period", "presenting", "lang", "dark")
            }
        return "?" + urlencode(
            {
                name: 1 if found is True else found
                for name, found in values.items()
                if found and (found != DEFAULTS.get(name))
            }
        )

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
        return self.drawn.layer

    @property
    def hotspots(self) -> HotspotLayer:
        """Return the hot spots of the indicator as of the period, at the coloured level."""
        return self.drawn.hotspots

    @property
    def views(self) -> tuple[str, ...]:
        """Return what the page can show: an overview only where there are themes to compare."""
        return VIEWS if len(self.themes) > 1 else VIEWS[1:]

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the ways of classing that this state can draw."""
        return tuple(name for name in CLASSES if name != WALL or self.found is not None)

    def levels_below(self, place: str | None) -> tuple[str, ...]:
        """Return the levels that can be coloured within a place; at least the lowest."""
        level = self.atlas.level_of(place)
        depth = 0 if level is None else self.atlas.levels.index(level) + 1
        return self.atlas.levels[depth:] or (self.atlas.lowest,)

    @property
    def sides(self) -> tuple[str, ...]:
        """Return what may stand beside the map."""
        return self.sides_of(self.theme)

    def sides_of(self, theme: str) -> tuple[str, ...]:
        """Return what may stand beside the map of a theme.

        Points only where it has some, a sample where it has what makes a village weak.
        """
        if theme not in self.themes:
            return SIDES[:1]
        found = self.themes[theme]
        absent = {"points"} if not found.points else set()
        if not set(read_weights()) <= _shown(found):
            absent.add("sample")
        return tuple(one for one in SIDES if one not in absent)

    def indicators_of(self, theme: str | None) -> tuple[str, ...]:
        """Return the indicators of a theme that the atlas holds, its layers first."""
        if theme not in self.themes:
            return tuple(self.atlas.indicators)
        found = self.themes[theme]
        keys = [layer.indicator for layer in found.layers]
        keys += [measure.key for measure in found.indicators]
        return tuple(key for key in dict.fromkeys(keys) if key in self.atlas.indicators)

    def topics_of(self, theme: str) -> dict[str, tuple[str, ...]]:
        """Return the indicators of a theme under the titles of its topics; empty where it has none."""
        known = set(self.indicators_of(theme))
        topics = self.themes[theme].topics if theme in self.themes else ()
        grouped = {
            topic.title[self.lang]: tuple(key for key in topic.indicators if key in known)
            for topic in topics
        }
        return {title: keys for title, keys in grouped.items() if keys}

    def choose_theme(self, theme: str) -> None:
        """Show another theme with its first layer; the filter by a rule of the old one goes."""
        first = self.indicators_of(theme)[0]
        periods = self.atlas.periods_of(first)
        period = self.period if self.period in periods else (*periods, "")[-1]
        side = self.side if self.side in self.sides_of(theme) else SIDES[0]
        gone = {"rule": "", "point": "", "site": "", "zone": "", "compare": ""}
        self.param.update(theme=theme, indicator=first, period=period, side=side, **gone)

    def enter(self, theme: str, place: str | None) -> None:
        """Leave the overview for one theme at a place."""
        with param.parameterized.batch_call_watchers(self):
            self.choose_theme(theme)
            self.go(place)
            self.view = "map"

    def choose_point(self, table: str, code: str) -> None:
        """Look at one point; a site lists its households from now on. The empty code lets go."""
        kinds = self.themes[self.theme].points if self.theme in self.themes else ()
        lists = next((kind.lists for kind in kinds if kind.table == table), "")
        site = code if lists == "site" else ""
        point = f"{table}:{code}" if code else ""
        self.param.update(point=point, site=site, zone="", side="points")

    def choose_zone(self, zone: str, place: str | None) -> None:
        """List the households of a supply zone, within one village of it when that is given."""
        with param.parameterized.batch_call_watchers(self):
            if place is not None:
                self.go(place)
            self.param.update(zone=zone, site="", side="households")

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
        """Class by another method; hot spots and ticks are of the lowest places."""
        of_lowest = classes in (HOTSPOTS, WALL)
        lowest = {"level": self.atlas.lowest, "selected": []} if of_lowest else {}
        self.param.update(classes=classes, **lowest)

    def _leave_list(self, *events) -> None:
        """Keep the list of households off a projector, whichever way it was asked for."""
        if self.presenting and self.side == "households":
            self.side = SIDES[0]

    def go(self, place: str | None) -> None:
        """Go to a place; None goes to the top."""
        place = self.root if place is None else place
        below = self.levels_below(place)
        level = self.level if self.level in below else below[0]
        self.param.update(place=place, level=level, selected=[])

    def up(self) -> None:
        """Go to the place above the shown one."""
        path = self.atlas.path(self.place)
        self.go(path[-2] if len(path) > 1 else None)

    def step(self) -> None:
        """Go to the next period; after the last comes the first."""
        if self.periods:
            here = self.periods.index(self.period) if self.period in self.periods else -1
            self.period = self.periods[(here + 1) % len(self.periods)]


def _shown(theme: Theme) -> set[str]:
    return {measure.key for measure in theme.indicators}
