"""A theme checked as a whole: everything it names is there, and its SQL only reads."""

from __future__ import annotations

import string
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import ParamSpec

from geodata.entries import nearest
from geodata.errors import ThemeError
from geodata.figures.month import month_figures
from geodata.policy import Policy
from geodata.rules import FeatureSet
from geodata.rules.base_tables import BASE_TABLES
from geodata.rules.compile import answers_query
from geodata.rules.dry_run import ENGINE_ERRORS, empty_month, engine_words
from geodata.rules.feature import in_order, shared_sets
from geodata.rules.identity import identity_columns
from geodata.rules.sql_checks import (
    check_expression,
    check_parameters,
    check_query,
    reading_circle,
)
from geodata.tables import tables
from geodata.themes.base import Theme

# Small tables that are there in every month, beside those of the county.
P = ParamSpec("P")
_LOCATED = ("longitude", "latitude")
_TOLD = frozenset({"value", "threshold", "detail", "year", "month"})


def theme_faults(theme: Theme, policy: Policy) -> Iterator[ThemeError]:
    """Give everything that does not hold together in a theme that could be read.

    `policy` holds the parameters that it may name, its own among them.
    """
    yield from _sql_faults(theme, [parameter.key for parameter in policy])
    yield from _reference_faults(theme, policy)
    yield from _point_faults(theme)
    yield from _household_faults(theme)
    yield from _sentence_faults(theme)


def _sql_faults(theme: Theme, keys: Collection[str]) -> Iterator[ThemeError]:
    own = {one.name: one for one in theme.feature_sets}
    shared = {one.name: one for one in shared_sets()}
    known = {*tables(), *theme.tables, *BASE_TABLES, *shared, *own}
    readable = True
    for name, one in own.items():
        place = str(theme.folder / "features" / f"{name.removeprefix(theme.key + '_')}.sql")
        for fault in _caught(check_query, place, one.sql, known):
            readable = False
            yield fault
        yield from _caught(check_parameters, place, one.sql, keys)
    if not readable:
        return
    circle = reading_circle({**shared, **own})
    if circle:
        place = theme.folder / "features"
        yield ThemeError("themes.circle", place=place, names=" > ".join(circle))
        return
    yield from _column_faults(theme, own)
    yield from _identity_faults(theme, {**shared, **own})
    yield from _expression_faults(theme, own, keys)


def engine_faults(theme: Theme, policy: Policy) -> Iterator[ThemeError]:
    """Give the SQL of a theme that holds together otherwise, but that an engine cannot run.

    It is run over a month without rows, so that what the engine says holds no data.
    """
    known = {**tables(), **theme.tables}
    rules = theme.rules_by_key
    with empty_month(theme.feature_sets, theme.rules, policy, known) as (engine, names):
        for one in in_order(
            (*shared_sets(), *theme.feature_sets), [each.name for each in theme.feature_sets]
        ):
            file = theme.folder / "features" / f"{one.name.removeprefix(theme.key + '_')}.sql"
            query = names.sql(one.sql, engine.name)
            faults = tuple(_run(str(file), engine.add_table, one.name, query))
            if faults:
                yield from faults
                return
        for rule in theme.rules:
            place = f"{theme.written[f'rule {rule.key}']} {rule.key}"
            yield from _run(place, engine.rows, answers_query([rule], names, engine.name))
        for indicator in theme.indicators:
            place = f"{theme.written[f'indicator {indicator.key}']} {indicator.key}"
            yield from _run(place, month_figures, engine, [indicator], rules, names)


def _run(
    place: str, work: Callable[P, object], *given: P.args, **named: P.kwargs
) -> Iterator[ThemeError]:
    try:
        work(*given, **named)
    except ENGINE_ERRORS as problem:
        yield ThemeError("themes.sql_engine", place=place, problem=engine_words(problem))


