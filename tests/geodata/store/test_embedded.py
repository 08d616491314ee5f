from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from geodata.errors import StoreError
from geodata.store import embedded
from geodata.store.embedded import DuckDBEngine, RowEngine

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


def test_what_is_more_than_the_memory_goes_to_the_folder_of_the_engine(tmp_path):
    work = tmp_path / "work"
    rows = "SELECT range AS n, md5(range::VARCHAR) AS t FROM range(2000000)"
    with DuckDBEngine(memory="60MB", threads=1, work=work) as engine:
        engine.add_table("many", rows)
        assert any(work.iterdir())
        engine.write("SELECT * FROM many", tmp_path / "many.parquet", ["t"])
        with pytest.raises(StoreError, match="超过允许的上限，没有保存"):
            engine.rows("SELECT list(t) FROM many")
    assert not work.exists()
    written = pq.read_table(tmp_path / "many.parquet")["t"]
    assert len(written) == 2_000_000
    assert all(pc.less(written[:-1], written[1:]).to_pylist())


def test_a_memory_that_cannot_be_read_is_refused_with_how_to_write_it():
    with pytest.raises(StoreError, match="“viel”，应写成 8GB"):
        DuckDBEngine(memory="viel")
