"""Sets of a map: how clearly each lies above the rest, and the clearest of many maps at once."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.hotspots.chance import Chance
from geodata.hotspots.scan_sets import ScanSets, log_ratio
from tests.benchmarks.invented_maps import counts, county

SPANS = (1, 2, 3)


def _maps(rate: float, number: int = 30) -> tuple[ScanSets, np.ndarray]:
    rng = np.random.default_rng(int(100 * rate))
    place = county(79, 1, rng, mean=40)
    drawn = [counts(rng, place, rate, cv=0.3, stays=0.5, months=3) for _ in range(number)]
    base = drawn[0][1]
    chance = Chance(np.full(3, rate), 0.01, 0.5)
    sets = ScanSets.within(place.windows, base, chance, SPANS, (0.10, 5))
    return sets, np.stack([events for events, _ in drawn], axis=2)


def test_ratio_is_that_of_the_counts_as_so_many_households_as_count():
    sets, maps = _maps(0.1)
    ratios = sets.ratios(maps[:, :, 0])
    row, at = np.unravel_index(ratios.argmax(), ratios.shape)
    inside, last = sets.villages(int(row)), slice(3 - SPANS[at], None)
    weight = 1 / sets.chance.effect(sets.base[:, -1], SPANS[at])
    events = maps[:, last, 0].sum(axis=1) * weight
    size = sets.base[:, last].sum(axis=1) * weight
    parts = (np.array([part]) for part in (events[inside].sum(), size[inside].sum(), events.sum()))
    assert ratios[row, at] == pytest.approx(log_ratio(*parts, size.sum())[0], rel=1e-4)


@pytest.mark.parametrize("rate", [0.005, 0.02, 0.1, 0.4, 0.7, 0.93])
def test_the_clearest_of_each_map_is_the_largest_of_all_its_ratios(rate):
    sets, maps = _maps(rate)
    best = sets.clearest(maps)
    for at in range(maps.shape[2]):
        ratios = sets.ratios(maps[:, :, at])
        assert best.ratio[at] == pytest.approx(ratios.max(), rel=1e-4, abs=1e-6)
        if ratios.max() > 0:
            told = ratios[best.row[at], best.span[at]]
            assert told == pytest.approx(best.ratio[at], rel=1e-4)


def test_sets_of_few_events_and_large_ones_are_none():
    sets, maps = _maps(0.02)
    whole = sets.base[:, -1].sum()
    assert (sets.members @ sets.base[:, -1] <= 0.10 * whole).all()
    assert np.diff(sets.members.indptr).min() == 2
    ratios = sets.ratios(maps[:, :, 0])
    summed = np.stack([sets.members @ maps[:, 3 - span :, 0].sum(axis=1) for span in SPANS], axis=1)
    assert (ratios[summed < 4.5] == 0).all()
    assert (ratios > 0).any()
