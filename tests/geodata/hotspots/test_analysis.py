"""An indicator end to end: planted clusters, pure noise, months added, filters, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from geodata import hotspots
from geodata.errors import HotspotError
from tests.geodata.hotspots.grid_county import block, grid_neighbours, households

ROWS, COLUMNS = 15, 20
LINKS = grid_neighbours(ROWS, COLUMNS)
N, MONTHS = ROWS * COLUMNS, 24
PERIODS = [f"{2024 + month // 12}-{month % 12 + 1:02d}" for month in range(MONTHS)]
OLD, RISING, GOOD = (block(ROWS, COLUMNS, at) for at in ((1, 1), (10, 2), (10, 15)))
NEW = block(ROWS, COLUMNS, (1, 15), size=2)


def _planted(seed=0, base_rate=0.08):
    """Return events and base with an old, a new and a rising hot spot and a cold one."""
    rng = np.random.default_rng(seed)
    base = households(N, rng)
    risk = np.ones((N, MONTHS))
    risk[OLD] = 2
    risk[NEW, -3:] = 3.5
    risk[RISING] = np.linspace(1.7, 3.5, MONTHS)
    risk[GOOD] = 0.2
    events = rng.binomial(base.astype(int)[:, None], np.minimum(base_rate * risk, 1)).astype(float)
    return (
        pd.DataFrame(events, index=LINKS.ids, columns=PERIODS),
        pd.Series(base, index=LINKS.ids),
    )


@pytest.fixture(scope="module")
def result():
    events, base = _planted()
    return hotspots.analyse(events, base, LINKS, threshold=0.05)


def _centre(positions):
    return positions[len(positions) // 2]


def test_planted_clusters_are_found_and_named(result):
    assert result.category[_centre(OLD)] in (4, 5)  # the rising cluster dwarfs it in time
    assert result.category[_centre(NEW)] == 2
    assert result.run[_centre(NEW)] == 3
    assert result.category[_centre(RISING)] in (3, 4)
    assert result.category[_centre(GOOD)] < 0


def _one_cluster(risk):
    rng = np.random.default_rng(3)
    base = households(N, rng)
    risks = np.ones((N, MONTHS))
    risks[OLD] = risk
    events = rng.binomial(base.astype(int)[:, None], 0.1 * risks).astype(float)
    return hotspots.analyse(pd.DataFrame(events, index=LINKS.ids, columns=PERIODS), base, LINKS)


def test_rising_cluster_is_intensifying_and_a_steady_one_persistent():
    rising = _one_cluster(np.linspace(1.6, 2.1, MONTHS))
    assert rising.category[_centre(OLD)] == 3
    said = rising.sentence(LINKS.ids[_centre(OLD)], "zh")
    assert said.startswith("该村连续24个月为热点")
    assert "趋势上升" in said
    assert "8个相邻村" in said
    assert _one_cluster(2.0).category[_centre(OLD)] == 4


def test_recall_and_false_alarms_are_as_stated_in_the_method_page(result):
    hot = result.significant & (result.z > 0)
    planted = np.zeros((N, MONTHS), dtype=bool)
    planted[np.r_[OLD, RISING]] = True
    planted[NEW, -3:] = True
    near = np.zeros((N, MONTHS), dtype=bool)
    for cluster in (OLD, NEW, RISING):
        around = np.unique(LINKS.with_self[cluster].tocoo().col)
        near[around] = True
    assert hot[planted].mean() > 0.6
    assert hot[~near].mean() < 0.001


def test_villages_and_categories_add_up(result):
    assert result.counts().sum() == N == len(result)


def test_alarm_is_significant_on_the_worse_side(result):
    assert (result.significant & (result.z > 0))[result.alarm].all()
    assert result.alarm[_centre(OLD)].mean() > 0.9
    assert not result.alarm[GOOD].any()


def test_low_is_worse_turns_hot_into_few():
    events, base = _planted()
    turned = hotspots.analyse(events, base, LINKS, worse="low")
    plain = hotspots.analyse(events, base, LINKS)
    np.testing.assert_array_equal(turned.z, -plain.z)
    np.testing.assert_array_equal(turned.category, -plain.category)
    assert turned.category[_centre(GOOD)] > 0


def test_smoothed_rate_never_enters_the_test(result):
    events, base = _planted()
    z = hotspots.gi_star(hotspots.standardised_rate(events, base), LINKS)
    np.testing.assert_allclose(result.z, z, atol=1e-12)


def test_published_months_do_not_change_when_months_are_added(result):
    events, base = _planted()
    short = hotspots.analyse(events.iloc[:, :18], base, LINKS, threshold=0.05)
    for name in ("z", "p", "adjusted", "bins", "alarm", "smoothed", "lower", "exceedance"):
        np.testing.assert_array_equal(getattr(result, name)[:, :18], getattr(short, name))


def test_cube_family_does_change_published_months(result):
    events, base = _planted()
    whole = hotspots.analyse(events, base, LINKS, fdr="cube")
    short = hotspots.analyse(events.iloc[:, :18], base, LINKS, fdr="cube")
    assert not np.array_equal(whole.adjusted[:, :18], short.adjusted)


def test_drill_down_filters_and_does_not_compute_again(result):
    keys = LINKS.ids[OLD]
    part = result.places(keys)
    assert list(part.ids) == list(keys)
    np.testing.assert_array_equal(part.z, result.z[OLD])
    np.testing.assert_array_equal(part.county_rate, result.county_rate)
    pd.testing.assert_frame_equal(part.frame(), result.frame().loc[keys])
    with pytest.raises(HotspotError, match="nowhere"):
        result.places(["nowhere"])


def test_explanation_adds_up_by_hand(result):
    events, base = _planted()
    place = LINKS.ids[_centre(OLD)]
    around = [place, *LINKS.edges().query("focal == @place")["neighbour"]]
    happened, households_around = events[PERIODS[-1]][around].sum(), base[around].sum()
    said = result.explanation(place, lang="en")
    assert said.startswith("self + 8 neighbours: ")
    assert f"{happened:,.0f} of {households_around:,.0f} households" in said
    assert f"= {100 * happened / households_around:.1f}%" in said
    county = events[PERIODS[-1]].sum() / base.sum()
    assert f"county {100 * county:.1f}%" in said


def test_finding_says_how_long(result):
    assert "3 months in a row" in result.sentence(LINKS.ids[_centre(NEW)], "en")


def test_village_without_cases_in_a_hot_neighbourhood_is_told_apart():
    events, base = _planted()
    events.iloc[_centre(OLD)] = 0
    found = hotspots.analyse(events, base, LINKS)
    row = found.frame().loc[LINKS.ids[_centre(OLD)]]
    assert row["significant"]
    assert row["quadrant"] == "low_high"
    assert row["rate"] == 0


def test_dataset_holds_every_array_with_its_labels(result):
    dataset = result.to_dataset()
    assert dataset.sizes == {"place": N, "period": MONTHS}
    assert dataset["category"].dims == ("place",)
    assert dataset["county_rate"].dims == ("period",)
    assert float(dataset["z"].sel(place=LINKS.ids[3], period=PERIODS[2])) == result.z[3, 2]


@pytest.mark.parametrize("form", ["numpy", "pandas", "xarray"])
def test_every_kind_of_array_gives_the_same(form, result):
    events, base = _planted()
    if form == "numpy":
        found = hotspots.analyse(events.to_numpy(), base.to_numpy(), LINKS)
    elif form == "xarray":
        cube = xr.DataArray(events, dims=["place", "period"])
        found = hotspots.analyse(cube.transpose(), xr.DataArray(base, dims=["place"]), LINKS)
        assert list(found.periods) == PERIODS
    else:
        found = hotspots.analyse(events.sample(frac=1, random_state=0), base, LINKS)
        found = found.places(LINKS.ids)
    np.testing.assert_allclose(found.z, result.z, atol=1e-10)
    np.testing.assert_array_equal(found.category, result.category)


def test_one_month_has_bins_but_no_category():
    events, base = _planted()
    found = hotspots.analyse(events.iloc[:, -1], base, LINKS)
    assert found.bins[_centre(OLD), 0] > 0
    assert (found.category == 99).all()
    assert found.sentence(LINKS.ids[0], "zh").startswith("该村本期不是热点")
    hot = LINKS.ids[_centre(OLD)]
    assert "错判率控制在1%" in found.sentence(hot, "zh")
    assert "本镇" not in found.sentence(hot, "zh", level="village")
    assert found.sentence(hot, "zh", level="township").startswith("该乡镇本期为热点")


@pytest.mark.parametrize(("months", "assessed"), [(9, False), (10, True)])
def test_ten_observed_months_are_needed_for_a_category(months, assessed):
    events, base = _planted()
    found = hotspots.analyse(events.iloc[:, :months], base, LINKS)
    assert (found.category != 99).all() == assessed


def test_every_village_without_a_category_has_its_reason():
    events, base = _planted()
    events.iloc[7, -1] = np.nan
    base.iloc[9] = 0
    links = LINKS.with_links(remove=[(LINKS.ids[0], other) for other in LINKS.ids[[1, 20, 21]]])
    found = hotspots.analyse(events.clip(upper=base.where(base > 0), axis=0), base, links)
    for row, reason in ((7, "missing_value"), (9, "base_zero"), (0, "no_neighbours")):
        assert found.category[row] == 99
        assert hotspots.REASONS[found.category_reason[row]] == reason
    assert ((found.category == 99) == (found.category_reason > 0)).all()
    assert (found.category == 99).sum() == 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda e: e * 0 + 5, "no_variation"),
        (lambda e: e * np.nan, "missing_value"),
        (lambda e: e * 0, "no_variation"),
    ],
)
def test_nothing_to_see_is_not_assessed_with_the_reason(change, reason):
    events, base = _planted()
    base = base * 0 + 400
    found = hotspots.analyse(change(events), base, LINKS)
    assert (found.category == 99).all()
    assert {hotspots.REASONS[code] for code in found.category_reason} == {reason}
    assert not found.significant.any()
    assert "—" in found.sentence(LINKS.ids[0]) or "%" in found.sentence(LINKS.ids[0])


def test_one_village_alone_is_not_assessed():
    found = hotspots.analyse([[3.0] * 12], [[50.0] * 12], np.zeros((1, 1)))
    assert found.category[0] == 99
    assert hotspots.REASONS[found.category_reason[0]] == "few_villages"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "share"}, "proportion, rare_rate, value"),
        ({"worse": "more"}, "high, low"),
        ({"trend": "ar1"}, "trend_test"),
        ({"alpha": 5}, "alpha"),
        ({"fdr": "week"}, "month, cube, none"),
        ({"lag": -1}, "lag"),
        ({"trend_test": "linear"}, "seasonal"),
    ],
)
def test_unknown_settings_are_refused_with_what_may_be(options, message):
    events, base = _planted()
    with pytest.raises(HotspotError, match=message):
        hotspots.analyse(events, base, LINKS, **options)


def test_share_without_a_base_is_refused():
    with pytest.raises(HotspotError, match="value"):
        hotspots.analyse(np.ones((N, 2)), None, LINKS)


def test_plain_value_has_means_instead_of_shares():
    rng = np.random.default_rng(0)
    income = rng.lognormal(9.5, 0.2, (N, 12))
    income[OLD] *= 0.5
    frame = pd.DataFrame(income, index=LINKS.ids, columns=PERIODS[:12])
    found = hotspots.analyse(frame, None, LINKS, kind="value", worse="low", log=True)
    assert found.category[_centre(OLD)] == 4
    around = [LINKS.ids[_centre(OLD)], *LINKS.ids[[c for c in OLD if c != _centre(OLD)]]]
    mean = frame.loc[around, PERIODS[11]].mean()
    assert f"mean {mean:,.0f}" in found.explanation(around[0], lang="en")
    with pytest.raises(HotspotError):
        hotspots.analyse(-frame, None, LINKS, kind="value", log=True)


@pytest.mark.parametrize("test", ["mk", "ar1", "seasonal"])
def test_lag_and_other_trend_tests_run_end_to_end(test):
    events, base = _planted()
    found = hotspots.analyse(events, base, LINKS, lag=1, trend_test=test)
    assert found.category[_centre(RISING)] in (3, 4)
    assert np.isfinite(found.z).all()


# Pure noise: no clusters, nothing rises.

RUNS = 400


@pytest.mark.parametrize("base_rate", [0.005, 0.02, 0.10, 0.40])
def test_at_most_five_percent_of_pure_noise_maps_raise_any_alarm(base_rate):
    rng = np.random.default_rng(11)
    base = households(N, rng)
    events = rng.binomial(base.astype(int)[:, None], base_rate, (N, RUNS))
    found = hotspots.analyse(events, base, LINKS)
    assert found.alarm.any(axis=0).mean() <= 0.05
    if base_rate >= 0.02:
        assert found.significant.any(axis=0).mean() < 0.10


def test_pure_noise_of_a_plain_value_raises_alarms_in_at_most_five_percent_of_maps():
    noise = np.random.default_rng(4).normal(size=(N, RUNS))
    found = hotspots.analyse(noise, None, LINKS, kind="value")
    assert found.alarm.any(axis=0).mean() <= 0.05


def test_months_of_pure_noise_give_hardly_any_village_a_category():
    rng = np.random.default_rng(2)
    base = households(N, rng)
    events = rng.binomial(base.astype(int)[:, None], 0.02, (N, 36))
    found = hotspots.analyse(events, base, LINKS)
    assert np.mean(found.category != 0) <= 0.005


def test_raw_rates_would_alarm_more_often_than_standardised_ones():
    rng = np.random.default_rng(6)
    base = np.round(rng.lognormal(np.log(350), 1.0, N)).clip(20)  # hamlets and market towns
    events = rng.binomial(base.astype(int)[:, None], 0.02, (N, RUNS))

    def alarming(values):
        p = hotspots.two_sided_p(hotspots.gi_star(values, LINKS))
        return (hotspots.benjamini_hochberg(p) <= 0.05).any(axis=0).mean()

    standardised = alarming(hotspots.standardised_rate(events, base))
    assert alarming(events / base[:, None]) > 1.5 * standardised
