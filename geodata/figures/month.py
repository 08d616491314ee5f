"""The figures of one month: every indicator summed over the subjects of each village."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import pyarrow as pa

from geodata.figures.indicator import Indicator
from geodata.figures.totals import PARTS
from geodata.rules import Binding, Rule
from geodata.rules.compile import UNKNOWN, YES, answer, unpivoted
from geodata.store import Engine
from geodata.store.engine import in_order_of, no_rows
from geodata.yaml_entries import check_value

COLUMNS = ["place", "indicator", *PARTS]
FIGURE_ORDER = ("indicator", "place")
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
    sql = in_order_of(figures_query(indicators, rules, binding, engine.name), FIGURE_ORDER)
    return engine.rows(sql).cast(_FIGURES)


def figures_query(
    indicators: Sequence[Indicator],
    rules: Mapping[str, Rule],
    binding: Binding,
    dialect: str,
) -> str:
    """Return the SELECT of what `month_figures` gives, unsorted."""
    queries = [
        no_rows({"place": "STRING", "indicator": "STRING", **dict.fromkeys(PARTS, "DOUBLE")})
    ]
    for table, group in groupby(sorted(indicators, key=lambda m: m.table), key=lambda m: m.table):
        chosen = list(group)
        wide = _query(table, chosen, rules, binding, dialect)
        columns = {m.key: [f"{part}__{n}" for part in PARTS] for n, m in enumerate(chosen)}
        parts = ", ".join(f"CAST({part} AS DOUBLE) AS {part}" for part in PARTS)
        queries.append(
            f"SELECT place, indicator, {parts}"
            f" FROM {unpivoted(wide, PARTS, 'indicator', columns, dialect)} WHERE subjects > 0"
        )
    return "\nUNION ALL\n".join(queries)


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