def _column_faults(theme: Theme, own: Mapping[str, FeatureSet]) -> Iterator[ThemeError]:
    """Give what the feature sets of subjects lack: their key, their village, a text of a feature."""
    keys = {"place_code", *(subject.key for subject in theme.subjects.values())}
    for name, subject in theme.subjects.items():
        found = own.get(f"{theme.key}_{name}")
        if found is None:
            continue
        place = str(theme.folder / "features" / f"{name}.sql")
        for needed in dict.fromkeys((subject.key, "place_code")):
            if needed not in found.columns:
                yield ThemeError("themes.no_key", place=place, column=needed, subject=name)
        for column in found.columns:
            if column not in keys and column not in theme.features:
                file = theme.folder / "features.yaml"
                yield ThemeError("themes.no_feature", file=file, column=column, place=place)


def _identity_faults(theme: Theme, sets: Mapping[str, FeatureSet]) -> Iterator[ThemeError]:
    """Give the features that carry who a person is: more people see features than such columns."""
    carried: dict[str, Collection[str]] = {
        name: {one.name for one in table.columns.values() if one.privacy == "identity"}
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
        texts = {name: getattr(one, name) for name in ("scope", "numerator", "denominator")}
        yield from _expressions(place, texts, own.get(one.table), keys, one.subject)


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


def _reference_faults(theme: Theme, policy: Policy) -> Iterator[ThemeError]:
    """Give every name of an indicator, rule, feature or table that is none."""
    file = theme.folder / "theme.yaml"
    indicators = [one.key for one in theme.indicators]
    rules, features = list(theme.rules_by_key), list(theme.features)
    keys = [parameter.key for parameter in policy]
    for layer in theme.layers:
        yield from _unknown(file, "layers", "indicator", [layer.indicator], indicators)
        cuts = [cut for cut in layer.breaks if isinstance(cut, str)]
        yield from _unknown(file, "layers", "breaks", cuts, keys)
    if not theme.layers:
        yield ThemeError("rules.fault_absent", place=file, field="layers")
    for topic in theme.topics:
        yield from _unknown(file, "topics", "indicators", topic.indicators, indicators)
    told = [key for topic in theme.topics for key in topic.indicators]
    for key in indicators:
        if key not in told:
            yield ThemeError("themes.no_topic", file=file, indicator=key)
    for sentence in theme.briefing:
        yield from _unknown(file, "briefing", "indicator", [sentence.indicator], indicators)
    for section in theme.card:
        yield from _unknown(file, f"card.{section.key}", "features", section.features, features)
        yield from _unknown(file, f"card.{section.key}", "rules", section.rules, rules)
    yield from _unknown(file, "due", "rule", theme.due, rules)
    for made in theme.composition:
        named = (*made.indicators, *made.series, *made.down)
        yield from _unknown(file, "composition", "indicators", named, indicators)
    file = theme.folder / "indicators.yaml"
    yield from _limit_faults(theme, policy)
    for one in theme.indicators:
        yield from _unknown(file, one.key, "rules", one.own_rules, rules)
        yield from _unknown(file, one.key, "target", filter(None, [one.target]), keys)


def _point_faults(theme: Theme) -> Iterator[ThemeError]:
    """Give what the points name and is not there, and points made of households."""
    file, known = theme.folder / "theme.yaml", {**tables(), **theme.tables}
    for kind in theme.points:
        place, table = f"points {kind.table}", known.get(kind.table)
        if table is None:
            yield from _unknown(file, "points", "table", [kind.table], known)
        elif "household_code" in table.columns:
            yield ThemeError("themes.points_of_people", file=file, table=kind.table)
        else:
            needed = ("name", "place_code", *((kind.closed,) if kind.closed else _LOCATED))
            yield from _unknown(file, place, "columns", (kind.key, *needed), table.columns)
        yield from _unknown(file, place, "subject", filter(None, [kind.subject]), theme.subjects)
        yield from _unknown(file, place, "zones", filter(None, [kind.zones]), known)
        yield from _unknown(file, place, "features", kind.features, theme.features)
        yield from _unknown(file, place, "columns", kind.columns, theme.features)


def _limit_faults(theme: Theme, policy: Policy) -> Iterator[ThemeError]:
    """Give each target and break that is of another quantity or unit than its indicator."""
    by_key = {one.key: one for one in theme.indicators}
    named = [("indicators.yaml", one, one.target) for one in theme.indicators if one.target]
    for layer in theme.layers:
        if layer.indicator in by_key:
            named += [("theme.yaml", by_key[layer.indicator], cut) for cut in layer.breaks]
    for name, indicator, limit in named:
        told = {"limit": limit, "quantity": indicator.quantity, "unit": indicator.unit.key}
        place = f"{theme.folder / name} {indicator.key}"
        if not isinstance(limit, str):
            low, high = indicator.range
            if not low <= limit <= high:
                yield ThemeError("quantity.fault_range", place=place, **told)
        elif limit in policy.parameters:
            found = policy[limit]
            fits = found.quantity in indicator.kind.limits and found.unit.key == indicator.unit.key
            if not fits:
                other = {"other": found.quantity, "other_unit": found.unit.key}
                yield ThemeError("quantity.fault_limit", place=place, **told, **other)


def _household_faults(theme: Theme) -> Iterator[ThemeError]:
    """Give what a theme names for lists, cards and samples and is not there."""
    file, known = theme.folder / "theme.yaml", {**tables(), **theme.tables}
    told = (*theme.households.told.values(), *(fit.feature for fit in theme.households.fits))
    yield from _unknown(file, "household", "features", told, theme.features)
    indicators = [one.key for one in theme.indicators]
    yield from _unknown(file, "inspection", "weights", theme.households.weights, indicators)
    suspected = (key for keys in theme.households.suspected.values() for key in keys)
    yield from _unknown(file, "inspection", "suspected", suspected, theme.rules_by_key)
    for section in theme.card:
        if section.table:
            place, table = f"card.{section.key}", known.get(section.table)
            yield from _unknown(file, place, "table", [section.table], known)
            needed = ("household_code", "place_code", *section.columns)
            yield from _unknown(file, place, "columns", needed, table.columns if table else needed)
    for chain in theme.households.surroundings:
        columns = known["household"].columns
        yield from _unknown(file, "surroundings", "column", [chain.column], columns)
        for step in chain.steps:
            table = known.get(step.table)
            yield from _unknown(file, "surroundings", "table", [step.table], known)
            # Whoever may read a card reads what it lives by, so nothing of it is about a person.
            free = [] if table is None else table.names(privacy="open")
            needed = (step.key, "name", *filter(None, (step.next, step.kind)), *step.more)
            yield from _unknown(file, "surroundings", "columns", needed, free or needed)


def _unknown(
    file: Path, place: str, field: str, names: Iterable[str], known: Collection[str]
) -> Iterator[ThemeError]:
    for name in names:
        if isinstance(name, (dict, list)) or name not in known:
            near = nearest(name, known)
            yield ThemeError(
                "themes.unknown_name", file=file, place=place, field=field, name=name, near=near
            )


def _sentence_faults(theme: Theme) -> Iterator[ThemeError]:
    """Give the sentences whose languages do not fill the same places, or places nothing fills."""
    for rule in theme.rules:
        file = theme.written[f"rule {rule.key}"]
        places = [_places(rule.reason[lang]) for lang in ("zh", "en")]
        odd = sorted((places[0] ^ places[1]) | (places[0] - _TOLD))
        if odd:
            yield ThemeError(
                "themes.places",
                place=f"{file} {rule.key}",
                name=odd[0],
                known=", ".join(sorted(_TOLD)),
            )


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _caught(check: Callable[P, None], *given: P.args, **named: P.kwargs) -> Iterator[ThemeError]:
    try:
        check(*given, **named)
    except ThemeError as fault:
        yield fault
