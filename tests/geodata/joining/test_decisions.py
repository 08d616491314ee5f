"""Decisions that contradict each other are refused, never settled in silence."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.errors import JoinError
from geodata.joining.decisions import read_decisions


def _table(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["boundary_key", "table_key", "decision"])


def test_same_decision_twice_is_kept():
    rows = _table(("甲村", "甲", "accept"), ("甲村", "甲", "采纳"), ("乙村", "甲", "reject"))
    assert len(read_decisions(rows)) == 3


@pytest.mark.parametrize(
    "rows",
    [
        (("甲村", "甲", "accept"), ("甲村", "甲", "reject")),
        (("甲村", "甲", "accept"), ("乙村", "甲", "accept")),
    ],
)
def test_contradiction_is_refused_by_name(rows):
    with pytest.raises(JoinError, match="“甲”的处理自相矛盾"):
        read_decisions(_table(*rows))
