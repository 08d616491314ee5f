"""A theme: one folder with features, rules, indicators, layers, card, sentences and cases."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from geodata.figures import Indicator
from geodata.intake.layouts import Layout as SheetLayout
from geodata.rules import Feature, FeatureSet, Rule, Subject
from geodata.tables import Enumeration, Table, enumeration, tables

# What lists, cards and samples tell of a household, when a theme knows it.
HOUSEHOLD = (
    *("persons", "income_per_person", "monitored_category", "monitored_now"),
    *("days_since_visit", "satisfied"),
)
# What the life line of a card sets a limit beside.
LIMITED = ("income_per_person", "visit_minutes")
GROUPS = ("exited", "missed")
# How grave a matter of the month is, gravest first: a legal clock that has run out, a state that should
# not be, a figure that is told because of how it moves.
GRAVITIES = ("clock", "state", "trend")
# Whom or what it concerns, first named first.
CONCERNS = ("people", "things", "papers")
# What the wall of a ledger tells of an entry, and of a task of it; the first of each it cannot do without.
LEDGER_ENTRY = (
    *("closed", "state", "title", "origin", "found_day", "bottom_line", "begun"),
    *("evidence", "quiet_days"),
)
LEDGER_TASK = ("open", "colour", "days", "action", "area", "person", "department")
# The kinds of what is due that no theme declares: a parameter that ends, a decision of a meeting.
PARAMETER, DECISION = "parameter", "decision"
# Of what is due: what is red, and what is not and falls due within a week.
DUE_BANDS = ("red", "week")
# What the rows of a clock tell; the first two of each it cannot do without.
CLOCK_COLUMNS = (
    *("id", "place_code", "household_code", "begun_day", "elapsed", "days", "due_day", "owner"),
    *("about", "first_due_day", "moved_day", "moved_by", "moved_why"),
)
# What the wall of sites tells of each, as far as the theme knows it.
SITE = (
    *("households", "persons", "income", "labour", "working", "without"),
    *("moved_in", "to_move_in", "demolished", "to_demolish", "posts"),
)
SHAPES = ("circle", "square", "triangle", "diamond")


@dataclass(frozen=True)
class ThemeLayer:
    """What a map shows first: an indicator, and class breaks from policy (keys or numbers)."""

    indicator: str
    breaks: tuple[str | float, ...] = ()


@dataclass(frozen=True)
class ThemeMatter:
    """What a theme brings before the leader when its indicator counts anybody.

    `gravity` is one of GRAVITIES, `concern` one of CONCERNS; `text` says by language what is wrong.
    """

    indicator: str
    gravity: str
    concern: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Topic:
    """Indicators of a theme that answer one kind of question, in order; a list is grouped by them."""

    title: Mapping[str, str]
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """One kind of points on the map: the table they come from and what colours them.

    The state is that of the rules over `subject`, or, without one, whether the month in the column
    `closed` has come. `features` are its scorecard, `columns` those that stand side by side in the
    list of all. `households` says by TABLE.COLUMN which rows about households name the point, so
    that a click lists these; `zones` is the table of what a works serves.
    """

    table: str
    key: str
    title: Mapping[str, str]
    shape: str = SHAPES[0]
    subject: str = ""
    closed: str = ""
    households: str = ""
    zones: str = ""
    features: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartsOf:
    """What some figure of the theme is made of.

    Counted: the parts between "|" or "," in `column` of a feature set (words of `choice`, by default
    of the column's own), of the rows where the column `where` is true, or where `unless` is false;
    with `amount` that column is summed instead. With `parts` (key to title) it is stacked: sums by
    month and part of a table with place_code, month, part and amount. With `series` the courses of
    these indicators are stacked, those of `down` below zero, titled by `parts` where these are given.
    It is shown for its `indicators`; one without any stands where nothing else is said. `chart` is
    the kind of chart that draws it where its shape does not say so.
    """

    title: Mapping[str, str]
    table: str = ""
    column: str = ""
    where: str = ""
    unless: str = ""
    amount: str = ""
    choice: str = ""
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    series: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    chart: str = ""


@dataclass(frozen=True)
class Ledger:
    """A ledger of entries that are closed one by one, each with tasks that are due on a day.

    `entry` and `tasks` are subjects; `of_entry` and `of_task` name the feature that tells each of
    LEDGER_ENTRY and LEDGER_TASK, as far as the theme knows it. `indicator` counts the entries that
    are open; `limits` names for a colour of a task the parameter of how many days before its day it begins.
    """

    entry: str
    tasks: str
    indicator: str
    of_entry: Mapping[str, str]
    of_task: Mapping[str, str]
    limits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Clock:
    """A time that runs for whatever is to be done by a day: the SELECT of `rows` has one row for each open one.

    A row says its due day (`due_day`), or the day the time begins (`begun_day`, or the days `elapsed`
    since) with the `days` that it runs; where it says none, the parameter `limit` does. A due day
    that was set anew comes with the first one, and when, by whom and why it moved. `office` answers
    where a row names no `owner`.
    """

    key: str
    title: Mapping[str, str]
    rows: FeatureSet = field(repr=False)
    limit: str = ""
    office: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sites:
    """Points drawn as a wall: what those who live there live on, and from where they came.

    `points` is the table of the kind of points, `origin` the column, beside the one by which households
    name their point, that says where they came from. `parts` are features in percent that add up
    to all income, by title; `limits` are parameters of the first of them, the lower one first. `told` names the
    feature for each of SITE, `services` features that are true where a service is there, and
    `workshops` the kind of points that lie at a site and have its key.
    """

    points: str
    origin: str
    parts: Mapping[str, Mapping[str, str]]
    limits: tuple[str, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    workshops: str = ""


@dataclass(frozen=True)
class ServiceStep:
    """One step of a service: `says` tells it by language, with features in braces.

    It is broken by findings of `rules`; with `rest` by those that no other step names.
    """

    title: Mapping[str, str]
    says: Mapping[str, str]
    rules: tuple[str, ...] = ()
    rest: bool = False


@dataclass(frozen=True)
class ServiceLine:
    """What reaches people in steps, from the first to the last, for each point of a kind.

    `points` is the table of the kind, `people` the feature by which those that serve most stand first.
    """

    points: str
    people: str
    steps: tuple[ServiceStep, ...]


@dataclass(frozen=True)
class SampleRows:
    """Rows of one table for the invented county: one for each `every`-th household or village.

    A column's texts go round; they may hold {n} (the number of the row), {place}, {household} and
    {month}. With `skip` each so manieth row is left out.
    """

    of: str
    every: int
    columns: Mapping[str, tuple[str, ...]]
    skip: int = 0


@dataclass(frozen=True)
class CardSection:
    """One section of the household card: features in order and the rules shown with them.

    With `table` it shows `columns` of the rows about the household instead, at the end of the card.
    """

    key: str
    title: Mapping[str, str]
    features: tuple[str, ...]
    rules: tuple[str, ...]
    table: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """The feature by which a theme tells something of every household, and the table it is in."""

    theme: str
    feature: str

    @property
    def table(self) -> str:
        """Return the name of the feature set."""
        return f"{self.theme}_household"


@dataclass(frozen=True)
class Fit:
    """The kinds of help that answer a risk, which a feature of the household says it has."""

    feature: str
    title: Mapping[str, str]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One step from a household: the table, the column that names its rows, and what is told.

    `kind` stands behind the name in brackets, `more` after it; `next` leads to the next step.
    """

    table: str
    key: str
    next: str = ""
    kind: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chain:
    """What a household lives by, step by step from a column of its own record.

    The card tells those of all themes by `order`.
    """

    title: Mapping[str, str]
    column: str
    steps: tuple[Step, ...]
    order: int = 10


@dataclass(frozen=True)
class AboutHouseholds:
    """What a theme says for lists, cards and samples.

    `told` names the feature for each of HOUSEHOLD that it knows, `limits` the parameter that the life
    line of the card sets beside each of LIMITED. `weights` are indicators that make
    a village weak, `suspected` the rules by group whose findings make a drawn household suspect.
    """

    told: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    fits: tuple[Fit, ...] = ()
    surroundings: tuple[Chain, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    suspected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sentence:
    """One sentence of the briefing about an indicator.

    It may hold {place}, {month}, {value}, {numerator}, {denominator}, {worst} and {worst_value}.
    """

    indicator: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Theme:
    """All of one theme as its folder says it; `labels` names the words in details of rules.

    `short` is its name where there is little room, `strip` the indicators whose figures stand over
    the map, the first of them where the file names none.
    `due` are the rules whose findings have a date to be met, as told by "why is it red".
    `matters` are what it brings before the leader of a month, `classes` the features and rules by which
    a household is put into a class, whose changes are explained. `clocks`
    are what is due on a day. `ledger`, `sites` and `service` are drawn as walls.
    `subjects` are all that it may judge, its own among them. `tables`, `lists` of allowed values and
    `sheets` (layouts of upstream files) are those that it brings, `sample` rows of these tables.
    `written` is the file of each thing that
    no other theme may define again, under "rule KEY", "indicator KEY" and the like.
    """

    key: str
    folder: Path
    title: Mapping[str, str]
    order: int
    rules: tuple[Rule, ...] = field(repr=False)
    feature_sets: tuple[FeatureSet, ...] = field(repr=False)
    features: Mapping[str, Feature] = field(repr=False)
    indicators: tuple[Indicator, ...] = field(repr=False)
    layers: tuple[ThemeLayer, ...] = field(repr=False)
    card: tuple[CardSection, ...] = field(repr=False)
    briefing: tuple[Sentence, ...] = field(repr=False)
    labels: Mapping[str, Mapping[str, str]] = field(repr=False)
    points: tuple[Points, ...] = field(default=(), repr=False)
    composition: tuple[PartsOf, ...] = field(default=(), repr=False)
    due: tuple[str, ...] = ()
    matters: tuple[ThemeMatter, ...] = ()
    classes: tuple[str, ...] = ()
    ledger: Ledger | None = None
    clocks: tuple[Clock, ...] = field(default=(), repr=False)
    sites: Sites | None = None
    service: ServiceLine | None = None
    strip: tuple[str, ...] = ()
    short: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[Topic, ...] = field(default=(), repr=False)
    subjects: Mapping[str, Subject] = field(default_factory=dict, repr=False)
    tables: Mapping[str, Table] = field(default_factory=dict, repr=False)
    lists: Mapping[str, Enumeration] = field(default_factory=dict, repr=False)
    sheets: tuple[SheetLayout, ...] = field(default=(), repr=False)
    sample: Mapping[str, SampleRows] = field(default_factory=dict, repr=False)
    households: AboutHouseholds = field(default_factory=AboutHouseholds, repr=False)
    written: Mapping[str, Path] = field(default_factory=dict, repr=False)

    def words(self, lang: str) -> dict[str, str]:
        """Return the words of details in one language: the theme's own and those of the tables."""
        known = {
            choice.value: choice.title[lang]
            for name in ("risk", "house_grade", "monitored_category")
            for choice in enumeration(name).choices
        }
        return known | {token: entry[lang] for token, entry in self.labels.items()}

    def choices_of(self, feature: str) -> Enumeration | None:
        """Return the allowed values of the column that a feature takes as it is; None where it is none."""
        known = {**tables(), **self.tables}
        for one in self.feature_sets:
            source = one.source_of(feature)
            read = [known[name].columns for name in sorted(one.reads) if name in known]
            lists = {c[source].choice: c[source].choices for c in read if source in c}
            if len(lists) == 1:
                return next(iter(lists.values()))
        return None

    def breaks_of(self, indicator: str) -> tuple[str | float, ...]:
        """Return where policy cuts an indicator: the breaks of its layer, else its target."""
        breaks = next((one.breaks for one in self.layers if one.indicator == indicator), ())
        targets = [one.target for one in self.indicators if one.key == indicator and one.target]
        return breaks or tuple(targets)

    @cached_property
    def rules_by_key(self) -> Mapping[str, Rule]:
        """Return the rules by key."""
        return {rule.key: rule for rule in self.rules}

    def counts_on(self, indicator: Indicator, day: datetime.date) -> bool:
        """Return whether an indicator counts on a day: one of its rules holds then, or it has none."""
        rules = [self.rules_by_key[key] for key in indicator.rules]
        return not rules or any(rule.holds_on(day) for rule in rules)
