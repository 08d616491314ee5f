"""What a sample bounds: shares of persons whose households were drawn as a whole.

Members of one household are no independent evidence, so that the sample counts for fewer persons
than it has (Korn and Graubard 1998): as many as would give its variance between households. Where
few households speak, that variance is hardly known, and members count as one (Kish 1965).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaincc, betaincinv

CONFIDENCE = 0.95
# With so many households found, half of the weight lies on their own variance.
_HALF = 2


def upper_bound(positives: float, counted: float, *, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided upper bound of a share by Clopper and Pearson (1934), 0 to 1."""
    if counted == 0 or positives == counted:
        return 1.0
    return float(betaincinv(positives + 1, counted - positives, confidence))


def lower_bound(positives: float, counted: float, *, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided lower bound of a share by Clopper and Pearson (1934), 0 to 1."""
    if counted == 0 or positives == 0:
        return 0.0
    return float(betaincinv(positives, counted - positives + 1, 1 - confidence))


def effective_size(members: np.ndarray) -> float:
    """Return how many persons households are worth whose members count as one, at most households.

    Unequal households are worth fewer: the square of the sum over the sum of squares. 0 for none.
    """
    sizes = np.asarray(members, dtype=float)
    squares = float((sizes**2).sum())
    return float(sizes.sum()) ** 2 / squares if squares else 0.0


def household_bound(
    positives: np.ndarray, members: np.ndarray, *, confidence: float = CONFIDENCE
) -> float:
    """Return the one-sided upper bound of the share of persons, 0 to 1; households drawn by lot.

    Both arrays are by household: persons found and persons counted. Clopper and Pearson where none
    or all are found, else their middle (mid-P, Lancaster 1961) for the persons it is worth. 1 for
    nobody.
    """
    found, sizes = np.asarray(positives, dtype=float), np.asarray(members, dtype=float)
    persons, total = float(sizes.sum()), float(found.sum())
    least = effective_size(sizes)
    if total in (0.0, persons):
        return upper_bound(total * least / persons, least) if persons else 1.0
    share, households = total / persons, int((sizes > 0).sum())
    most = persons / least
    spread = float(((found - share * sizes) ** 2).sum()) * households / max(households - 1, 1)
    own = max(spread / (share * (1 - share) * persons), 1.0) if households > 1 else most
    heard = int((found > 0).sum())
    effect = (heard * own + _HALF * most) / (heard + _HALF)
    return _middle(total / effect, persons / effect, confidence)


def _middle(positives: float, counted: float, confidence: float) -> float:
    """Return the share at which as many or fewer, half of as many, are as likely as may be wrong."""

    def left(share: float) -> float:
        tails = betaincc(positives + 1, counted - positives, share)
        tails += betaincc(positives, counted - positives + 1, share)
        return float(tails) / 2 - (1 - confidence)

    start = positives / counted
    return float(brentq(left, start, 1 - 1e-12)) if left(start) > 0 else start


def could_show(members: np.ndarray, *, confidence: float = CONFIDENCE) -> float:
    """Return the lowest bound that these households can give, 0 to 1: that of nobody found."""
    size = effective_size(members)
    return 1 - math.pow(1 - confidence, 1 / size) if size else 1.0
