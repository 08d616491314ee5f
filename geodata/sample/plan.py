"""What is planted in the county: groups of adjacent villages, their course, and what befalls places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata import periods
from geodata.sample.places import Places


@dataclass(frozen=True)
class PlannedCluster:
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
    clusters: list[PlannedCluster], indicator: str, villages: int, months: int
) -> np.ndarray:
    """Return the planted relative risk of an indicator, (villages, months), 1 where none is."""
    risks = np.ones((villages, months))
    for cluster in clusters:
        if cluster.indicator == indicator:
            risks[list(cluster.villages)] *= cluster.course(months)
    return risks


LAST_MONTH = "2025-12"
# The first month after the transition period, counted as a number.
AFTER_TRANSITION = 2026 * 12
# The invented county's own monitoring line by year, yuan per person and year.
LINES = {2020: 7600, 2021: 7800, 2022: 8000, 2023: 8200, 2024: 8400, 2025: 8600, 2026: 8800}


@dataclass(frozen=True)
class Plan:
    """The planted truths of one county.

    `clusters` are raised indicators: monitored (households under monitoring), shortage (days
    without water), fluoride, lost_work. `silent` is a township (row) whose feed is missing in
    month number `silent_month`; `merged` are villages (from, into, month number); `absent` is a
    village without a polygon in the boundary file; `misspelt` are villages written wrongly in the
    last month.
    """

    months: tuple[str, ...]
    clusters: tuple[PlannedCluster, ...]
    silent: int
    silent_month: int
    merged: tuple[int, int, int]
    absent: int
    misspelt: tuple[int, ...]

    @property
    def first(self) -> int:
        """Return the first month as a number: year * 12 + month - 1."""
        return month_number(self.months[0])

    def cluster(self, indicator: str, kind: str = "") -> PlannedCluster:
        """Return the first cluster of an indicator (and kind)."""
        return next(
            one for one in self.clusters if one.indicator == indicator and kind in ("", one.kind)
        )

    def risks(self, indicator: str, villages: int) -> np.ndarray:
        """Return the relative risk of an indicator, (villages, months)."""
        risks = np.ones((villages, len(self.months)))
        for cluster in self.clusters:
            if cluster.indicator == indicator:
                course = cluster.course(len(self.months))
                risks[list(cluster.villages)] = np.maximum(risks[list(cluster.villages)], course)
        return risks


def month_number(month: str) -> int:
    """Return a month YYYY-MM counted from the year 0."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_text(number: int) -> str:
    """Return a counted month as YYYY-MM."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def line_of(number: int) -> int:
    """Return the county's monitoring line in a counted month, yuan per person and year."""
    return LINES[min(max(number // 12, min(LINES)), max(LINES))]


def make_plan(
    rng: np.random.Generator, places: Places, months: int, until: str = LAST_MONTH
) -> Plan:
    """Return what is planted in the months that end with `until`: six groups of adjacent villages wide apart, and faults of places."""
    clusters = _clusters(places, months)
    hot = {village for cluster in clusters for village in cluster.villages}
    villages = places.villages
    calm = np.setdiff1d(np.flatnonzero(~villages["urban"]), list(hot))
    calm = calm[~villages["name"].duplicated(keep=False).to_numpy()[calm]]
    # A merger joins two villages of one township.
    same = villages["township_code"].to_numpy()[places.neighbours]
    pairs = places.neighbours[(same[:, 0] == same[:, 1])]
    pairs = pairs[np.isin(pairs, calm).all(axis=1)]
    gone, into = (int(one) for one in pairs[rng.integers(len(pairs))])
    rest = rng.permutation(np.setdiff1d(calm, [gone, into]))
    return Plan(
        months=periods.months_until(until, months),
        clusters=tuple(clusters),
        silent=_calm_township(places, hot),
        silent_month=max(months - 6, 1),
        merged=(gone, into, max(months - 9, 1)),
        absent=int(rest[0]),
        misspelt=tuple(sorted(int(one) for one in rest[1:5])),
    )


def _clusters(places: Places, months: int) -> list[PlannedCluster]:
    villages = places.villages
    size = int(np.clip(len(villages) // 33, 2, 6))
    rank = villages["metres"].rank(method="first")
    top = int(rank.argmax())
    centres = spread_centres(places, top, 5)
    end, half = months - 1, months // 2
    shapes = [
        ("shortage", "seasonal", 0, end, 8.0),
        ("monitored", "persistent", 0, end, 3.2),
        ("monitored", "emerging", max(end - 13, half), end, 3.2),
        ("monitored", "fading", 0, max(end - 14, half - 3), 3.2),
        ("lost_work", "emerging", max(end - 12, half), end, 6.0),
    ]
    taken: tuple[int, ...] = ()
    clusters = []
    for (indicator, kind, start, stop, risk), centre in zip(shapes, centres, strict=True):
        chosen = grow(places, centre, size, taken=taken)
        taken += chosen
        clusters.append(PlannedCluster(indicator, kind, chosen, start, stop, risk))
    # Fluoride lies in the lowest valley floor that nothing else befalls.
    low = rank.mask(villages["urban"] | rank.index.isin(taken)).argmin()
    valley = grow(places, int(low), size, taken=taken)
    return [*clusters, PlannedCluster("fluoride", "persistent", valley, 0, end, 4.0)]


def _calm_township(places: Places, hot: set[int]) -> int:
    """Return the township with the fewest villages in planted groups."""
    codes = places.villages["township_code"]
    inside = codes.iloc[sorted(hot)].value_counts().reindex(places.townships["code"], fill_value=0)
    return int(inside.argmin())
