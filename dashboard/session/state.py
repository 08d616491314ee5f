"""What one viewer is looking at: place, indicator, period, level; the address bar mirrors it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import param

from dashboard.answers.layers import compared_layer, layer_of
from dashboard.answers.listing import points_of
from dashboard.answers.source import Source
from dashboard.layers import colours_lowest
from dashboard.layers.finding_counts import FindingCounts
from dashboard.panel_specs import panel_specs
from dashboard.view import (
    ADDRESS,
    COMPARED,
    LISTING,
    MOST,
    POLICY,
    RANKED,
    RANKING,
    VIEWS,
    View,
    is_day_of,
    shown_themes,
)
from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.i18n import LANGUAGES
from geodata.periods import last_day, shift_month
from geodata.policy import Policy
from geodata.themes import Points, Theme

# Whatever of a state its layer follows from.
OF_LAYER = ["theme", "place", "indicator", "period", "level", "classes", "compare", "compared"]
OF_LAYER += ["sample", "seed"]
# With another of these the step of a story that was told is left.
_OF_STORY = ["theme", "place", "indicator", "period", "side", "view", "presenting"]
# Whatever of a state says what the list beside the map holds.
OF_LIST = ["side", "place", "period", "theme", "rule", "site", "point", "zone", "selected"]
OF_LIST += ["everyone", "counted", "indicator"]


class State(param.Parameterized):
    """The state of one session over one atlas; every value set is one the atlas holds.

    Its View is `shown`; `sample`, `narrow` and `playing` are the session's alone. `findings` is
    what the rules found; without it there is neither a wall map nor anything due.
    """

    view: param.Selector[Any] = param.Selector(default=VIEWS[1], objects=list(VIEWS))
    place = param.String(allow_None=True, doc="key of the place looked at; None for the whole")
    theme = param.String(doc="key of a theme; empty where the atlas has none")
    indicator = param.String()
    period = param.String()
    level = param.String(doc="level whose places are coloured")
    classes = param.String(default=POLICY, doc="way of classing, of those the source offers")
    compare = param.String(doc="period that the shown one is compared with; empty for none")
    compared: param.Selector[Any] = param.Selector(default=COMPARED[0], objects=list(COMPARED))
    ranked: param.Selector[Any] = param.Selector(default=RANKED[0], objects=list(RANKED))
    side = param.String(default=RANKING, doc="name of the panel beside the map")
    rule = param.String(doc="key of the rule that listed households break; empty for all")
    point = param.String(doc="table:code of the site, workshop or works looked at")
    site = param.String(doc="code of a point whose households are listed")
    zone = param.String(doc="code of a supply zone whose households are listed")
    everyone = param.Boolean(
        default=False, doc="whether all households are listed, not whom the figure counts"
    )
    counted = param.Boolean(
        default=False, doc="whether whom the figure counts is listed where the others are to act on"
    )
    page = param.Integer(default=1, bounds=(1, MOST), doc="page of the list, from 1")
    seed = param.Integer(default=1, bounds=(0, MOST), doc="seed of the sample drawn beside the map")
    numbers = param.String(doc="numbers of the sample in the order of NUMBERS, commas between")
    limits = param.String(doc="ISO day whose limits judge the rates; empty for the month's last")
    on = param.String(doc="ISO day as of which what is due is told; empty for the period's last")
    sample = param.Dict(default={}, doc="why each drawn village was drawn, by its key")
    due = param.String(doc="what of it is listed, as KIND, KIND:BAND or :BAND")
    spotlight = param.Boolean(default=False, doc="whether all but the place is dimmed")
    presenting = param.Boolean(default=False, doc="large type, no list and no personal name")
    story = param.String(doc="step of the theme's story that is told; empty for none")
    lang: param.Selector[Any] = param.Selector(default="zh", objects=list(LANGUAGES))
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
        findings: FindingCounts | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # param gives it no types
        self.source = Source(atlas, shown_themes(atlas, themes), policy, findings)
        self.atlas, self.themes, self.policy = atlas, self.source.themes, policy
        self.findings = findings
        self._reading = False
        self.param.watch(self._leave_list, ["side", "presenting"])
        self.param.watch(self._first_page, OF_LIST)
        self.param.watch(self._leave_story, _OF_STORY)
        self.param.watch(self._leave_day, ["period"])
        self.read(query)

    def read(self, query: str) -> None:
        """Take over an address; what is absent or unknown to the atlas becomes the default."""
        view = View.parse(query, self.source)
        words = {name: getattr(view, name) for name in ADDRESS}
        self._reading = True
        try:
            self.param.update(**words | {"selected": list(view.selected)})
        finally:
            self._reading = False

    def _first_page(self, *events: object) -> None:
        """Begin a list at its first page when it holds others; an address says which page it is."""
        if not self._reading:
            self.page = 1

    def _leave_story(self, *events: object) -> None:
        if not self._reading:
            self.story = ""

    def _leave_day(self, *events: object) -> None:
        """Let go of a day that another month does not tell."""
        if self.on and not is_day_of(date.fromisoformat(self.on), self.period, self.periods):
            self.on = ""

    @property
    def shown(self) -> View:
        """Return what is looked at."""
        words = {name: getattr(self, name) for name in ADDRESS}
        return View(**words | {"selected": tuple(self.selected)})

    @property
    def query(self) -> str:
        """Return the address of this view; a copy of it opens the same view.

        What nothing that is shown reads stays with the session, and is not in it.
        """
        return self.shown.used.address

    @property
    def root(self) -> str | None:
        """Return the one place at the top, or None when there are several (or none)."""
        return self.source.root

    @property
    def area(self) -> str | None:
        """Return the place that the map shows: a lowest place is shown among its neighbours."""
        return self.source.area(self.place)

    @property
    def periods(self) -> tuple[str, ...]:
        """Return the periods of the indicator."""
        return self.source.periods_of(self.indicator)

    @property
    def layer(self) -> Layer:
        """Return the layer that every view of this moment draws."""
        return layer_of(self.source, self.shown, self.sample)

    @property
    def beside(self) -> Layer:
        """Return the layer of the compared period, in the classes of the map itself."""
        return compared_layer(self.source, self.shown)

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the ways of classing that this state can draw."""
        return self.source.methods

    def levels_below(self, place: str | None) -> tuple[str, ...]:
        """Return the levels that can be coloured within a place; at least the lowest."""
        return self.source.levels_below(place)

    @property
    def panels(self) -> tuple[str, ...]:
        """Return what may stand beside the map."""
        return self.source.panels_of(self.theme)

    def indicators_of(self, theme: str) -> tuple[str, ...]:
        """Return the indicators of a theme that the atlas holds, its layers first."""
        return self.source.indicators_of(theme)

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
        """Show another theme with its first layer, and beside it what was there, or what opens the theme.

        What narrowed the old one goes.
        """
        first = self.indicators_of(theme)[0]
        periods = self.source.periods_of(first)
        period = self.period if self.period in periods else (*periods, "")[-1]
        kept = self.side != RANKING and self.side in self.source.panels_of(theme)
        side = self.side if kept else self.source.opening_of(theme)
        gone = {
            "rule": "",
            "everyone": False,
            "counted": False,
            "point": "",
            "site": "",
            "zone": "",
            "compare": "",
            "due": "",
        }
        self.param.update(theme=theme, indicator=first, period=period, side=side, **gone)

    def enter(self, theme: str, place: str | None) -> None:
        """Leave the overview for one theme at a place."""
        with param.parameterized.batch_call_watchers(self):
            self.choose_theme(theme)
            self.go(place)
            self.view = "map"

    def choose_point(self, table: str, code: str) -> None:
        """Look at one point; its households are listed from now on. The empty code lets go."""
        point = f"{table}:{code}" if code else ""
        kind = self._kind_of(point)
        site = code if kind is not None and kind.households else ""
        self.param.update(point=point, site=site, zone="", rule="", side="points")

    @property
    def kind_listed(self) -> Points | None:
        """Return the kind of points whose households are listed: of the point, else the first."""
        return self._kind_of(self.point)

    def _kind_of(self, point: str) -> Points | None:
        kinds = self.themes[self.theme].points if self.theme in self.themes else ()
        return points_of(kinds, point)

    def choose_zone(self, zone: str, place: str | None) -> None:
        """List the households of a supply zone, within one village of it when that is given."""
        with param.parameterized.batch_call_watchers(self):
            if place is not None:
                self.go(place)
            self.param.update(zone=zone, site="", side="households")

    def filter_rule(self, rule: str) -> None:
        """List the households that break a rule; the empty key lists all."""
        self.param.update(rule=rule, everyone=not rule, counted=False, side=LISTING)

    def list_counted(self, *, counted: bool = False) -> None:
        """List whom the shown figure counts, one by one; of one that counts the good the others.

        With `counted` whom it counts in any case.
        """
        gone = {"rule": "", "site": "", "zone": "", "everyone": False}
        self.param.update(**gone, counted=counted, side=LISTING)

    def choose_day(self, day: str) -> None:
        """Tell what is due as of an ISO day of the period; of any other text nothing changes."""
        try:
            chosen = date.fromisoformat(day)
        except ValueError:
            return
        if is_day_of(chosen, self.period, self.periods):
            self.on = "" if chosen == last_day(self.period) else chosen.isoformat()

    def open_on(self, today: date) -> None:
        """Tell what is due as of today where no month was asked for and the data are of this or the last month."""
        last = self.periods[-1] if self.periods else ""
        current = f"{today:%Y-%m}"
        if not self.on and last == self.period and last in (current, shift_month(current, -1)):
            self.choose_day(today.isoformat())

    def choose_side(self, side: str) -> None:
        """Show another panel beside the map; what narrowed the list goes with the list.

        What the theme does not have is not shown.
        """
        if side not in self.panels:
            return
        kept = {} if side == LISTING else {"rule": "", "everyone": False, "counted": False}
        self.param.update(side=side, **kept)

    def choose_indicator(self, indicator: str) -> None:
        """Show another indicator, in the same period if it has it, else in its last."""
        periods = self.source.periods_of(indicator)
        last = periods[-1] if periods else ""
        self.param.update(
            indicator=indicator, period=self.period if self.period in periods else last
        )

    def choose_classes(self, classes: str) -> None:
        """Class by another method, at the level that it colours."""
        of_lowest = colours_lowest(classes)
        lowest = {"level": self.atlas.lowest, "selected": []} if of_lowest else {}
        self.param.update(classes=classes, **lowest)

    def _leave_list(self, *events: object) -> None:
        """Keep the list of households off a projector, whichever way it was asked for."""
        shown = panel_specs().get(self.side)
        if self.presenting and shown is not None and shown.private:
            self.side = RANKING

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
