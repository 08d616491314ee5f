"""All rules over the features of one subject, planned once for all subjects of a build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa

from geodata.rules.binding import Binding
from geodata.rules.compile import features_table, wide_answers_query
from geodata.rules.rule import Rule
from geodata.store.embedded import RowEngine


def answer_row(
    rules: Sequence[Rule], binding: Binding, row: pd.DataFrame, *, file: Path, digest: str
) -> Mapping[str, object]:
    """Return value, threshold, detail and answer of each rule, as ``value__KEY`` and so on.

    `row` is the one row of features; `file` has their columns, and `digest` says which build it is.
    """
    query = wide_answers_query(rules, binding, RowEngine.name)
    return _engine(features_table(rules[0]), file, digest).answer(query, pa.Table.from_pandas(row))


@lru_cache(maxsize=8)
def _engine(table: str, file: Path, digest: str) -> RowEngine:
    """Return the engine that all rows of one build are judged in."""
    return RowEngine(table, file)
