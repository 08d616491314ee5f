"""A theme checked as a whole: everything it names is there, and its SQL only reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec

from geodata.errors import ThemeError
from geodata.figures import Indicator
from geodata.i18n import nearest, places_of
from geodata.policy import PLACES, Policy
from geodata.rules import FeatureSet
from geodata.rules.base_tables import BASE_TABLES, FOUND_SINCE
from geodata.rules.feature import in_order, shared_sets
from geodata.rules.identity import identity_columns
from geodata.rules.sql_checks import (
    check_expression,
    check_parameters,
    check_query,
    reading_circle,
)
from geodata.tables import Table, enumerations, tables
from geodata.themes.base import CLOCK_COLUMNS, Theme

# Small tables that are there in every month, beside those of the county.
P = ParamSpec("P")
_LOCATED = ("longitude", "latitude")
_TOLD = frozenset({"value", "threshold", "detail", "year", "month"})
_SAID = frozenset({"place", "month", "value", "numerator", "denominator", "worst", "worst_value"})
# Tables of sums by place that every month has beside its features.
SUMMED_TABLES = ("income_by_place",)


class _AnyName(Collection[str]):
    """Every name, none of which is known."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class Checked:
    """A theme as it is checked: what could be read of it, the policy, and what may be named.

    `policy` holds the parameters that it may name, its own among them. `names` are by kind what its
    files write down but could not be read: it has a fault already, and who names it has none.
    """

    theme: Theme
    policy: Policy
    names: Mapping[str, Collection[str]] = field(default_factory=dict)
    # The kinds of charts there are, by which figures can be drawn; None where nobody knows.
    charts: Collection[str] | None = None
    # Kinds of which a file could not be read at all: that is told, and any name of them may be right.
    unread: Collection[str] = ()

    def known(self, kind: str, own: Iterable[str]) -> Collection[str]:
        """Return the names of a kind that may be named."""
        if kind in self.unread:
            return _AnyName()
        return list(dict.fromkeys((*own, *self.names.get(kind, ()))))

    @property
    def keys(self) -> Collection[str]:
        """Return the policy parameters that may be named."""
        return self.known("parameter", (parameter.key for parameter in self.policy))

    @property
    def tables(self) -> Mapping[str, Table]:
        """Return the tables of the product and of the theme."""
        return {**tables(), **self.theme.tables}

    @property
    def indicators(self) -> Collection[str]:
        """Return the indicators that may be named."""
        return self.known("indicator", (one.key for one in self.theme.indicators))

    @property
    def rules(self) -> Collection[str]:
        """Return the rules that may be named."""
        return self.known("rule", self.theme.rules_by_key)

    @property
    def features(self) -> Collection[str]:
        """Return the features that may be named."""
        return self.known("feature", self.theme.features)


def theme_faults(checked: Checked) -> Iterator[ThemeError]:
    """Give everything that does not hold together in what could be read of a theme."""
    yield from _sql_faults(checked)
    yield from _reference_faults(checked)
    yield from _composition_faults(checked)
    yield from _point_faults(checked)
    yield from _ledger_faults(checked)
    yield from _site_faults(checked)
    yield from _service_faults(checked)
    yield from _household_faults(checked)
    yield from _sentence_faults(checked.theme)


def _sql_faults(checked: Checked) -> Iterator[ThemeError]:
    theme, keys = checked.theme, checked.keys
    own = {one.name: one for one in theme.feature_sets}
    shared = {one.name: one for one in shared_sets()}
    known = {*checked.known("table", checked.tables), *BASE_TABLES, *shared, *own}
    readable = True
    for name, one in own.items():
        file = str(theme.folder / "features" / f"{name.removeprefix(theme.key + '_')}.sql")
        for fault in _caught(check_query, file, one.sql, known):
            readable = False
            yield fault
        yield from _caught(check_parameters, file, one.sql, keys)
    if not readable:
        return
    circle = reading_circle({**shared, **own})
    if circle:
        place = theme.folder / "features"
        yield ThemeError("themes.circle", place=place, names=" > ".join(circle))
        return
    yield from _column_faults(checked, own)
    yield from _identity_faults(theme, {**shared, **own})
    yield from _expression_faults(theme, own, keys)
    yield from _clock_faults(checked, known)


