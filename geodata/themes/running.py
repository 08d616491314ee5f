"""The SQL of a theme run over a month without rows, so that what an engine says of it holds no data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ParamSpec

from geodata.errors import ThemeError
from geodata.figures.month import month_figures
from geodata.policy import Policy
from geodata.rules.base_tables import FOUND_SINCE, FOUND_SINCE_COLUMNS
from geodata.rules.compile import answers_query
from geodata.rules.dry_run import ENGINE_ERRORS, empty_month, engine_words
from geodata.rules.feature import in_order, shared_sets
from geodata.store.engine import no_rows
from geodata.tables import tables
from geodata.themes.base import Theme

P = ParamSpec("P")


def engine_faults(theme: Theme, policy: Policy) -> Iterator[ThemeError]:
    """Give the SQL of a theme that holds together otherwise, but that an engine cannot run.

    It is run over a month without rows, so that what the engine says holds no data.
    """
    known = {**tables(), **theme.tables}
    rules = theme.rules_by_key
    clocks = tuple(clock.rows for clock in theme.clocks)
    asked = (*theme.feature_sets, *clocks)
    with empty_month(asked, theme.rules, policy, known) as (engine, names):
        engine.add_view(FOUND_SINCE, no_rows(FOUND_SINCE_COLUMNS))
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
        for clock in theme.clocks:
            place = str(theme.folder / "clocks" / f"{clock.key}.sql")
            yield from _run(place, engine.rows, names.sql(clock.rows.sql, engine.name))


def _run(
    place: str, work: Callable[P, object], *given: P.args, **named: P.kwargs
) -> Iterator[ThemeError]:
    try:
        work(*given, **named)
    except ENGINE_ERRORS as problem:
        yield ThemeError("themes.sql_engine", place=place, problem=engine_words(problem))
