"""A packed table is the same when it is unpacked, and is not held by what keeps it packed."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pandas as pd
import pandas.testing as pdt
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.intake.packed import PackedTable
from geodata.intake.readers import SourceTable

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def _table(frame: pd.DataFrame) -> SourceTable:
    return SourceTable(Path("a.csv"), frame, rows=np.arange(len(frame)) + 2)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_unpacked_texts_are_the_same(rows):
    frame = pd.DataFrame(rows, columns=["户编号", "b"], dtype="str")
    table = _table(frame)
    packed, gone = PackedTable(table), weakref.ref(table)
    del table
    assert gone() is None
    pdt.assert_frame_equal(packed.table().frame, frame)
    assert packed.rows.tolist() == packed.table().rows.tolist()


def test_texts_of_a_packed_table_are_not_held():
    frame = pd.DataFrame({"a": pd.Series(["x" * 1000] * 1000, dtype="str")})
    gone = weakref.ref(frame)
    packed = PackedTable(_table(frame))
    del frame
    gc.collect()
    assert gone() is None
    held = packed.table()
    assert packed.table() is held
