"""Birth day and sex against the certificate: filled where unknown, told where they differ, with their number."""

from __future__ import annotations

import datetime

import pandas as pd
import pyarrow as pa
import pytest

from geodata.intake.birth_and_sex import with_birth_and_sex
from geodata.intake.issues import Issues
from tests.geodata.intake.test_repeats import SCHEMA, rows_of

COUNT, BORN = 60, datetime.date(1980, 5, 17)
_WEIGHTS, _SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


def _number(row: int) -> str:
    """Return a right number of a certificate; the 17th digit is odd for men."""
    body = f"990101{BORN:%Y%m%d}{row:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + _SIGNS[total % 11]


def _persons(born, sex):
    persons = rows_of(SCHEMA.tables["person"], "2025-01", COUNT)
    frame = persons.frame
    days = pa.array([born] * COUNT, pa.date32())
    persons.frame = frame.assign(
        certificate=[_number(row) for row in range(COUNT)],
        birth_day=pd.Series(days, frame.index, dtype=pd.ArrowDtype(pa.date32())),
        sex=pd.Series([sex(row) for row in range(COUNT)], frame.index, dtype="str"),
    )
    issues = Issues(SCHEMA.tables)
    with_birth_and_sex(persons, issues)
    return persons.frame, issues.frame()


def _right(row):
    return "男" if row % 2 else "女"


def test_what_is_unknown_is_filled_and_what_agrees_is_not_told():
    frame, listed = _persons(None, lambda row: None)
    assert frame["birth_day"].unique().tolist() == [BORN]
    assert frame["sex"].tolist() == [_right(row) for row in range(COUNT)]
    assert listed.empty
    assert _persons(BORN, _right)[1].empty


@pytest.mark.parametrize(
    ("born", "sex", "check"),
    [
        (datetime.date(1900, 1, 1), _right, "birth_differs"),
        (BORN, lambda row: _right(row + 1), "sex_differs"),
    ],
)
def test_what_differs_is_told_at_each_row_and_as_a_column(born, sex, check):
    listed = _persons(born, sex)[1]
    assert (listed["check"] == check).sum() == COUNT
    (whole,) = listed[listed["check"] == "many_contradict"].to_dict("records")
    # A count is no value of a person.
    assert (whole["value"], whole["detail"]) == (str(COUNT), str(COUNT))
