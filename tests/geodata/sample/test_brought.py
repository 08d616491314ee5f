"""Rows that themes bring for the invented county: of the month they are written for, not of a later one."""

from __future__ import annotations

import pytest

from geodata.sample.brought import as_of
from geodata.themes import own_themes

PAST = [
    (theme.tables[name].column(key), text)
    for theme in own_themes()
    for name, rows in theme.sample.items()
    for key, texts in rows.columns.items()
    for text in dict.fromkeys(texts)
    if theme.tables[name].column(key).past
]


@pytest.mark.parametrize("month", ["2021-01", "2024-06", "2025-05", "2026-12"])
def test_nothing_of_the_past_lies_after_the_month(month):
    assert len(PAST) > 20
    for column, text in PAST:
        row = {"n": 1, "month": month, "place": "990101100201", "household": "9900000000001"}
        written = as_of(column, text, row)
        assert written[:7] <= month, (column.name, text)
        if text.format(**row)[:7] <= month:
            assert written == text.format(**row)
