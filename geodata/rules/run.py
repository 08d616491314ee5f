"""Rules run for one month: features, findings and counts by place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

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

    flags: pd.DataFrame
    counts: pd.DataFrame


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
    flags = engine.frame(findings_query(applied, binding, engine.name))
    flags = flags.sort_values(["place", "subject", "rule"], ignore_index=True)
    return Findings(flags, _counts(engine, applied, binding))


def _counts(engine: Engine, rules: Sequence[Rule], binding: Binding) -> pd.DataFrame:
    found = []
    for _, group in groupby(sorted(rules, key=features_table), key=features_table):
        wide = engine.frame(counts_query(list(group), binding, engine.name)).set_index("place")
        wide.columns = pd.MultiIndex.from_tuples(
            [tuple(name.split("__", 1)) for name in wide.columns], names=["answer", "rule"]
        )
        found.append(wide.stack("rule"))
    counts = pd.concat(found).reset_index()[["place", "rule", *ANSWERS]]
    counts.columns.name = None
    return counts.sort_values(["place", "rule"], ignore_index=True)
