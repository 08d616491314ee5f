"""The scan: silent on maps without a cluster, finds those planted, agrees with Kulldorff's."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.hotspots.clusters import ClusterOptions, find_clusters
from geodata.hotspots.scan import spatial_scan
from geodata.hotspots.scan_sets import log_ratio
from tests.benchmarks.bench_clusters import false_share, found_share, power_error
from tests.benchmarks.invented_maps import counts, county, planted


@pytest.mark.parametrize(
    ("rate", "cv", "stays"), [(0.01, 0.0, 0.95), (0.02, 0.4, 0.8), (0.10, 0.2, 0.0), (0.4, 0.4, 0)]
)
def test_few_maps_without_a_cluster_tell_one(rate, cv, stays):
    # of 40 maps at 5 % more than 6 in one of a hundred times
    assert false_share(40, mean=290, rate=rate, cv=cv, stays=stays) <= 6 / 40


def test_planted_clusters_are_found_and_little_else():
    recall, precision, _ = found_share(30, mean=290, size=4, risk=2.5)
    assert recall >= 0.8
    assert precision >= 0.7


def _map(risk=2.0, months=3, rate=0.04, seed=0):
    rng = np.random.default_rng(seed)
    place = county(79, seed, rng, mean=290)
    members = planted(rng, place, 5, round_=True)
    risks = np.ones(79)
    risks[members] = risk
    events, base = counts(rng, place, rate, months=months, risk=risks)
    return place, members, events, base


def test_cluster_says_what_was_seen_and_what_the_county_lets_expect():
    place, members, events, base = _map()
    first = find_clusters(events, base, place.windows, seed=1).clusters[0]
    assert len(np.intersect1d(first.members, members)) >= 4
    inside = (first.members, slice(3 - first.span, 3))
    assert first.observed == events[inside].sum()
    assert first.base == base[inside].sum()
    rates = events.sum(axis=0) / base.sum(axis=0)
    assert first.expected == pytest.approx((base * rates)[inside].sum())
    assert first.p <= 0.01


def test_same_counts_and_seed_give_the_same():
    place, _, events, base = _map()
    one, two = (find_clusters(events, base, place.windows, seed=4) for _ in range(2))
    assert [c.p for c in one.clusters] == [c.p for c in two.clusters]
    assert one.line == two.line
    assert one.doubled == two.doubled


def test_villages_without_a_count_take_no_part():
    place, members, events, base = _map()
    events[members] = np.nan
    found = find_clusters(events, base, place.windows, seed=1)
    told = {int(v) for one in found.clusters for v in one.members}
    assert not told & set(members.tolist())


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_where_nobody_or_everybody_counts_nothing_is_scanned(value):
    place, _, _, base = _map()
    found = find_clusters(base * value, base, place.windows, seed=1)
    assert found.clusters == ()
    assert np.isnan(found.p)


def test_fewer_cases_than_asked_are_no_cluster():
    place, members, events, base = _map(months=1)
    events[:] = 0
    events[members[:4], 0] = 1
    assert find_clusters(events, base, place.windows, seed=1).clusters == ()
    events[members, 0] = 3
    assert find_clusters(events, base, place.windows, seed=1).clusters


def test_ratio_is_that_of_kulldorff_where_villages_vary_no_more_than_chance():
    place, _, events, base = _map(months=1, risk=3.0, seed=2)
    theirs = spatial_scan(
        events[:, 0], base[:, 0], place.xy, model="binomial", max_share=0.10, replicates=19
    ).iloc[0]
    inside, tried, whole = (np.array([x]) for x in (theirs.events, theirs.base, events.sum()))
    found = log_ratio(inside, tried, whole, float(base.sum()))
    assert found[0] == pytest.approx(theirs.log_ratio, rel=1e-12)
    # villages that differ count as fewer households, so that the same set is less clear
    first = find_clusters(events, base, place.windows, seed=1).clusters[0]
    assert first.ratio < theirs.log_ratio


def test_a_second_cluster_is_found_behind_one_that_stands_out_more():
    place, _, events, base = _map(risk=1.0, seed=3)
    centres = np.argsort(place.xy[:, 0])[[8, -8]]
    groups = [np.argsort(place.distances[centre])[:5] for centre in centres]
    for group, share in zip(groups, (0.6, 0.12), strict=True):
        events[group] = np.round(base[group] * share)
    scan = find_clusters(events, base, place.windows, seed=1)
    told = [set(one.members.tolist()) for one in scan.clusters]
    for group in groups:
        assert any(len(members & set(group.tolist())) >= 4 for members in told)
    assert len(set().union(*told)) == sum(map(len, told))
    # held against the county as it is, not against what is left of it
    rates = events.sum(axis=0) / base.sum(axis=0)
    for one in scan.clusters:
        inside = (one.members, slice(3 - one.span, 3))
        assert one.expected == pytest.approx((base * rates)[inside].sum())


def test_clearly_unclear_maps_are_not_simulated_to_the_end():
    place, _, events, base = _map(risk=1.0)
    found = find_clusters(events, base, place.windows, seed=1)
    assert found.p > 0.1
    assert found.replicates < ClusterOptions().replicates


@pytest.mark.parametrize(("mean", "rate"), [(40, 0.10), (290, 0.05)])
def test_what_could_be_seen_is_about_what_is_seen(mean, rate):
    said, seen = power_error(30, mean=mean, rate=rate)
    assert said == pytest.approx(seen, abs=0.25)


def test_doubled_risk_is_told_for_rates_that_can_double_only():
    place, _, events, base = _map(months=1, risk=1.0, rate=0.4)
    assert find_clusters(events, base, place.windows, seed=1).factor == 2.0
    place, _, events, base = _map(months=1, risk=1.0, rate=0.55)
    assert find_clusters(events, base, place.windows, seed=1).factor == 1.5
    place, _, events, base = _map(months=1, risk=1.0, rate=0.8)
    assert np.isnan(find_clusters(events, base, place.windows, seed=1).doubled)