def _clock_faults(checked: Checked, known: Collection[str]) -> Iterator[ThemeError]:
    """Give what the rows of a clock read, name or lack that is not as it should be."""
    theme = checked.theme
    yield from _unknown(
        theme.folder / "clocks.yaml",
        "clocks",
        "limit",
        filter(None, (clock.limit for clock in theme.clocks)),
        checked.keys,
    )
    for clock in theme.clocks:
        file = theme.folder / "clocks" / f"{clock.key}.sql"
        yield from _caught(check_query, str(file), clock.rows.sql, {*known, FOUND_SINCE})
        yield from _caught(check_parameters, str(file), clock.rows.sql, checked.keys)
        columns = clock.rows.columns
        yield from _unknown(file, clock.key, "columns", columns, CLOCK_COLUMNS)
        yield from _unknown(file, clock.key, "columns", CLOCK_COLUMNS[:2], columns)


def _column_faults(checked: Checked, own: Mapping[str, FeatureSet]) -> Iterator[ThemeError]:
    """Give what the feature sets of subjects lack: their key, their village, a text of a feature."""
    theme, features = checked.theme, checked.features
    keys = {"place_code", *(subject.key for subject in theme.subjects.values())}
    for name, subject in theme.subjects.items():
        own_set = own.get(f"{theme.key}_{name}")
        if own_set is None:
            continue
        place = str(theme.folder / "features" / f"{name}.sql")
        for needed in dict.fromkeys((subject.key, "place_code")):
            if needed not in own_set.columns:
                yield ThemeError("themes.no_key", place=place, column=needed, subject=name)
        for column in own_set.columns:
            if column not in keys and column not in features:
                file = theme.folder / "features.yaml"
                yield ThemeError("themes.no_feature", file=file, column=column, place=place)


def _identity_faults(theme: Theme, sets: Mapping[str, FeatureSet]) -> Iterator[ThemeError]:
    """Give the features that carry who a person is: more people see features than such columns."""
    carried: dict[str, Set[str]] = {
        name: {one.name for one in table.columns.values() if one.identifies}
        for name, table in {**tables(), **theme.tables}.items()
    }
    for one in in_order(sets.values(), sets):
        carried[one.name] = identity_columns(one.sql, carried)
    for name in theme.subjects:
        for column in sorted(carried.get(f"{theme.key}_{name}", ())):
            place = theme.folder / "features" / f"{name}.sql"
            yield ThemeError("themes.sql_identity", place=place, column=column)


def _expression_faults(
    theme: Theme, own: Mapping[str, FeatureSet], keys: Collection[str]
) -> Iterator[ThemeError]:
    for rule in theme.rules:
        place = f"{theme.written[f'rule {rule.key}']} {rule.key}"
        texts = {
            name: getattr(rule, name) for name in ("scope", "when", "value", "threshold", "detail")
        }
        yield from _expressions(
            place, texts, own.get(f"{theme.key}_{rule.subject}"), keys, rule.subject
        )
    for one in theme.indicators:
        place = f"{theme.written[f'indicator {one.key}']} {one.key}"
        texts = {
            name: getattr(one, name)
            for name in ("scope", "numerator", "denominator", "known")
            if getattr(one, name)
        }
        yield from _expressions(place, texts, own.get(one.table), keys, one.subject)
        if one.listed is not None:
            listed = one.listed["subject"]
            texts = {f"listed {name}": sql for name, sql in one.listed_where.items()}
            yield from _expressions(place, texts, own.get(f"{theme.key}_{listed}"), keys, listed)


def _expressions(
    place: str,
    texts: Mapping[str, str],
    feature_set: FeatureSet | None,
    keys: Collection[str],
    subject: str,
) -> Iterator[ThemeError]:
    if feature_set is None:
        yield ThemeError("themes.no_set", place=place, subject=subject)
        return
    for name, sql in texts.items():
        if sql:
            where = f"{place} {name}"
            yield from _caught(check_expression, where, sql, feature_set.columns)
            yield from _caught(check_parameters, where, sql, keys)


