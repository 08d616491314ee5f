"""Identity numbers and telephone numbers that can belong to nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.places import COUNTY_CODE

# GB 11643-1999: the weights of the 17 digits, and the check sign by remainder.
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_SIGNS = np.array(list("10X98765432"))


def identity_numbers(persons: pd.DataFrame) -> np.ndarray:
    """Return 18-character numbers with a valid check sign in a region that does not exist.

    Region, day of birth and sex are right; who was born on one day is told apart by the sequence,
    and by a second invented region when a day has more than 500 of one sex.
    """
    birth, day, male = (persons[name].to_numpy() for name in ("birth", "day", "male"))
    born = (birth // 12) * 10000 + (birth % 12 + 1) * 100 + day
    turn = pd.Series(born * 2 + male).groupby(born * 2 + male).cumcount().to_numpy()
    region = int(COUNTY_CODE) + turn // 500
    whole = region * 10**11 + born.astype(np.int64) * 1000 + turn % 500 * 2 + male
    digits = whole[:, None] // 10 ** np.arange(16, -1, -1) % 10
    return np.strings.add(whole.astype("U17"), _SIGNS[digits @ _WEIGHTS % 11])


def phones(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return 11-digit numbers beginning with 100, which no mobile network uses."""
    return (100 * 10**8 + rng.integers(0, 10**8, count)).astype("U11")


def check_sign(body: str) -> str:
    """Return the check sign of the first 17 digits of an identity number."""
    return str(_SIGNS[(np.array(list(body), dtype=int) @ _WEIGHTS) % 11])
