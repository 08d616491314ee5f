"""How a sample is to be drawn, and what it is drawn from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from geodata.i18n import load_yaml

_WEIGHTS = Path(__file__).with_name("weights.yaml")


@dataclass(frozen=True)
class Design:
    """The numbers of a sample: month of the frame, seed, villages, households of each group.

    `weak_share` is the percentage of villages and households taken from the weakest; the rest is
    drawn by lot. `weights` are those of the index.
    """

    month: str
    seed: int
    villages: int
    exited: int
    missed: int
    weak_share: float
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def quotas(self) -> Mapping[str, int]:
        """Return how many households of each group are wanted."""
        return {"exited": self.exited, "missed": self.missed}


@dataclass(frozen=True)
class Frame:
    """What is drawn from.

    `villages`: index place_code; name, stratum (exited, other or unknown), worse (a column for each
    indicator, higher is worse) and, where known, population. `households`: index household_code;
    place_code, group (exited, missed), score, and whatever else the list shall carry.
    """

    villages: pd.DataFrame
    households: pd.DataFrame

    @property
    def digest(self) -> str:
        """Return the hash of the codes drawn from, so that two people know they used the same."""
        codes = [*sorted(self.villages.index), *sorted(self.households.index)]
        return hashlib.sha256("\n".join(codes).encode()).hexdigest()


@cache
def read_weights() -> Mapping[str, float]:
    """Return the published weights of the index by indicator."""
    content = load_yaml(_WEIGHTS)
    assert isinstance(content, dict)
    return MappingProxyType({str(key): float(weight) for key, weight in content.items()})


def weakness(worse: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """Return the index of each village, 0 to 100; NaN where no indicator is known.

    In each indicator a village has its place among those with a figure, ties sharing one; the
    index is the mean of these by weight.
    """
    known = [key for key in weights if key in worse.columns]
    ranks = worse[known].rank(pct=True) * 100
    weight = pd.Series(weights)[known]
    total = ranks.notna().mul(weight).sum(axis=1)
    return ranks.mul(weight).sum(axis=1).div(total.where(total > 0)).round(2)
