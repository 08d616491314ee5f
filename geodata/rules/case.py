"""Cases: what a rule answers for given features, written so that an official can read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pandas as pd
import pyarrow as pa

from geodata.codes import INVENTED_PREFIX
from geodata.errors import ThemeError
from geodata.periods import last_day, parse_month
from geodata.policy import Policy
from geodata.rules.binding import Binding
from geodata.rules.compile import answers_query, features_table
from geodata.rules.dry_run import ENGINE_ERRORS, MONTH, empty_month, engine_words
from geodata.rules.feature import Feature, FeatureSet
from geodata.rules.rule import Rule
from geodata.rules.run import make_features, needed_keys
from geodata.store.embedded import DuckDBEngine
from geodata.tables import Table
from geodata.yaml_entries import Faults, check_fields, check_value, list_of, mapping_of

_ANSWERS = {True: "yes", False: "no", "unknown": "unknown", "out": "out"}
_WORDS = {1: "yes", 0: "no", 2: "unknown"}
_FIELDS = {
    **dict.fromkeys(("name", "given", "answer"), True),
    **dict.fromkeys(("parameters", "month"), False),
}


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


def read_cases(folder: Path, rules: Collection[str] | None = None) -> tuple[Case, ...]:
    """Return the cases of every file of a folder; raises ThemeError naming all that is wrong.

    `rules` are those that a case may be of, by default any.
    """
    cases, faults = [], Faults()
    for file in sorted(folder.glob("*.yaml")):
        with faults:
            for rule, entries in mapping_of(file).items():
                place = f"{file} {rule}"
                with faults:
                    if rules is not None:
                        check_value(str(file), "rule", rule, rules)
                    for number, entry in enumerate(list_of(place, entries, rule), 1):
                        with faults:
                            cases.append(_case(f"{place} {number}", rule, entry))
    faults.tell()
    return tuple(cases)


def _case(place: str, rule: str, entry: object) -> Case:
    check_fields(place, entry, _FIELDS)
    assert isinstance(entry, Mapping)
    answer, month = entry["answer"], entry.get("month", MONTH)
    for part in ("given", "parameters"):
        if not isinstance(entry.get(part, {}), Mapping):
            raise ThemeError("themes.no_mapping", place=f"{place} {part}", found=entry[part])
    # YAML reads yes and no as true and false.
    if isinstance(answer, (list, dict)) or answer not in _ANSWERS:
        check_value(place, "answer", answer, tuple(_ANSWERS.values()))
    try:
        month = parse_month(str(month))
    except ValueError as problem:
        raise ThemeError("themes.no_month", place=place, field="month", found=month) from problem
    name, given = str(entry["name"]), entry["given"]
    return Case(rule, name, given, _ANSWERS[answer], entry.get("parameters", {}), month)


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
    outcomes: dict[int, Outcome] = {}
    for _, group in groupby(ordered, key=_setting):
        chosen = list(group)
        binding = _binding(chosen[0], policy, sets, rules)
        for case in chosen:
            rule = rules[case.rule]
            row = _row(case, rule, features, schemas[features_table(rule)])
            engine.add_rows(features_table(rule), row)
            try:
                result = engine.frame(answers_query([rule], binding, engine.name)).iloc[0]
            except ENGINE_ERRORS as problem:
                place = f"{rule.theme} {case.rule} {case.name}"
                told = engine_words(problem)
                raise ThemeError("themes.sql_engine", place=place, problem=told) from problem
            outcomes[id(case)] = Outcome(case, _word(result["answer"]), _at_edge(result))
    engine.close()
    return tuple(outcomes[id(case)] for case in cases)


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
    values: dict[str, object] = {rule.about.key: "case", "place_code": "case"}
    for name, value in case.given.items():
        if features[name].unit == "yuan" and isinstance(value, (int, float)):
            value = round(value * 100)
        values[name] = value
    columns = []
    for column in schema:
        value = values.get(column.name)
        try:
            columns.append(_column(value, column.type))
        except (pa.ArrowInvalid, pa.ArrowTypeError) as problem:
            place = f"{rule.theme} {case.rule}"
            told = {"name": case.name, "field": column.name, "found": value}
            raise ThemeError("rules.case_value", place=place, **told) from problem
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
