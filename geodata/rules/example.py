"""Examples: whole rows of tables for one household or works, and what is found about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.codes import INVENTED_PREFIX
from geodata.errors import ThemeError
from geodata.periods import last_day, months_until, shift_month
from geodata.policy import Policy
from geodata.rules.base_tables import HOUSEHOLD_BEFORE, HOUSEHOLD_EARLIER, add_base_tables
from geodata.rules.binding import Binding
from geodata.rules.compile import answers_query, features_table
from geodata.rules.dry_run import MONTH, empty_engine
from geodata.rules.feature import FeatureSet
from geodata.rules.rule import Rule
from geodata.rules.run import make_features, needed_keys
from geodata.store import Engine, stored_columns
from geodata.tables import Table, tables
from geodata.yaml_entries import Faults, check_fields, content_of, list_of

HOUSEHOLD, VILLAGE = "example", INVENTED_PREFIX + "0101001201"
_WORDS = {1: True, 0: False, 2: "unknown"}


@dataclass(frozen=True)
class Example:
    """One example.

    `income` and `income_before` give yearly amounts by item, spread evenly over the twelve months;
    `since` the first month that a table of events is known from (two years back; empty: not at all);
    `tables` rows of any table; `features` and `answers` what is expected. Money is in yuan.
    """

    name: str
    month: str = MONTH
    parameters: Mapping[str, float | int | bool | str | None] = field(default_factory=dict)
    household: Mapping[str, object] = field(default_factory=dict)
    income: Mapping[str, float] = field(default_factory=dict)
    income_before: Mapping[str, float] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    answers: Mapping[str, object] = field(default_factory=dict)


_FIELDS = {name: name == "name" for name in Example.__dataclass_fields__}


def read_examples(file: Path) -> tuple[Example, ...]:
    """Return the examples of one file; raises ThemeError naming all that is wrong."""
    examples, faults = [], Faults()
    for number, entry in enumerate(list_of(str(file), content_of(file), "examples"), 1):
        with faults:
            check_fields(f"{file} {number}", entry, _FIELDS)
            assert isinstance(entry, Mapping)
            examples.append(Example(**entry))
    faults.tell()
    return tuple(examples)


def find_differences(
    example: Example,
    rules: Mapping[str, Rule],
    sets: Sequence[FeatureSet],
    policy: Policy,
    known: Mapping[str, Table] | None = None,
) -> tuple[str, ...]:
    """Return what differs from the expected, as "name: found, expected"; () when all agrees.

    `known` are the tables there are, by default those of the product. Numbers are compared as they are shown: rounded to two decimals, money in yuan.
    """
    known = tables() if known is None else known
    keys = needed_keys(sets, rules.values())
    day = last_day(example.month)
    chosen = policy.with_values(example.parameters)
    values = chosen.comparable(keys, INVENTED_PREFIX, day)
    binding = Binding(example.month, values, texts=chosen.texts(keys))
    with empty_engine(known) as engine:
        _fill(engine, example, known)
        # Known for two years, unless the example says otherwise.
        events = [name for name, table in known.items() if table.nature == "events"]
        usual = dict.fromkeys(events, shift_month(example.month, -24))
        since = {name: first for name, first in {**usual, **example.since}.items() if first}
        add_base_tables(engine, example.month, since)
        asked = {*example.features, *(features_table(rules[key]) for key in example.answers)}
        make_features(engine, sets, binding, wanted=asked)
        answers = [
            (f"{name}.{column}", _shown(engine.frame(f"SELECT {column} FROM {name}")), expected)
            for name, features in example.features.items()
            for column, expected in features.items()
        ]
        for key, expected in example.answers.items():
            query = answers_query([rules[key]], binding, engine.name)
            answered = engine.frame(f"SELECT answer FROM ({query}) AS judged")
            answers.append((key, "out" if answered.empty else _answered(answered), expected))
    return tuple(f"{name}: {got}, {wanted}" for name, got, wanted in answers if got != wanted)


def _shown(frame: pd.DataFrame) -> object:
    value: object = frame.iloc[0, 0] if len(frame) else None
    if value is None or pd.isna(np.asarray(value, dtype=object)).all():
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    return round(float(str(value)), 2)


def _answered(frame: pd.DataFrame) -> object:
    answer = frame.iloc[:, 0].astype("Int64").iloc[0]
    return "out" if pd.isna(answer) else _WORDS[int(answer)]


def _fill(engine: Engine, example: Example, known: Mapping[str, Table]) -> None:
    """Give the engine the rows of the example; columns that are not given are unknown."""
    rows = {name: [dict(row) for row in given] for name, given in example.tables.items()}
    rows["household"] = [*rows.get("household", ()), {**dict(example.household)}]
    rows["ledger"] = [
        *rows.get("ledger", ()),
        *_accounts(example.income, example.month),
        *_accounts(example.income_before, shift_month(example.month, -12)),
    ]
    known = {**known, **dict.fromkeys((HOUSEHOLD_BEFORE, HOUSEHOLD_EARLIER), known["household"])}
    for name, given in rows.items():
        if name not in known:
            raise ThemeError("rules.example_table", name=example.name, table=name)
        complete = [_with_keys(known[name], row) for row in given]
        if complete:
            engine.add_view(name, _values(known[name], complete))


def _with_keys(table: Table, row: Mapping[str, object]) -> dict[str, object]:
    """Return a row with the example's household and village where it names none."""
    keys = {"household_code": HOUSEHOLD, "place_code": VILLAGE}
    return {key: value for key, value in keys.items() if key in table.columns} | dict(row)


def _values(table: Table, rows: Sequence[Mapping[str, object]]) -> str:
    """Return a query with the rows, every column in its stored type, money in fen."""
    columns = table.columns
    selects = []
    for row in rows:
        cells = []
        for column, kind in stored_columns(table).items():
            value = row.get(column)
            money = column in columns and columns[column].kind == "money"
            if money and isinstance(value, (int, float)):
                value = round(value * 100)
            quoted = "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"
            cells.append(f"CAST({quoted} AS {kind}) AS {column}")
        selects.append("SELECT " + ", ".join(cells))
    return " UNION ALL ".join(selects)


def _accounts(yearly: Mapping[str, float], month: str) -> list[dict[str, object]]:
    """Return ledger rows of twelve months that add up to the yearly amounts to the fen."""
    rows: list[dict[str, object]] = []
    for item, amount in yearly.items():
        fen = round(amount * 100)
        shares = [fen // 12 + (number < fen % 12) for number in range(12)]
        rows += [
            {"month": each, "item": item, "amount": share / 100}
            for each, share in zip(months_until(month, 12), shares, strict=True)
        ]
    return rows
