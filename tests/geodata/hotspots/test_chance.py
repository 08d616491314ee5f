"""What chance does to a map: estimated from counts as it was put in, and drawn again as it was."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.hotspots.chance import (
    Chance,
    draw_maps,
    estimate_chance,
    moments,
    studentised,
    village_levels,
)

BASE = np.full((4000, 6), 60.0)


def _maps(alike: float, stays: float) -> np.ndarray:
    rng = np.random.default_rng(3)
    levels = rng.normal(0, np.sqrt(alike * 0.09), len(BASE))
    chance = Chance(np.full(6, 0.1), alike, stays)
    return draw_maps(rng, 1, BASE, chance, levels)[0].astype(float)


@pytest.mark.parametrize("alike", [0.0, 0.02])
@pytest.mark.parametrize("stays", [0.0, 0.5, 0.9])
def test_what_was_put_in_is_estimated(alike, stays):
    found = estimate_chance(_maps(alike, stays), BASE)
    assert found.alike == pytest.approx(alike, abs=0.004)
    assert found.stays == pytest.approx(stays, abs=0.05)
    assert found.rate == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(("alike", "stays"), [(0.0, 0.0), (0.02, 0.0), (0.0, 0.9), (0.02, 0.8)])
@pytest.mark.parametrize("periods", [1, 6])
def test_sums_vary_by_the_design_effect(alike, stays, periods):
    summed = _maps(alike, stays)[:, 6 - periods :].sum(axis=1)
    effect = Chance(np.full(6, 0.1), alike, stays).effect(np.array([60.0]), periods)[0]
    assert summed.var() == pytest.approx(60 * periods * 0.09 * effect, rel=0.12)


def test_levels_have_the_variance_between_villages_and_are_shuffled():
    events = _maps(0.02, 0.0)
    found = estimate_chance(events, BASE)
    levels = village_levels(events, BASE, found)
    assert levels.var() == pytest.approx(found.alike * 0.09, rel=0.02)
    assert levels.mean() == pytest.approx(0, abs=1e-12)
    drawn = draw_maps(np.random.default_rng(0), 3, BASE, found, levels)
    assert drawn.shape == (3, 4000, 6)
    again = moments(drawn.astype(float), BASE)[0]
    assert again == pytest.approx(found.alike, abs=0.004)


def test_a_map_that_varies_more_than_ours_counts_for_less():
    quiet = Chance(np.full(6, 0.1), 0.0, 0.0)
    loud = _maps(0.05, 0.0)[None]
    still = _maps(0.0, 0.0)[None]
    none = np.zeros((1, len(BASE)), dtype=bool)
    assert studentised(np.array([10.0]), loud, none, BASE, (quiet, (1,)))[0] < 5
    assert studentised(np.array([10.0]), still, none, BASE, (quiet, (1,)))[0] > 8


@pytest.mark.parametrize("periods", [1, 6])
def test_villages_left_out_are_as_if_they_were_not_there(periods):
    events, base = _maps(0.02, 0.8)[:300, :periods], BASE[:300, :periods]
    events[:5] = 50
    rest = np.arange(300) >= 5
    left_out = moments(events[None], base, ~rest[None])
    np.testing.assert_allclose(left_out, moments(events[rest][None], base[rest]))
    found = estimate_chance(events, base, ~rest)
    again = estimate_chance(events[rest], base[rest])
    assert (found.alike, found.stays) == (again.alike, again.stays)
    np.testing.assert_array_equal(found.rate, again.rate)
    assert found.alike < estimate_chance(events, base).alike / 3


def test_one_period_says_nothing_of_who_stays():
    assert moments(np.ones((2, 5, 1)), np.full((5, 1), 9.0))[1].tolist() == [0.0, 0.0]
