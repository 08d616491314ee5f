"""Identity and disability card numbers: length, check digit, birth day and sex (GB 11643)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

# 18 identity card, 20 disability card (with type and grade), 22 disability card issued anew.
LENGTHS = (18, 20, 22)
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.array([ord(sign) for sign in "10X98765432"])

_FIRST_YEAR = 1850


@dataclass(frozen=True)
class Certificates:
    """Findings about an array of numbers, position by position.

    `wrong_length` and `wrong_check` do not overlap; `birth_day` is NaT and `sex` is "" where a
    number is wrong or holds no day of the calendar (then `wrong_day`).
    """

    wrong_length: np.ndarray
    wrong_check: np.ndarray
    wrong_day: np.ndarray
    birth_day: np.ndarray
    sex: np.ndarray


def read_certificates(numbers: np.ndarray) -> Certificates:
    """Return what the numbers (array of text) say; all positions at once."""
    texts = np.asarray(numbers, dtype="U23")
    signs = texts.view(np.uint32).reshape(len(texts), 23)
    lengths = (signs != 0).sum(axis=1)
    wrong_length = ~np.isin(lengths, LENGTHS)
    digits = signs[:, :18].astype(np.int64) - ord("0")
    numeric = ((digits[:, :17] >= 0) & (digits[:, :17] <= 9)).all(axis=1)
    expected = _CHECKS[(digits[:, :17] * _WEIGHTS).sum(axis=1) % 11]
    last = np.where(signs[:, 17] == ord("x"), ord("X"), signs[:, 17])
    wrong_check = ~wrong_length & ~(numeric & (last == expected))
    whole = ~wrong_length & ~wrong_check
    days = _days(digits, whole)
    wrong_day = whole & np.isnat(days)
    known = whole & ~wrong_day
    sex = np.where(known, np.where(digits[:, 16] % 2 == 1, "男", "女"), "")
    return Certificates(wrong_length, wrong_check, wrong_day, days, sex)


def _days(digits: np.ndarray, whole: np.ndarray) -> np.ndarray:
    parts = np.where(whole[:, None], digits[:, 6:14], 0)
    year = (parts[:, :4] * [1000, 100, 10, 1]).sum(axis=1)
    month, day = parts[:, 4] * 10 + parts[:, 5], parts[:, 6] * 10 + parts[:, 7]
    days = pd.to_datetime(pd.DataFrame({"year": year, "month": month, "day": day}), errors="coerce")
    known = days.to_numpy().astype("datetime64[D]")
    return np.where(year >= _FIRST_YEAR, known, np.datetime64("NaT"))
