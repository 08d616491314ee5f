"""Cases: what a rule answers for given features, written so that an official can read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pandas as pd
import pyarrow as pa

from geodata.codes import INVENTED_PREFIX
from geodata.errors import ThemeError
from geodata.i18n import load_yaml
from geodata.periods import last_day
from geodata.policy import Policy
from geodata.rules.binding import Binding
from geodata.rules.compile import answers_query, features_table
from geodata.rules.dry_run import MONTH, empty_month
from geodata.rules.feature import Feature, FeatureSet
from geodata.rules.rule import Rule
from geodata.rules.run import make_features, needed_keys
from geodata.store.embedded import DuckDBEngine
from geodata.tables import Table

_ANSWERS = {True: "yes", False: "no", "unknown": "unknown", "out": "out"}
_WORDS = {1: "yes", 0: "no", 2: "unknown"}
_FIELDS = frozenset({"name", "given", "parameters", "month", "answer"})


@dataclass(frozen=True)
class Case:
    """One case of a rule: the features given, parameters set for it, and the expected answer.

    The answer is yes, no, unknown, or out when the rule does not judge such a subject.
    """

    rule: str
    name: str
    given: Mapping[str, object]
    answer: str
    parameters: Mapping[str, float | int | bool | str | None] = field(default_factory=dict)
    month: str = MONTH


@dataclass(frozen=True)
class Outcome:
    """What a rule answered for a case; `edge` tells that value and threshold were equal."""

    case: Case
    answer: str
    edge: bool

    @property
    def passed(self) -> bool:
        """Return whether the answer is the expected one."""
        return self.answer == self.case.answer


def read_cases(folder: Path) -> tuple[Case, ...]:
    """Return the cases of every file of a folder; raises ThemeError for an unknown field."""
    found = []
    for file in sorted(folder.glob("*.yaml")):
        content = load_yaml(file)
        if not isinstance(content, dict):
            raise ThemeError("rules.fault_mapping", file=file)
        for rule, entries in content.items():
            for entry in entries or ():
                unknown = sorted(set(entry) - _FIELDS)
                if unknown:
                    place = f"{file} {rule}"
                    near = ", ".join(sorted(_FIELDS))
                    raise ThemeError("rules.fault_field", place=place, field=unknown[0], near=near)
                given = {key: value for key, value in entry.items() if key != "answer"}
                found.append(Case(rule=rule, answer=_ANSWERS[entry["answer"]], **given))
    return tuple(found)


def run_cases(
    cases: Sequence[Case],
    rules: Mapping[str, Rule],
    sets: Sequence[FeatureSet],
    features: Mapping[str, Feature],
    policy: Policy,
    tables: Mapping[str, Table] | None = None,
) -> tuple[Outcome, ...]:
    """Return the outcome of each case, in order; features in yuan are compared in fen.

    `tables` are those that the feature sets read, by default those of the product.
    """
    with empty_month(sets, rules.values(), policy, tables) as (shaped, names):
        made = make_features(shaped, sets, names)
        schemas = {
            one.name: shaped.rows(f"SELECT * FROM {one.name} LIMIT 0").schema for one in made
        }
    engine = DuckDBEngine()
    ordered = sorted(cases, key=_setting)
    found: dict[int, Outcome] = {}
    for _, group in groupby(ordered, key=_setting):
        chosen = list(group)
        binding = _binding(chosen[0], policy, sets, rules)
        for case in chosen:
            rule = rules[case.rule]
            row = _row(case, rule, features, schemas[features_table(rule)])
            engine.add_rows(features_table(rule), row)
            result = engine.frame(answers_query([rule], binding, engine.name)).iloc[0]
            found[id(case)] = Outcome(case, _word(result["answer"]), _at_edge(result))
    engine.close()
    return tuple(found[id(case)] for case in cases)


def _setting(case: Case) -> tuple[str, str]:
    return case.month, repr(sorted(case.parameters.items(), key=lambda item: item[0]))


def _binding(
    case: Case, policy: Policy, sets: Sequence[FeatureSet], rules: Mapping[str, Rule]
) -> Binding:
    day = last_day(case.month)
    chosen = policy.with_values(case.parameters)
    keys = needed_keys(sets, rules.values())
    values = chosen.comparable(keys, INVENTED_PREFIX, day)
    return Binding(case.month, values, texts=chosen.texts(keys))


def _row(case: Case, rule: Rule, features: Mapping[str, Feature], schema: pa.Schema) -> pa.Table:
    """Return one row of a feature set: the given features, everything else unknown."""
    unknown = sorted(set(case.given) - set(schema.names))
    if unknown:
        place = f"{rule.theme} {case.rule}"
        raise ThemeError("rules.case_feature", place=place, name=case.name, field=unknown[0])
    values = {rule.about.key: "case", "place_code": "case"}
    for name, value in case.given.items():
        money = features[name].unit == "yuan" and isinstance(value, (int, float))
        values[name] = round(value * 100) if money else value  # type: ignore[operator]
    columns = [_column(values.get(column.name), column.type) for column in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(value: object, kind: pa.DataType) -> pa.Array:
    if value is not None and (pa.types.is_decimal(kind) or pa.types.is_integer(kind)):
        return pa.array([value]).cast(kind)
    return pa.array([value], type=kind)


def _word(answer: object) -> str:
    return "out" if pd.isna(answer) else _WORDS[int(answer)]  # type: ignore[call-overload]


def _at_edge(result: pd.Series) -> bool:
    value, threshold = result["value"], result["threshold"]
    return bool(pd.notna(value) and pd.notna(threshold) and value == threshold)
