"""Who is counted in a figure: the subjects that its numerator adds up, one row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from geodata.access import Derived
from geodata.figures import Indicator
from geodata.figures.month import parts_sql
from geodata.periods import last_day
from geodata.rules import Binding
from geodata.rules.exemption import held_on
from geodata.store import Engine
from geodata.workspace.engines import shared_values
from geodata.workspace.inputs import Setup

COUNTED, LEFT_OUT = "counted_", "left_out_"
COUNTED_COLUMNS = ("subject", "place_code", "household_code")
# What the rules find of whom a figure counts.
FOUND_AMONG = "found_among_"
FOUND_AMONG_COLUMNS = ("place_code", "rule")


def counted_tables(setup: Setup, month: str) -> Mapping[str, Derived]:
    """Return by name the tables of the indicators whose subjects can be listed.

    `counted_KEY` of whom the numerator counts, and where these are the good ones `left_out_KEY` of the
    others of the base.
    """
    add = partial(add_counted, setup=setup, month=month)
    counted = {
        f"{COUNTED}{key}": Derived(_needs(indicator), partial(add, indicator=indicator))
        for key, indicator in setup.indicators.items()
        if indicator.lists
    }
    left_out = {
        f"{LEFT_OUT}{key}": Derived(_needs(indicator), partial(add, indicator=indicator, rest=True))
        for key, indicator in setup.indicators.items()
        if indicator.acts_on_rest
    }
    return counted | left_out


def found_among_tables(setup: Setup, month: str) -> Mapping[str, Derived]:
    """Return by name the tables `found_among_KEY`: FOUND_AMONG_COLUMNS, one row a finding."""
    return {
        f"{FOUND_AMONG}{key}": Derived(
            (f"{COUNTED}{key}", "flags"), partial(_add_found_among, indicator=indicator)
        )
        for key, indicator in setup.indicators.items()
        if indicator.lists
    }


def _add_found_among(engine: Engine, *, indicator: Indicator) -> None:
    engine.add_table(
        f"{FOUND_AMONG}{indicator.key}",
        f"SELECT c.place_code, f.rule FROM {COUNTED}{indicator.key} AS c"
        " JOIN flags AS f ON f.subject = CAST(c.subject AS VARCHAR)"
        f" WHERE f.subject_kind = '{indicator.lists}' AND f.answer = 'yes'",
    )


def _needs(indicator: Indicator) -> tuple[str, ...]:
    listed = (f"{indicator.theme}_{indicator.lists}",) if indicator.listed is not None else ()
    return (indicator.table, *listed)


def add_counted(
    engine: Engine, *, setup: Setup, month: str, indicator: Indicator, rest: bool = False
) -> None:
    """Give an engine that has the features of an indicator the table `counted_KEY`.

    COUNTED_COLUMNS, one row for each subject of the numerator; only of places whose figure is known.
    With `rest` the table `left_out_KEY` of the other subjects of the denominator.
    """
    width, areas = shared_values(
        engine, setup.policy, setup.keys, last_day(month), table=indicator.table
    )
    held, texts = held_on(setup.exemptions, last_day(month)), setup.policy.texts(setup.keys)
    parts = [
        _query(
            setup,
            indicator,
            Binding(month, values, exempt=held, texts=texts),
            prefixes,
            width,
            engine.name,
            rest=rest,
        )
        for prefixes, values in areas
    ]
    engine.add_table(f"{LEFT_OUT if rest else COUNTED}{indicator.key}", " UNION ALL ".join(parts))


def _query(
    setup: Setup,
    indicator: Indicator,
    binding: Binding,
    prefixes: Sequence[str],
    width: int,
    dialect: str,
    *,
    rest: bool,
) -> str:
    theme = next(one for one in setup.themes if one.key == indicator.theme)
    key = theme.subjects[indicator.lists].key
    household = key if indicator.lists == "household" else "CAST(NULL AS VARCHAR)"
    columns = f"SELECT {key} AS subject, place_code, {household} AS household_code"
    listed = ", ".join(f"'{prefix}'" for prefix in prefixes)
    inside = f"SUBSTRING(place_code, 1, {width}) IN ({listed})" if prefixes else "TRUE"
    scope, numerator, denominator = parts_sql(indicator, setup.rules, binding, dialect)
    known = f"({scope}) AND ({denominator}) IS NOT NULL AND {inside}"
    held = f"({numerator}) < ({denominator})" if rest else f"({numerator}) > 0"
    if indicator.listed is None:
        return f"{columns} FROM {indicator.table} WHERE {known} AND {held}"
    where = binding.sql(indicator.listed_where["rest" if rest else "where"], dialect)
    places = f"SELECT place_code FROM {indicator.table} WHERE {known} AND {held}"
    source = f"{indicator.theme}_{indicator.lists}"
    return f"{columns} FROM {source} WHERE ({where}) AND place_code IN ({places})"
