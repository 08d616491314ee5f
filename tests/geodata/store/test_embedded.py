from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geodata.store import embedded
from geodata.store.embedded import RowEngine

QUERY = "SELECT name AS said, income > 100 AS rich FROM households"


def row(name, income):
    return pa.table({"income": [income], "name": [name]})


@pytest.fixture
def engine(tmp_path):
    file = tmp_path / "it's.parquet"
    pq.write_table(pa.table({"name": ["x"], "income": [1.5]}), file)
    return RowEngine("households", file)


def test_each_row_gets_its_own_answer_whatever_was_asked_before(engine):
    assert engine.answer(QUERY, row("a", 200)) == {"said": "a", "rich": True}
    assert engine.answer(QUERY, row(None, None)) == {"said": None, "rich": None}
    assert engine.answer(QUERY, row("b", 1)) == {"said": "b", "rich": False}


def test_no_row_stays_after_its_answer_also_when_the_query_fails(engine):
    engine.answer(QUERY, row("a", 200))
    with pytest.raises(duckdb.Error):
        engine.answer("SELECT CAST(name AS INTEGER) AS n FROM households", row("a", 200))
    counted = "SELECT COUNT(*) AS rows FROM households"
    assert engine.answer(counted, row("b", 1)) == {"rows": 1}


def test_the_engine_is_made_anew_after_some_answers(engine, monkeypatch):
    monkeypatch.setattr(embedded, "_ANSWERS", 3)
    for number in range(8):
        assert engine.answer(QUERY, row("a", number * 50))["rich"] == (number > 2)
