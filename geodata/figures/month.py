"""The figures of one month: every indicator summed over the subjects of each village."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from geodata.figures.indicator import Indicator
from geodata.figures.totals import PARTS
from geodata.rules import Binding, Rule
from geodata.rules.compile import UNKNOWN, YES, answer
from geodata.store import Engine
from geodata.yaml_entries import check_value

COLUMNS = ["place", "indicator", *PARTS]
_FIGURES = pa.schema(
    [(name, pa.string() if name in ("place", "indicator") else pa.float64()) for name in COLUMNS]
)
# Sums of decimals do not depend on the order of rows, so that a rebuilt month has the same bytes.
_EXACT = "DECIMAL(18, 4)"


def month_figures(
    engine: Engine, indicators: Sequence[Indicator], rules: Mapping[str, Rule], binding: Binding
) -> pa.Table:
    """Return one row for each village and indicator with any subject in scope.

    `numerator` and `denominator` are over the subjects whose parts are known, `missing` counts the
    others, `subjects` all in scope. Money stays in fen. Sorted by indicator and place.
    """
    by_indicator: dict[str, pa.Table] = {}
    for table, group in groupby(sorted(indicators, key=lambda m: m.table), key=lambda m: m.table):
        chosen = list(group)
        wide = engine.rows(_query(table, chosen, rules, binding, engine.name))
        for number, indicator in enumerate(chosen):
            by_indicator[indicator.key] = _of_indicator(wide, number, indicator)
    return pa.concat_tables(
        [_FIGURES.empty_table(), *(by_indicator[key] for key in sorted(by_indicator))]
    )


def _query(
    table: str,
    indicators: Sequence[Indicator],
    rules: Mapping[str, Rule],
    binding: Binding,
    dialect: str,
) -> str:
    """Return one SELECT by place with four sums for each indicator, in the order of PARTS."""
    inner, outer = [], []
    for n, indicator in enumerate(indicators):
        scope, numerator, denominator = parts_sql(indicator, rules, binding, dialect)
        inner += [
            f"({scope}) AS s{n}",
            f"CAST({numerator} AS {_EXACT}) AS n{n}",
            f"CAST({denominator} AS {_EXACT}) AS d{n}",
        ]
        known = f"s{n} AND n{n} IS NOT NULL AND d{n} IS NOT NULL"
        outer += [
            f"CAST(SUM(CASE WHEN {known} THEN n{n} END) AS DOUBLE) AS numerator__{n}",
            f"CAST(SUM(CASE WHEN {known} THEN d{n} END) AS DOUBLE) AS denominator__{n}",
            f"COUNT(CASE WHEN s{n} AND NOT ({known}) THEN 1 END) AS missing__{n}",
            f"COUNT(CASE WHEN s{n} THEN 1 END) AS subjects__{n}",
        ]
    return (
        f"SELECT place_code AS place, {', '.join(outer)}"
        f" FROM (SELECT place_code, {', '.join(inner)} FROM {table}) AS judged GROUP BY place_code"
    )


def parts_sql(
    indicator: Indicator, rules: Mapping[str, Rule], binding: Binding, dialect: str
) -> tuple[str, str, str]:
    """Return scope, numerator and denominator; with rules: whether any of those of the day is broken.

    Where none of its rules is applied on the day, nobody is in scope; where `known` does not hold, both
    parts are unknown. Raises ThemeError naming a rule of the indicator that is not there.
    """
    scope, numerator, denominator = _parts(indicator, rules, binding, dialect)
    if not indicator.known:
        return scope, numerator, denominator
    known = binding.sql(indicator.known, dialect)
    numerator, denominator = (
        f"CASE WHEN {known} THEN {part} END" for part in (numerator, denominator)
    )
    return scope, numerator, denominator


def _parts(
    indicator: Indicator, rules: Mapping[str, Rule], binding: Binding, dialect: str
) -> tuple[str, str, str]:
    scope = binding.sql(indicator.scope, dialect)
    if not indicator.rules:
        parts = (indicator.numerator, indicator.denominator)
        return scope, *(binding.sql(sql, dialect) for sql in parts)  # type: ignore[return-value]
    for key in indicator.rules:
        check_value(f"{indicator.theme} {indicator.key}", "rules", key, rules)
    applied = [key for key in indicator.rules if rules[key].holds_on(binding.day)]
    if not applied:
        return "FALSE", "NULL", "1"
    answers = [f"({answer(rules[key], binding, dialect)})" for key in applied]
    judged = " OR ".join(f"{one} IS NOT NULL" for one in answers)
    broken = " OR ".join(f"{one} = {YES}" for one in answers)
    answered = " OR ".join(f"{one} <> {UNKNOWN}" for one in answers)
    numerator = f"CASE WHEN {broken} THEN 1 WHEN {answered} THEN 0 END"
    return f"({scope}) AND ({judged})", numerator, "1"


def _of_indicator(wide: pa.Table, number: int, indicator: Indicator) -> pa.Table:
    """Return the figures of one indicator, with subjects only, sorted by place."""
    key = pa.array([indicator.key] * wide.num_rows, pa.string())
    parts = [wide[f"{part}__{number}"] for part in PARTS]
    table = pa.table([wide["place"], key, *parts], names=COLUMNS).cast(_FIGURES)
    return table.filter(pc.field("subjects") > 0).sort_by("place")
