"""What a sample bounds: shares of persons whose households were drawn as a whole, in drawn villages.

Members of a household and households of a village may all be alike, and a sample cannot show that
they are not. So the drawn villages count, not the persons: as if each were wholly wrong or wholly
right (ultimate clusters, Kish 1965). Of villages that are all in the sample their households count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

CONFIDENCE = 0.95


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


@dataclass(frozen=True, eq=False)
class Sampled:
    """Households drawn by lot: the persons of each, its village, and how many villages there are.

    `of` None: so many that those drawn are a small part.
    """

    members: np.ndarray
    villages: np.ndarray
    of: int | None = None

    @property
    def village_count(self) -> int:
        """Return how many villages the households lie in."""
        return len(np.unique(self.villages[np.asarray(self.members) > 0]))

    @property
    def worth(self) -> float:
        """Return for how many independent answers the households stand.

        The variance has a part between villages, less the share of them that was drawn, and a part
        within them.
        """
        households = effective_size(self.members)
        if not households:
            return 0.0
        within = np.unique(self.villages, return_inverse=True)[1]
        places = effective_size(np.bincount(within, np.asarray(self.members, dtype=float)))
        share = min(self.village_count / self.of, 1.0) if self.of else 0.0
        return 1 / ((1 - share) / places + share / households)

    def bound(self, positives: np.ndarray, *, confidence: float = CONFIDENCE) -> float:
        """Return the one-sided upper bound of the share of persons, 0 to 1, by persons found.

        Who is found does not change what the sample is worth: finding more never bounds lower. 1
        for nobody.
        """
        persons, found = float(np.sum(self.members)), float(np.sum(positives))
        if found >= persons:
            return 1.0
        return upper_bound(found / persons * self.worth, self.worth, confidence=confidence)

    def least(self, *, confidence: float = CONFIDENCE) -> float:
        """Return the lowest bound that these households can give: that of nobody found."""
        return self.bound(np.zeros(1), confidence=confidence)
