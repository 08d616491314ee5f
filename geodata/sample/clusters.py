"""Groups of adjacent villages in which something is planted, and the course it takes in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.sample.places import Places


@dataclass(frozen=True)
class Cluster:
    """Adjacent villages where `indicator` is `risk` times as frequent as elsewhere.

    `kind` is persistent, emerging, fading or seasonal; `start` and `end` are the first and last
    months (numbers from 0) in which it is raised.
    """

    indicator: str
    kind: str
    villages: tuple[int, ...]
    start: int
    end: int
    risk: float

    def course(self, months: int) -> np.ndarray:
        """Return the relative risk in each month, rising and falling over half a year."""
        month = np.arange(months)
        rise = 1.0 if self.start <= 0 else np.clip((month - self.start + 1) / 6, 0, 1)
        fall = 1.0 if self.end >= months - 1 else np.clip((self.end - month + 1) / 6, 0, 1)
        level = np.minimum(rise, fall) * np.ones(months)
        if self.kind == "seasonal":
            level = level * np.isin(month % 12, (0, 1, 2, 3, 11))
        return 1 + (self.risk - 1) * level


def grow(places: Places, centre: int, size: int, *, taken: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Return up to `size` adjacent villages around a village, sorted by row, none of them taken."""
    chosen = [centre]
    seats = places.villages[["x", "y"]].to_numpy()
    while len(chosen) < size:
        rim = np.setdiff1d(
            np.concatenate([places.around(one) for one in chosen]), [*chosen, *taken]
        )
        if not len(rim):
            break
        middle = seats[chosen].mean(axis=0)
        chosen.append(int(rim[np.hypot(*(seats[rim] - middle).T).argmin()]))
    return tuple(sorted(chosen))


def spread_centres(places: Places, first: int, count: int) -> list[int]:
    """Return `count` villages far apart from one another and off the border, beginning with one."""
    seats = places.villages[["x", "y"]].to_numpy()
    neighbours = np.bincount(places.neighbours.ravel(), minlength=len(seats))
    inner = neighbours >= np.median(neighbours)
    centres = [first]
    while len(centres) < count:
        away = np.min([np.hypot(*(seats - seats[one]).T) for one in centres], axis=0)
        centres.append(int(np.where(inner, away, -1.0).argmax()))
    return centres


def relative_risks(
    clusters: list[Cluster], indicator: str, villages: int, months: int
) -> np.ndarray:
    """Return the planted relative risk of an indicator, (villages, months), 1 where none is."""
    risks = np.ones((villages, months))
    for cluster in clusters:
        if cluster.indicator == indicator:
            risks[list(cluster.villages)] *= cluster.course(months)
    return risks
