"""Rules run for one month: features, findings and counts by place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from geodata.rules.binding import Binding, bound_keys
from geodata.rules.compile import ANSWERS, findings_query, long_counts_query
from geodata.rules.exemption import Exemption
from geodata.rules.feature import FeatureSet, in_order, shared_sets
from geodata.rules.rule import Rule
from geodata.store import Engine
from geodata.store.engine import no_rows

FLAG_COLUMNS = (
    "subject_kind",
    "subject",
    "place",
    "rule",
    "value",
    "threshold",
    "detail",
    "answer",
    "exemption",
    "exemption_ended",
)


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


def add_findings(
    engine: Engine,
    rules: Sequence[Rule],
    binding: Binding,
    exemptions: Sequence[Exemption] = (),
) -> None:
    """Give an engine with feature tables the tables COUNTS and FLAGS of all rules that hold on the day."""
    applied = [rule for rule in rules if rule.holds_on(binding.day)]
    engine.add_table(COUNTS, long_counts_query(applied, binding, engine.name))
    # A rule that nobody breaks need not be asked for its findings.
    broken = engine.frame(f"SELECT DISTINCT rule FROM {COUNTS} WHERE yes + exempt > 0")["rule"]
    asked = [rule for rule in applied if rule.key in set(broken)]
    nothing = no_rows({one.name: _SQL_TYPES[one.type] for one in _FLAGS})
    findings = findings_query(asked, binding, engine.name, exemptions) if asked else nothing
    engine.add_view(FLAGS, findings)


def run_rules(
    engine: Engine,
    rules: Sequence[Rule],
    binding: Binding,
    exemptions: Sequence[Exemption] = (),
) -> Findings:
    """Return the findings of all rules that hold on the day, over feature tables already made."""
    add_findings(engine, rules, binding, exemptions)
    flags = engine.rows(f"SELECT * FROM {FLAGS}").cast(_FLAGS)
    counts = engine.rows(f"SELECT * FROM {COUNTS}").cast(_COUNTS)
    return Findings(
        *(
            table.sort_by([(name, "ascending") for name in order])
            for table, order in ((flags, FLAG_ORDER), (counts, COUNT_ORDER))
        )
    )


COUNTS, FLAGS = "rule_counts", "rule_flags"
FLAG_ORDER = ("place", "subject", "rule")
COUNT_ORDER = ("place", "rule")
_NUMBERS = ("value", "threshold")
_FLAGS = pa.schema(
    [(name, pa.float64() if name in _NUMBERS else pa.string()) for name in FLAG_COLUMNS]
)
_COUNTS = pa.schema(
    [("place", pa.string()), ("rule", pa.string()), *((name, pa.int64()) for name in ANSWERS)]
)
_SQL_TYPES = {pa.string(): "STRING", pa.float64(): "DOUBLE"}
