"""Identity and disability card numbers."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from geodata.intake.certificates import read_certificates

# The worked example of the standard; its region code belongs to no living numbering.
RIGHT = "11010519491231002X"


def _one(number):
    return read_certificates(np.array([number], dtype=object))


@pytest.mark.parametrize("number", [RIGHT, RIGHT.lower(), RIGHT + "11", RIGHT + "11B1"])
def test_number_of_18_20_or_22_signs_with_right_check_passes(number):
    found = _one(number)
    assert not (found.wrong_length | found.wrong_check | found.wrong_day).any()
    assert found.birth_day[0].astype(datetime.date) == datetime.date(1949, 12, 31)
    assert found.sex[0] == "女"


@pytest.mark.parametrize(
    "number", ["", "1", RIGHT[:17], RIGHT + "1", RIGHT + "111", RIGHT + "11111"]
)
def test_other_length_is_named_as_such(number):
    found = _one(number)
    assert found.wrong_length.all()
    assert not found.wrong_check.any()


@pytest.mark.parametrize(
    "number", ["110105194912310021", "11010519491231002A", "A" * 18, "身" * 18]
)
def test_wrong_check_sign_is_found(number):
    assert _one(number).wrong_check.all()


def test_right_check_over_a_day_that_is_none_is_found():
    # 13 is no month; the check sign over these digits is right.
    body = "11010519491331002"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    found = _one(body + "10X98765432"[total % 11])
    assert found.wrong_day.all()
    assert found.sex[0] == ""
