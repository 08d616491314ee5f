"""Rules run for one month: features, findings and counts by place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from geodata.rules.binding import Binding, bound_keys
from geodata.rules.compile import ANSWERS, counts_query, features_table, findings_query
from geodata.rules.feature import FeatureSet, in_order, shared_sets
from geodata.rules.rule import Rule
from geodata.store import Engine

FLAG_COLUMNS = ("subject_kind", "subject", "place", "rule", "value", "threshold", "detail")


@dataclass(frozen=True)
class Findings:
    """What the rules say about a month.

    `flags` has one row for each broken rule: FLAG_COLUMNS, sorted by place, subject and rule.
    `counts` has one row for each place and rule: place, rule, yes, no, unknown, exempt; subjects
    that the rule does not judge are in none of the four.
    """

    flags: pa.Table
    counts: pa.Table


def needed_keys(sets: Iterable[FeatureSet], rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the policy parameters that feature sets and rules name, the shared sets included."""
    texts = [feature_set.sql for feature_set in (*shared_sets(), *sets)]
    keys = {key for rule in rules for key in rule.parameters}
    return tuple(sorted(keys.union(bound_keys(texts))))


def make_features(
    engine: Engine,
    sets: Sequence[FeatureSet],
    binding: Binding,
    *,
    wanted: Iterable[str] | None = None,
) -> tuple[FeatureSet, ...]:
    """Make a table of the wanted feature sets (default all) and of those they read.

    Returns them in the order they were made. The base tables must be in the engine already.
    """
    names = sorted(wanted) if wanted else [feature_set.name for feature_set in sets]
    ordered = in_order((*shared_sets(), *sets), names)
    for feature_set in ordered:
        engine.add_table(feature_set.name, binding.sql(feature_set.sql, engine.name))
    return ordered


def run_rules(engine: Engine, rules: Sequence[Rule], binding: Binding) -> Findings:
    """Return the findings of all rules that hold on the day, over feature tables already made."""
    applied = [rule for rule in rules if rule.holds_on(binding.day)]
    counts = _counts(engine, applied, binding)
    # A rule that nobody breaks need not be asked for its findings.
    broken = set(counts.filter(pc.field("yes") + pc.field("exempt") > 0)["rule"].to_pylist())
    asked = [rule for rule in applied if rule.key in broken]
    if not asked:
        return Findings(_FLAGS.empty_table(), counts)
    flags = engine.rows(findings_query(asked, binding, engine.name)).cast(_FLAGS)
    return Findings(flags.sort_by([(name, "ascending") for name in _ORDER]), counts)


_ORDER = ("place", "subject", "rule")
_NUMBERS = ("value", "threshold")
_FLAGS = pa.schema(
    [(name, pa.float64() if name in _NUMBERS else pa.string()) for name in FLAG_COLUMNS]
)
_COUNTS = pa.schema(
    [("place", pa.string()), ("rule", pa.string()), *((name, pa.int64()) for name in ANSWERS)]
)


def _counts(engine: Engine, rules: Sequence[Rule], binding: Binding) -> pa.Table:
    """Return the counts of every place and rule, one row each, sorted by both."""
    tables = []
    for _, group in groupby(sorted(rules, key=features_table), key=features_table):
        chosen = list(group)
        wide = engine.rows(counts_query(chosen, binding, engine.name))
        for rule in chosen:
            key = pa.array([rule.key] * wide.num_rows, pa.string())
            answers = [wide[f"{name}__{rule.key}"] for name in ANSWERS]
            tables.append(pa.table([wide["place"], key, *answers], names=_COUNTS.names))
    counts = pa.concat_tables([_COUNTS.empty_table(), *(each.cast(_COUNTS) for each in tables)])
    return counts.sort_by([("place", "ascending"), ("rule", "ascending")])
