"""The shipped parameters against the table they were taken from."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from pathlib import Path

import pytest

from geodata.policy import load_policy
from geodata.policy.parameter_files import SHIPPED

pytestmark = pytest.mark.real
# Keys of the table that no rule, indicator or page reads.
NOT_USED = 33
_TRANSITION_END = datetime.date(2025, 12, 31)


def test_every_row_of_the_parameter_table_is_shipped(real_data: Path) -> None:
    table = real_data.parent / "domain" / "parameters.csv"
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    policy = load_policy()
    known = {parameter.key for parameter in policy}
    assert len(rows) == 146
    # What nothing reads is not shipped (see the test of policy that finds parameters without a use).
    assert len({row["key"] for row in rows} - known) == NOT_USED
    for key in {row["key"] for row in rows} & known:
        assert SHIPPED in policy[key].file.parents, key
        # values of the product's own may stand beside those of the table
        shipped = Counter((v.value, v.since, v.until) for v in policy[key].values)
        # what the table leaves open may end with the transition period
        shipped |= Counter(
            (v.value, v.since, None) for v in policy[key].values if v.until == _TRANSITION_END
        )
        expected = Counter(
            (_value(row["value"]), _day(row["effective_from"]), _day(row["effective_to"]))
            for row in rows
            if row["key"] == key
        )
        assert expected - shipped == Counter(), key


def _value(text: str) -> object:
    if text == "NULL":
        return None
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
