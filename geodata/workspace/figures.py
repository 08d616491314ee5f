"""The figures of a county: the rows that its cube, map and reasons are all made of, and the cube."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import pandas as pd

from geodata import codes
from geodata.figures import Cube, ParameterStep, in_yuan, save_cube, to_successors
from geodata.i18n import LANGUAGES
from geodata.periods import last_day
from geodata.policy.parameter import Lookup
from geodata.policy.policy import split_years
from geodata.rules.feature import in_order, shared_sets
from geodata.rules.lineage import column_parameters, expression_parameters
from geodata.version import __version__
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import FOLDER, Built

LEVELS = ("county", "township", "village")


def county_cube(setup: Setup, built: Sequence[Built]) -> Cube:
    """Return the cube of some built months; its places are those that have a figure."""
    values = village_values(setup, built)
    county, register = setup.config.county, setup.place_register
    places = division_places(values["place"].unique(), LEVELS)
    named = register.places["name"].reindex(places.index).fillna(places.index.to_series())
    return Cube(
        title=county.name or county.code,
        levels=LEVELS,
        places=places.assign(name=named).join(register.terms(places.index)),
        values=values,
        indicators=setup.indicators,
        least_bases=least_bases(setup, built),
        steps=parameter_steps(setup, built),
    )


def least_bases(setup: Setup, built: Sequence[Built]) -> dict[str, int]:
    """Return by month how many must be in question in a place for its share to be ranked.

    Parameter ranking.least_base; a month in which the county has none is left out.
    """
    county = setup.config.county.code
    asked = {
        one.month: setup.policy.at("ranking.least_base", county, last_day(one.month)).value
        for one in built
    }
    return {month: int(least) for month, least in asked.items() if isinstance(least, (int, float))}


def parameter_steps(setup: Setup, built: Sequence[Built]) -> dict[str, tuple[ParameterStep, ...]]:
    """Return by indicator the months from which a parameter it depends on has another value.

    Those of the county; a value that was not usable before is no step, for there was no figure.
    """
    months = sorted(one.month for one in built)
    steps: dict[str, tuple[ParameterStep, ...]] = {}
    for indicator, keys in indicator_parameters(setup).items():
        own = tuple(
            step
            for key in sorted(keys)
            for pair in pairwise(months)
            if (step := _step(setup, key, pair)) is not None
        )
        if own:
            steps[indicator] = own
    return steps


def indicator_parameters(setup: Setup) -> dict[str, frozenset[str]]:
    """Return by indicator the parameters that its figure depends on.

    A threshold of the year that it judges (years_ago) is left out: it does not change for whom it judges.
    """
    sets = in_order((*shared_sets(), *setup.sets), [one.name for one in setup.sets])
    columns = column_parameters(sets)
    depends: dict[str, frozenset[str]] = {}
    for theme in setup.themes:
        for one in theme.indicators:
            rules = [theme.rules_by_key[key] for key in one.rules]
            texts = [one.scope, *(sql for rule in rules for sql in (rule.scope, rule.when))]
            texts += [] if rules else [one.numerator, one.denominator]
            keys = expression_parameters(texts, columns.get(one.table, {}))
            depends[one.key] = frozenset(key for key in keys if not split_years(key)[1])
    return depends


def _step(setup: Setup, key: str, months: tuple[str, str]) -> ParameterStep | None:
    """Return the step of a parameter between two months; None where it has one value in both."""
    parameter, place = setup.policy[key], setup.config.county.code
    before, after = (parameter.at(place, last_day(month)) for month in months)
    if before.comparable is None or after.comparable in (None, before.comparable):
        return None
    told = [{lang: _written(one, lang) for lang in LANGUAGES} for one in (before, after)]
    return ParameterStep(key, months[1], parameter.title, *told)


def _written(value: Lookup, lang: str) -> str:
    number = value.value
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return str(number)
    return value.parameter.unit.after(f"{number:,.10g}", lang)


def write_county_cube(setup: Setup, built: Sequence[Built], cube: Cube) -> Path:
    """Write the cube of some built months as NetCDF beside them, unless it is there."""
    register = setup.place_register.places.to_csv()
    inputs = {
        **{one.month: one.digest for one in built},
        "guatu": __version__,
        "places": hashlib.sha256(register.encode()).hexdigest(),
        "indicators": hashlib.sha256(repr(list(setup.indicators.values())).encode()).hexdigest(),
    }
    return save_cube(setup.config.store / FOLDER, cube, inputs)


def division_places(villages: Iterable[str], levels: Sequence[str]) -> pd.DataFrame:
    """Return level, name (the code) and parent of villages and the places above them, by code.

    The beginnings of a code are its parents; the top level stands first.
    """
    codes_of = {level: sorted({codes.at_level(one, level) for one in villages}) for level in levels}
    rows = [
        (key, level, key, codes.at_level(key, levels[depth - 1]) if depth else None)
        for depth, (level, keys) in enumerate(codes_of.items())
        for key in keys
    ]
    frame = pd.DataFrame(rows, columns=["key", "level", "name", "parent"], dtype=object)
    return frame.set_index("key")


def village_values(setup: Setup, built: Sequence[Built], table: str = "figures") -> pd.DataFrame:
    """Return the figures of built months by village and period, as `geodata.figures.Cube` has them.

    A village that has ended stands under its successor in every month. `table` is figures, or
    figures_before: by the rules of the month before.
    """
    rows = [village_sums(setup, one, table).assign(period=one.month) for one in built]
    values = in_yuan(pd.concat(rows, ignore_index=True), setup.indicators)
    sums = [key for key, one in setup.indicators.items() if one.adds_up == "sum"]
    plain = values["indicator"].isin(sums) & values["numerator"].notna()
    return values.assign(denominator=values["denominator"].mask(plain, 1.0))


def village_sums(setup: Setup, built: Built, table: str) -> pd.DataFrame:
    """Return a table of SUMS of a month by village, those that have ended under their successors."""
    return to_successors(built.frame(table), setup.place_register.successors)