def _reference_faults(checked: Checked) -> Iterator[ThemeError]:
    """Give every name of an indicator, rule, feature or table that is none."""
    theme, keys = checked.theme, checked.keys
    file = theme.folder / "theme.yaml"
    indicators, rules, features = checked.indicators, checked.rules, checked.features
    for layer in theme.layers:
        yield from _unknown(file, "layers", "indicator", [layer.indicator], indicators)
        cuts = [cut for cut in layer.breaks if isinstance(cut, str)]
        yield from _unknown(file, "layers", "breaks", cuts, keys)
    for topic in theme.topics:
        yield from _unknown(file, "topics", "indicators", topic.indicators, indicators)
    yield from _unknown(file, "strip", "indicators", theme.strip, indicators)
    for sentence in theme.briefing:
        yield from _unknown(file, "briefing", "indicator", [sentence.indicator], indicators)
    for section in theme.card:
        yield from _unknown(file, f"card.{section.key}", "features", section.features, features)
        yield from _unknown(file, f"card.{section.key}", "rules", section.rules, rules)
    yield from _unknown(file, "due", "rule", theme.due, rules)
    known = {r.key for r in theme.rules if r.subject == "household"}
    about = next((s for s in theme.feature_sets if s.name == f"{theme.key}_household"), None)
    # SQL that cannot be read is told where it stands, and names no columns.
    with suppress(ThemeError):
        known |= {*(about.columns if about else ())}
        yield from _unknown(file, "classes", "classes", theme.classes, known)
    # A matter leads to the list of those it counts.
    listed = set(indicators) - {one.key for one in theme.indicators if not one.lists}
    matters = [one.indicator for one in theme.matters]
    yield from _unknown(file, "matters", "indicator", matters, listed)
    file = theme.folder / "indicators.yaml"
    yield from _limit_faults(theme, checked.policy)
    for one in theme.indicators:
        yield from _unknown(file, one.key, "rules", one.rules, rules)
        yield from _unknown(file, one.key, "explained_by", one.explained_by, rules)
        yield from _unknown(file, one.key, "target", filter(None, [one.target]), keys)


def _composition_faults(checked: Checked) -> Iterator[ThemeError]:
    """Give what a composition names and is not there: indicators, its table and columns, its chart."""
    theme = checked.theme
    file, sets = theme.folder / "theme.yaml", {one.name: one for one in theme.feature_sets}
    sources = (*sets, *checked.known("table", checked.tables), *SUMMED_TABLES)
    for number, made in enumerate(theme.composition, 1):
        place = f"composition {number}"
        named = (*made.indicators, *made.series, *made.down)
        yield from _unknown(file, place, "indicators", named, checked.indicators)
        yield from _unknown(file, place, "table", filter(None, [made.table]), sources)
        if made.table in sets:
            columns = filter(None, (made.column, made.where, made.unless, made.amount))
            yield from _unknown(file, place, "column", columns, sets[made.table].columns)
        lists = checked.known("enumeration", {**enumerations(), **theme.lists})
        yield from _unknown(file, place, "choice", filter(None, [made.choice]), lists)
    if checked.charts is not None:
        yield from chart_faults(theme, checked.charts)


def chart_faults(theme: Theme, charts: Collection[str]) -> Iterator[ThemeError]:
    """Give each kind of chart that a theme names and that is none of those there are."""
    file = theme.folder / "theme.yaml"
    for at, made in enumerate(theme.composition, 1):
        yield from _unknown(file, f"composition {at}", "chart", filter(None, [made.chart]), charts)


def _point_faults(checked: Checked) -> Iterator[ThemeError]:
    """Give what the points name and is not there, and points made of households."""
    theme = checked.theme
    file, known = theme.folder / "theme.yaml", checked.tables
    names = checked.known("table", known)
    for kind in theme.points:
        place, table = f"points {kind.table}", known.get(kind.table)
        if table is None:
            yield from _unknown(file, "points", "table", [kind.table], names)
        elif "household_code" in table.columns:
            yield ThemeError("themes.points_of_people", file=file, table=kind.table)
        else:
            needed = ("name", "place_code", *((kind.closed,) if kind.closed else _LOCATED))
            yield from _unknown(file, place, "columns", (kind.key, *needed), table.columns)
        if kind.households:
            yield from _named_by(file, place, kind.households, checked)
        subjects = checked.known("subject", theme.subjects)
        yield from _unknown(file, place, "subject", filter(None, [kind.subject]), subjects)
        yield from _unknown(file, place, "zones", filter(None, [kind.zones]), names)
        yield from _unknown(file, place, "features", kind.features, checked.features)
        yield from _unknown(file, place, "columns", kind.columns, checked.features)


