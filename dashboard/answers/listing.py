"""What is listed: at an address what its page lists, and of a figure whom its numerator counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboard.answers.source import Source
from dashboard.texts import text
from dashboard.view import LISTING, View
from geodata.access import Request
from geodata.atlas import Atlas
from geodata.errors import ScopeError
from geodata.escaping import plain_text
from geodata.figures import Indicator
from geodata.rules import Subject
from geodata.themes import Points, Theme
from geodata.workspace.counted import COUNTED, LEFT_OUT
from geodata.workspace.household_list import Filter, household_request
from geodata.workspace.inputs import Setup
from geodata.workspace.points import AT

# What a list belongs to: the figure, then what narrows it, then all households of the place.
FIGURE, RULE, POINT, ZONE, EVERYONE = "figure", "rule", "point", "zone", "everyone"
_LONGEST = 60


@dataclass(frozen=True)
class Listing:
    """What a list holds: the kind of subject and how many; both None where there is no list.

    `count` is None alone where the viewer may list nobody of the place, or not those. `rule` is the key of the
    rule whose findings are listed. `of` is what the list belongs to (None without one), and `words`
    says it, or why there is none.
    """

    kind: str | None = None
    count: int | None = None
    rule: str | None = None
    of: str | None = None
    words: str = ""


@dataclass(frozen=True)
class About:
    """What the list holds in place of households: a kind of subject, by a rule or by the figure.

    `key` is that of the rule, or of the indicator that counts them; `rules` are those whose
    findings tell of each; `severity` is empty without a rule. `table` is that of the figure.
    """

    key: str
    subject: Subject
    title: Mapping[str, str]
    rules: tuple[str, ...]
    severity: str = ""
    table: str = ""

    @property
    def broken(self) -> tuple[Filter, ...]:
        """Return the filters of flags that tell of each."""
        return (("rule", "in", self.rules), ("answer", "is", "yes"))

    def request(self, place: str, villages: tuple[str, ...]) -> Request:
        """Return the request of all in a place; of some villages only what lies in them."""
        picked = (("place_code", "in", villages),) if villages else ()
        if self.severity:
            return Request("flags", place, filters=(*self.broken, *picked))
        return Request(self.table, place, filters=picked)


def figure_list(source: Source, view: View) -> Listing:
    """Return the list of whom the figure of a view counts, in the viewer's part of the place."""
    workspace = source.workspace
    if workspace is None or view.period not in workspace.months:
        return Listing()
    indicator = workspace.setup.indicators.get(view.indicator)
    if indicator is None:
        return Listing()
    if not indicator.lists:
        return Listing(words=no_list_text(indicator, view.lang))
    words = _figure_text(workspace.setup, indicator, view)
    request = Request(table_of(indicator, view), _at(view))
    return _counted(source, view, Listing(indicator.lists, of=FIGURE, words=words), request)


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
    of, words = list_of(setup, view), list_text(setup, view)
    return _counted(source, view, Listing(kind, rule=rule, of=of, words=words), request)


def list_of(setup: Setup, view: View) -> str:
    """Return what the list of a view belongs to, one of the words above.

    The list belongs to the figure, and holds exactly its numerator, unless something else is named.
    """
    indicator = setup.indicators.get(view.indicator)
    if view.rule in setup.rules:
        return RULE
    if _point_filter(setup, view):
        return POINT
    if view.zone:
        return ZONE
    if view.everyone or indicator is None or not indicator.lists:
        return EVERYONE
    return FIGURE


def list_text(setup: Setup, view: View) -> str:
    """Return in words whom the list of a view holds; where its figure has no list, that too."""
    lang, of = view.lang, list_of(setup, view)
    indicator = setup.indicators.get(view.indicator)
    if of == RULE:
        rule = setup.rules[view.rule]
        title = plain_text(rule.title[lang], _LONGEST)
        return text("listing.of_rule", lang, kind=_several(rule.about, lang), title=title)
    if of == POINT:
        theme = _theme(setup, view)
        kind = points_of(() if theme is None else theme.points, view.point)
        named = "" if kind is None else kind.title[lang]
        return text("listing.of_point", lang, kind=named, code=plain_text(view.site, _LONGEST))
    if of == ZONE:
        return text("listing.of_zone", lang, code=plain_text(view.zone, _LONGEST))
    if of == FIGURE and indicator is not None:
        return _figure_text(setup, indicator, view)
    return text("listing.of_everyone", lang)


def no_list_text(indicator: Indicator, lang: str) -> str:
    """Return that a figure is no count of subjects, so that nobody can be listed for it."""
    title = plain_text(indicator.title_in(lang), _LONGEST)
    return text("listing.no_list", lang, title=title)


def lists_rest(indicator: Indicator, view: View) -> bool:
    """Return whether the list of a figure holds whom it leaves out: these are to be acted on."""
    return indicator.acts_on_rest and not view.counted


def table_of(indicator: Indicator, view: View) -> str:
    """Return the name of the table of those whom the list of a figure holds."""
    return f"{LEFT_OUT if lists_rest(indicator, view) else COUNTED}{indicator.key}"


def _figure_text(setup: Setup, indicator: Indicator, view: View) -> str:
    lang = view.lang
    theme = next(one for one in setup.themes if one.key == indicator.theme)
    kind = _several(theme.subjects[indicator.lists], lang)
    title = plain_text(indicator.title_in(lang), _LONGEST)
    key = "of_rest" if lists_rest(indicator, view) else "of_figure"
    return text(f"listing.{key}", lang, kind=kind, title=title)


def _several(subject: Subject, lang: str) -> str:
    return subject.title["zh"] if lang == "zh" else subject.several


def _theme(setup: Setup, view: View) -> Theme | None:
    return next((one for one in setup.themes if one.key == view.theme), None)


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
    return About(
        counted.key, subject, counted.title, counted.own_rules, table=table_of(counted, view)
    )


def counted_indicator(setup: Setup, view: View) -> Indicator | None:
    """Return the indicator of a view when its list holds whom it counts, one by one."""
    return setup.indicators[view.indicator] if list_of(setup, view) == FIGURE else None


def household_filters(setup: Setup, atlas: Atlas, view: View) -> tuple[Filter, ...]:
    """Return what the address of a view narrows the list of households to."""
    counted = counted_indicator(setup, view)
    known: tuple[Filter, ...] = (
        ("rules", "has", view.rule),
        ("household_code", "among", table_of(counted, view) if counted else ""),
        ("household_code", "among", _point_filter(setup, view)),
        ("zone_code", "is", view.zone),
        ("place_code", "in", picked_villages(atlas, view)),
    )
    return tuple(condition for condition in known if condition[2])


def _point_filter(setup: Setup, view: View) -> str:
    """Return what the households of the point of a view are among; empty without one.

    Households name no point of other kinds, whatever an address says.
    """
    theme = _theme(setup, view)
    kind = points_of(() if theme is None else theme.points, view.point)
    return f"{AT}{kind.table}:{view.site}" if view.site and kind and kind.households else ""


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


def _counted(source: Source, view: View, listing: Listing, request: Request) -> Listing:
    """Return the listing with how many a request lists, within what the viewer may list."""
    if not source.actor.scope.narrowed(request.place, "rows"):
        return listing
    read = source.county.people if listing.kind == "household" else source.county.places
    reader = read(view.period, actor=source.actor, guard=source.guard)
    try:
        return replace(listing, count=reader.count(request))
    except ScopeError as refused:
        # It is made of a class of data that the viewer does not see: how many there are tells of them.
        return replace(listing, words=refused.sentence(view.lang))
