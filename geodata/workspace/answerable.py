"""What of a theme's SQL an engine could not run over the rows of a month: it answers nothing there.

That it can be run at all is known before a theme enters; a CAST may still fail on one row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from geodata.errors import ThemeError
from geodata.figures import Indicator, month_figures
from geodata.rules import FeatureSet, Rule
from geodata.rules.compile import answers_query
from geodata.rules.dry_run import ENGINE_ERRORS, engine_words
from geodata.rules.feature import in_order, shared_sets
from geodata.store import Engine
from geodata.themes import Theme, ThemeFault
from geodata.workspace.engines import PolicyArea, month_engine, policy_areas
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built

UNANSWERED = "unanswered"
_COLUMNS = ("theme", "kind", "name", "place", "said")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


@dataclass(frozen=True)
class Unanswered:
    """A feature set, rule or indicator that could not be answered: its theme, place and what the engine said.

    `kind` is set, rule or indicator; `place` is the file, and the key in it.
    """

    theme: str
    kind: str
    name: str
    place: str
    said: str

    def fault(self, month: str) -> ThemeFault:
        """Return it as what people are told of a theme."""
        error = ThemeError("themes.cannot_answer", place=self.place, month=month, problem=self.said)
        return ThemeFault(self.theme, error, "themes.unanswered")


def unanswered_in(built: Built) -> tuple[Unanswered, ...]:
    """Return what could not be answered when a month was built, () where all was."""
    tables = map(pq.read_table, built.files(UNANSWERED))
    return tuple(Unanswered(**row) for table in tables for row in table.to_pylist())


def unanswered_table(unanswered: Collection[Unanswered]) -> pa.Table:
    """Return them as the table that is saved with a month."""
    columns = [[getattr(one, name) for one in unanswered] for name in _COLUMNS]
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(_COLUMNS))


def answerable(setup: Setup, unanswered: Collection[Unanswered]) -> Setup:
    """Return the setup in which what could not be answered answers unknown; the rest stays.

    A feature set has no rows then, a rule is unknown of everybody, an indicator has no value.
    """
    if not unanswered:
        return setup
    names = {(one.kind, one.name) for one in unanswered}
    themes = tuple(_answerable(theme, names) for theme in setup.themes)
    return replace(setup, registry=replace(setup.registry, themes=themes))


def find_unanswered(setup: Setup, month: str) -> tuple[Unanswered, ...]:
    """Return what cannot be run over the rows of a month, each thing tried by itself."""
    unanswered: list[Unanswered] = []
    with month_engine(setup.store, month, setup.tables, entered=setup.entered) as (engine, _):
        for area in policy_areas(engine, setup.policy, setup.keys, month, setup.tables):
            for one in _of_area(engine, setup, area):
                if (one.kind, one.name) not in {(each.kind, each.name) for each in unanswered}:
                    unanswered.append(one)
    return tuple(unanswered)


def _of_area(engine: Engine, setup: Setup, area: PolicyArea) -> Iterator[Unanswered]:
    owner = {one.name: theme for theme in setup.themes for one in theme.feature_sets}
    for one in in_order((*shared_sets(), *setup.sets), [each.name for each in setup.sets]):
        make = partial(_add, engine, area, one)
        theme = owner.get(one.name)
        problem = "" if theme is None else _problem(make)
        if theme is None:
            make()
        elif problem:
            file = theme.folder / "features" / f"{one.name.removeprefix(theme.key + '_')}.sql"
            # A set reads the rows themselves, so that a value in quotes may be about somebody.
            told = _QUOTED.sub("'…'", problem)
            yield Unanswered(theme.key, "set", one.name, _within(theme, file), told)
            _add(engine, area, _without_rows(one))
    rules = dict(setup.rules)
    for theme in setup.themes:
        for rule in theme.rules:
            query = answers_query([rule], area.binding, engine.name)
            for failed in _tried(theme, "rule", rule.key, partial(engine.rows, query)):
                # An indicator that counts the rule does not fail for that.
                rules[rule.key] = unknown_rule(rule)
                yield failed
        for indicator in theme.indicators:
            figures = partial(month_figures, engine, [indicator], rules, area.binding)
            yield from _tried(theme, "indicator", indicator.key, figures)


def _add(engine: Engine, area: PolicyArea, features: FeatureSet) -> None:
    engine.add_table(features.name, area.binding.sql(features.sql, engine.name))


def _tried(theme: Theme, kind: str, key: str, work: Callable[[], object]) -> Iterator[Unanswered]:
    problem = _problem(work)
    if problem:
        place = f"{_within(theme, theme.written[f'{kind} {key}'])} {key}"
        yield Unanswered(theme.key, kind, key, place, problem)


def _problem(work: Callable[[], object]) -> str:
    try:
        work()
    except ENGINE_ERRORS as problem:
        return engine_words(problem)
    return ""


def _within(theme: Theme, file: Path) -> str:
    """Return a file of a theme as it is called in it, the same on every machine."""
    return f"{theme.key}/{file.relative_to(theme.folder)}"


def _answerable(theme: Theme, names: Collection[tuple[str, str]]) -> Theme:
    return replace(
        theme,
        feature_sets=tuple(
            _without_rows(one) if ("set", one.name) in names else one for one in theme.feature_sets
        ),
        rules=tuple(
            unknown_rule(one) if ("rule", one.key) in names else one for one in theme.rules
        ),
        indicators=tuple(
            _unknown_indicator(one) if ("indicator", one.key) in names else one
            for one in theme.indicators
        ),
    )


def _without_rows(features: FeatureSet) -> FeatureSet:
    columns = ", ".join(features.columns)
    return replace(features, sql=f"SELECT {columns} FROM ({features.sql}) AS failed WHERE FALSE")


def unknown_rule(rule: Rule) -> Rule:
    """Return a rule that is unknown of everybody."""
    unknown = "CAST(NULL AS BOOLEAN)"
    return replace(rule, scope="TRUE", when=unknown, value="NULL", threshold="NULL", detail="NULL")


def _unknown_indicator(indicator: Indicator) -> Indicator:
    return replace(
        indicator, scope="TRUE", numerator="NULL", denominator="1", rules=(), listed=None
    )