def _ledger_faults(checked: Checked) -> Iterator[ThemeError]:
    """Give what the ledger names and is not there; a task has the key of its entry."""
    theme, ledger = checked.theme, checked.theme.ledger
    if ledger is None:
        return
    file, sets = theme.folder / "theme.yaml", {one.name: one for one in theme.feature_sets}
    subjects = checked.known("subject", theme.subjects)
    yield from _unknown(file, "ledger", "subject", (ledger.entry, ledger.tasks), subjects)
    yield from _unknown(file, "ledger", "indicator", [ledger.indicator], checked.indicators)
    yield from _unknown(file, "ledger", "limits", ledger.limits.values(), checked.keys)
    entry = theme.subjects.get(ledger.entry)
    for subject, features in ((ledger.entry, ledger.of_entry), (ledger.tasks, ledger.of_task)):
        feature_set = sets.get(f"{theme.key}_{subject}")
        if subject in theme.subjects and feature_set is None:
            yield ThemeError("themes.no_set", place=f"{file} ledger", subject=subject)
        elif feature_set is not None:
            key = [entry.key] if entry else []
            yield from _unknown(
                file, "ledger", "features", (*features.values(), *key), feature_set.columns
            )


def _site_faults(checked: Checked) -> Iterator[ThemeError]:
    """Give what the wall of sites names and is not there."""
    theme, sites, known = checked.theme, checked.theme.sites, checked.tables
    if sites is None:
        return
    file, kinds = theme.folder / "theme.yaml", {kind.table: kind for kind in theme.points}
    yield from _unknown(file, "sites", "points", [sites.points], kinds)
    features = (*sites.parts, *sites.told.values(), *sites.services)
    yield from _unknown(file, "sites", "features", features, checked.features)
    yield from _unknown(file, "sites", "limits", sites.limits, checked.keys)
    kind = kinds.get(sites.points)
    if kind is None:
        return
    table = known.get(kind.households.partition(".")[0])
    yield from _unknown(file, "sites", "origin", [sites.origin], table.columns if table else ())
    if sites.workshops:
        yield from _unknown(file, "sites", "workshops", [sites.workshops], kinds)
        if (shops := known.get(sites.workshops)) is not None:
            yield from _unknown(file, "sites", "workshops", [kind.key], shops.columns)


def _service_faults(checked: Checked) -> Iterator[ThemeError]:
    """Give what the steps of a service name and is not there, or say in one language alone."""
    theme, line = checked.theme, checked.theme.service
    if line is None:
        return
    file, kinds = theme.folder / "theme.yaml", {kind.table: kind for kind in theme.points}
    yield from _unknown(file, "service", "points", [line.points], kinds)
    yield from _unknown(file, "service", "people", [line.people], checked.features)
    for number, step in enumerate(line.steps, 1):
        place = f"service steps {number}"
        yield from _unknown(file, place, "rules", step.rules, checked.rules)
        zh, en = (places_of(step.says[lang]) for lang in ("zh", "en"))
        yield from _odd(f"{file} {place}", zh ^ en, zh & en)
        yield from _unknown(file, place, "says", sorted(zh & en), checked.features)


def _named_by(file: Path, place: str, told: str, checked: Checked) -> Iterator[ThemeError]:
    """Give what is wrong with TABLE.COLUMN, by which rows about households name a point."""
    name, _, column = told.partition(".")
    known = {n: table for n, table in checked.tables.items() if "household_code" in table.columns}
    if name in known:
        yield from _unknown(file, place, "households", [column], known[name].columns)
    elif name not in checked.names.get("table", ()):
        yield from _unknown(file, place, "households", [name], known)


