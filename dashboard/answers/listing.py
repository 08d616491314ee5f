"""What is listed: at an address what its page lists, and of a figure whom its numerator counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.answers.source import Source
from dashboard.view import LISTING, View
from geodata.access import Request
from geodata.atlas import Atlas
from geodata.figures import Indicator
from geodata.rules import Subject
from geodata.themes import Points
from geodata.workspace.counted import COUNTED
from geodata.workspace.household_list import Filter, household_request
from geodata.workspace.inputs import Setup
from geodata.workspace.points import AT


@dataclass(frozen=True)
class Listing:
    """What a list holds: the kind of subject and how many; both None where there is no list.

    `count` is None alone where the viewer may list nobody of the place. `rule` is the key of the
    rule whose findings are listed.
    """

    kind: str | None = None
    count: int | None = None
    rule: str | None = None


@dataclass(frozen=True)
class About:
    """What the list holds in place of households: a kind of subject, by a rule or by the figure.

    `key` is that of the rule, or of the indicator that counts them; `rules` are those whose
    findings tell of each; `severity` is empty without a rule.
    """

    key: str
    subject: Subject
    title: Mapping[str, str]
    rules: tuple[str, ...]
    severity: str = ""

    @property
    def broken(self) -> tuple[Filter, ...]:
        """Return the filters of flags that tell of each."""
        return (("rule", "in", self.rules), ("answer", "is", "yes"))

    def request(self, place: str, villages: tuple[str, ...]) -> Request:
        """Return the request of all in a place; of some villages only what lies in them."""
        picked = (("place_code", "in", villages),) if villages else ()
        if self.severity:
            return Request("flags", place, filters=(*self.broken, *picked))
        return Request(f"{COUNTED}{self.key}", place, filters=picked)


def figure_list(source: Source, view: View) -> Listing:
    """Return the list of whom the figure of a view counts, in the viewer's part of the place."""
    workspace = source.workspace
    if workspace is None or view.period not in workspace.months:
        return Listing()
    indicator = workspace.setup.indicators.get(view.indicator)
    if indicator is None or not indicator.lists:
        return Listing()
    return _counted(source, view, indicator.lists, Request(f"{COUNTED}{view.indicator}", _at(view)))


def page_list(source: Source, view: View) -> Listing:
    """Return what the page of a view lists; where it opens no list, whom its figure counts."""
    workspace = source.workspace
    if view.side != LISTING and not view.rule:
        return figure_list(source, view)
    if workspace is None or view.period not in workspace.months:
        return Listing()
    setup, rule = workspace.setup, view.rule or None
    about, villages = about_of(setup, view), picked_villages(source.atlas, view)
    if about is not None:
        kind, request = about.subject.name, about.request(_at(view), villages)
    else:
        filters = household_filters(setup, source.atlas, view)
        kind, request = "household", household_request(_at(view), filters=filters)
    return _counted(source, view, kind, request, rule)


def about_of(setup: Setup, view: View) -> About | None:
    """Return what the list of a view holds when these are no households, else None."""
    rule = setup.rules.get(view.rule)
    if rule is not None and rule.subject != "household":
        return About(rule.key, rule.about, rule.title, (rule.key,), rule.severity)
    counted = counted_indicator(setup, view)
    if rule is not None or counted is None or counted.lists == "household":
        return None
    theme = next(one for one in setup.themes if one.key == counted.theme)
    subject = theme.subjects[counted.lists]
    return About(counted.key, subject, counted.title, counted.own_rules)


def counted_indicator(setup: Setup, view: View) -> Indicator | None:
    """Return the indicator of a view when its list is to hold whom it counts, one by one."""
    indicator = setup.indicators.get(view.indicator)
    return indicator if view.counted and indicator is not None and indicator.lists else None


def household_filters(setup: Setup, atlas: Atlas, view: View) -> tuple[Filter, ...]:
    """Return what the address of a view narrows the list of households to."""
    counted = counted_indicator(setup, view)
    theme = next((one for one in setup.themes if one.key == view.theme), None)
    kind = points_of(() if theme is None else theme.points, view.point)
    # Households name no point of other kinds, whatever an address says.
    at = f"{AT}{kind.table}:{view.site}" if view.site and kind and kind.households else ""
    known: tuple[Filter, ...] = (
        ("rules", "has", view.rule),
        ("household_code", "among", f"{COUNTED}{counted.key}" if counted else ""),
        ("household_code", "among", at),
        ("zone_code", "is", view.zone),
        ("place_code", "in", picked_villages(atlas, view)),
    )
    return tuple(condition for condition in known if condition[2])


def points_of(kinds: tuple[Points, ...], point: str) -> Points | None:
    """Return the kind of a point (table:code), without one the first that names households."""
    table = point.partition(":")[0]
    known = (kind for kind in kinds if (kind.table == table if table else kind.households))
    return next(known, None)


def picked_villages(atlas: Atlas, view: View) -> tuple[str, ...]:
    """Return the villages of the places picked by box or lasso; none when nothing is picked."""
    villages = (atlas.places_in(key, atlas.lowest) for key in view.selected)
    return tuple(sorted({str(village) for keys in villages for village in keys}))


def _at(view: View) -> str:
    return view.place or ""


def _counted(
    source: Source, view: View, kind: str, request: Request, rule: str | None = None
) -> Listing:
    """Return how many a request lists, within what the viewer may list."""
    if not source.actor.scope.narrowed(request.place, "rows"):
        return Listing(kind, rule=rule)
    read = source.county.people if kind == "household" else source.county.places
    reader = read(view.period, actor=source.actor, guard=source.guard)
    return Listing(kind, reader.count(request), rule)
