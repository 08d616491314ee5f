"""The figures of one month: every indicator summed over the subjects of each village."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import pandas as pd
from sqlglot import exp

from geodata.cube.measure import Measure
from geodata.rules import Binding, Rule
from geodata.rules.compile import UNKNOWN, YES, answer
from geodata.store import Engine

PARTS = ("numerator", "denominator", "missing", "subjects")
COLUMNS = ["place", "indicator", *PARTS]


def month_figures(
    engine: Engine, measures: Sequence[Measure], rules: Mapping[str, Rule], binding: Binding
) -> pd.DataFrame:
    """Return one row for each village and indicator with any subject in scope.

    `numerator` and `denominator` are over the subjects whose parts are known, `missing` counts the
    others, `subjects` all in scope. Money stays in fen. Sorted by indicator and place.
    """
    found = []
    for table, group in groupby(sorted(measures, key=lambda m: m.table), key=lambda m: m.table):
        chosen = list(group)
        query = _query(table, chosen, rules, binding)
        found.append(_long(engine.frame(query.sql(dialect=engine.name)), chosen))
    figures = pd.concat(found, ignore_index=True)
    figures = figures[figures["subjects"] > 0]
    return figures.sort_values(["indicator", "place"], ignore_index=True)[COLUMNS]


def _query(
    table: str, measures: Sequence[Measure], rules: Mapping[str, Rule], binding: Binding
) -> exp.Select:
    """Return one SELECT by place with four sums for each indicator, in the order of PARTS."""
    inner = [exp.column("place_code")]
    outer = [exp.alias_(exp.column("place_code"), "place")]
    for number, measure in enumerate(measures):
        scope, numerator, denominator = _parts(measure, rules, binding)
        inner += [
            exp.alias_(exp.and_(exp.paren(scope), exp.true()), f"s{number}"),
            exp.alias_(exp.cast(numerator, "DOUBLE"), f"n{number}"),
            exp.alias_(exp.cast(denominator, "DOUBLE"), f"d{number}"),
        ]
        known = f"s{number} AND n{number} IS NOT NULL AND d{number} IS NOT NULL"
        outer += [
            _sum(f"CASE WHEN {known} THEN n{number} END", f"numerator__{number}"),
            _sum(f"CASE WHEN {known} THEN d{number} END", f"denominator__{number}"),
            _sum(f"CASE WHEN s{number} AND NOT ({known}) THEN 1 ELSE 0 END", f"missing__{number}"),
            _sum(f"CASE WHEN s{number} THEN 1 ELSE 0 END", f"subjects__{number}"),
        ]
    source = exp.select(*inner).from_(table).subquery("judged")
    return exp.select(*outer).from_(source).group_by("place_code")


def _parts(
    measure: Measure, rules: Mapping[str, Rule], binding: Binding
) -> tuple[exp.Expression, exp.Expression, exp.Expression]:
    """Return scope, numerator and denominator; with rules: whether any of them is broken."""
    if not measure.rules:
        return tuple(
            binding.fill(sql) for sql in (measure.scope, measure.numerator, measure.denominator)
        )
    answers = [exp.paren(answer(rules[key], binding)) for key in measure.rules]
    judged = exp.or_(*(exp.not_(exp.Is(this=a.copy(), expression=exp.Null())) for a in answers))
    broken = exp.or_(*(exp.EQ(this=a.copy(), expression=exp.convert(YES)) for a in answers))
    unknown = exp.or_(*(exp.EQ(this=a.copy(), expression=exp.convert(UNKNOWN)) for a in answers))
    numerator = exp.case().when(broken, "1").when(unknown, exp.Null()).else_("0")
    scope = exp.and_(exp.paren(binding.fill(measure.scope)), exp.paren(judged))
    return scope, numerator, exp.convert(1)


def _sum(expression: str, name: str) -> exp.Expression:
    return exp.alias_(exp.cast(exp.func("SUM", exp.maybe_parse(expression)), "DOUBLE"), name)


def _long(wide: pd.DataFrame, measures: Sequence[Measure]) -> pd.DataFrame:
    frames = []
    for number, measure in enumerate(measures):
        columns = {f"{part}__{number}": part for part in PARTS}
        frame = wide[["place", *columns]].rename(columns=columns)
        frames.append(frame.assign(indicator=measure.key))
    return pd.concat(frames, ignore_index=True)