def _limit_faults(theme: Theme, policy: Policy) -> Iterator[ThemeError]:
    """Give each target and break of another quantity or unit than its indicator, or of no place.

    A figure on a map is one of places: what is set for one household or works classes no mean of them.
    """
    by_key = {one.key: one for one in theme.indicators}
    named: list[tuple[str, str, Indicator, str | float]]
    targets = [one for one in theme.indicators if one.target]
    named = [("indicators.yaml", "target", one, one.target) for one in targets]
    for layer in theme.layers:
        if layer.indicator in by_key:
            about = by_key[layer.indicator]
            named += [("theme.yaml", "breaks", about, cut) for cut in layer.breaks]
    for name, entry, indicator, limit in named:
        told = {"limit": limit, "quantity": indicator.quantity, "unit": indicator.unit.key}
        place = f"{theme.folder / name} {indicator.key} {entry}"
        if not isinstance(limit, str):
            low, high = indicator.range
            if not low <= limit <= high:
                yield ThemeError("quantity.fault_range", place=place, **told)
        elif limit in policy.parameters:
            parameter = policy[limit]
            alike = parameter.unit.root == indicator.unit.root
            if not (alike and parameter.quantity in indicator.kind.limits):
                other = {"other": parameter.quantity, "other_unit": parameter.unit.key}
                yield ThemeError("quantity.fault_limit", place=place, **told, **other)
            elif parameter.each not in PLACES:
                of = {"each": parameter.each or "—", "known": ", ".join(PLACES)}
                yield ThemeError("quantity.fault_each", place=place, limit=limit, **of)


def _household_faults(checked: Checked) -> Iterator[ThemeError]:
    """Give what a theme names for lists, cards and samples and is not there."""
    theme, known = checked.theme, checked.tables
    file, names = theme.folder / "theme.yaml", checked.known("table", checked.tables)
    told = (*theme.households.told.values(), *(fit.feature for fit in theme.households.fits))
    yield from _unknown(file, "household", "features", told, checked.features)
    limits = theme.households.limits.values()
    yield from _unknown(file, "limits", "parameter", limits, checked.keys)
    weights = theme.households.weights
    yield from _unknown(file, "inspection", "weights", weights, checked.indicators)
    suspected = (key for keys in theme.households.suspected.values() for key in keys)
    yield from _unknown(file, "inspection", "suspected", suspected, checked.rules)
    for section in theme.card:
        if section.table:
            place, table = f"card.{section.key}", known.get(section.table)
            yield from _unknown(file, place, "table", [section.table], names)
            needed = ("household_code", "place_code", *section.columns)
            yield from _unknown(file, place, "columns", needed, table.columns if table else needed)
    for chain in theme.households.surroundings:
        columns = known["household"].columns
        yield from _unknown(file, "surroundings", "column", [chain.column], columns)
        for step in chain.steps:
            table = known.get(step.table)
            yield from _unknown(file, "surroundings", "table", [step.table], names)
            # Whoever may read a card reads what it lives by, so nothing of it is about a person.
            free = [] if table is None else table.names(privacy="open")
            needed = (step.key, "name", *filter(None, (step.next, step.kind)), *step.more)
            yield from _unknown(file, "surroundings", "columns", needed, free or needed)


def _unknown(
    file: Path, place: str, what: str, names: Iterable[str], known: Collection[str]
) -> Iterator[ThemeError]:
    for name in names:
        if isinstance(name, (dict, list)) or name not in known:
            near = nearest(name, known)
            yield ThemeError(
                "themes.unknown_name", file=file, place=place, field=what, name=name, near=near
            )


def _sentence_faults(theme: Theme) -> Iterator[ThemeError]:
    """Give the sentences whose languages do not fill the same places, or places nothing fills."""
    for rule in theme.rules:
        file = theme.written[f"rule {rule.key}"]
        places = [places_of(rule.reason[lang]) for lang in ("zh", "en")]
        # What nothing fills is told once, not also as a place of one language alone.
        odd = ((places[0] | places[1]) - _TOLD) or (places[0] ^ places[1])
        yield from _odd(f"{file} {rule.key} reason", odd, _TOLD)
    for number, sentence in enumerate(theme.briefing, 1):
        place = f"{theme.folder / 'theme.yaml'} briefing {number}"
        odd = places_of(" ".join(sentence.text.values())) - _SAID
        yield from _odd(place, odd, _SAID)


def _odd(place: str, names: Iterable[str], known: Collection[str]) -> Iterator[ThemeError]:
    told = ", ".join(sorted(known))
    for name in sorted(names):
        yield ThemeError("themes.places", place=place, name=name, known=told)


def _caught(check: Callable[P, None], *given: P.args, **named: P.kwargs) -> Iterator[ThemeError]:
    """Give what a check says; of a text that is no SQL also where it stands, the first argument."""
    try:
        check(*given, **named)
    except ThemeError as fault:
        if fault.key == "rules.fault_sql":
            yield ThemeError("themes.no_sql", place=given[0], **fault.values)
        else:
            yield fault
