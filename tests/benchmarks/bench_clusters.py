"""How often clusters are told where there are none, and those found that were planted.

``python -m tests.benchmarks.bench_clusters [false|found|smooth|power|speed] [--runs N]`` prints one
table each, from maps of tests.benchmarks.invented_maps; the same seeds give the same figures.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import product

import numpy as np

from geodata.hotspots.clusters import ClusterScan, find_clusters
from geodata.hotspots.smoothing import smooth_rates
from tests.benchmarks.invented_maps import County, counts, county, planted, smooth_truth

VILLAGES = 79
RATES = (0.005, 0.01, 0.02, 0.05, 0.10, 0.40)


def scans(
    runs: int, seed: int, *, mean: float, rate: float, **how: float
) -> Iterator[tuple[np.random.Generator, County, ClusterScan]]:
    """Give maps without a cluster, and what was found on each."""
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        place = county(VILLAGES, run, rng, mean=mean, alike_sizes=True)
        events, base = counts(rng, place, rate, **how)
        yield rng, place, find_clusters(events, base, place.windows, seed=run)


def false_share(runs: int, *, mean: float, rate: float, cv: float, stays: float) -> float:
    """Return on which share of maps without a cluster any is told."""
    told = [bool(s.clusters) for *_, s in scans(runs, 1, mean=mean, rate=rate, cv=cv, stays=stays)]
    return float(np.mean(told))


def found_share(
    runs: int,
    *,
    mean: float,
    size: int,
    risk: float,
    rate: float = 0.04,
    cv: float = 0.0,
    stays: float = 0.9,
    months: int = 6,
    round_: bool = True,
) -> tuple[float, float, float]:
    """Return recall and precision by village, and how often the planted cluster is touched."""
    hit = told = touched = 0
    for run in range(runs):
        rng = np.random.default_rng([2, run])
        place = county(VILLAGES, run, rng, mean=mean)
        members = planted(rng, place, size, round_=round_)
        risks = np.ones(VILLAGES)
        risks[members] = risk
        events, base = counts(rng, place, rate, cv=cv, stays=stays, months=months, risk=risks)
        scan = find_clusters(events, base, place.windows, seed=run)
        found = {int(one) for cluster in scan.clusters for one in cluster.members}
        hit += len(found & set(members.tolist()))
        told += len(found)
        touched += bool(found & set(members.tolist()))
    return hit / (runs * size), hit / max(told, 1), touched / runs


def power_error(runs: int, *, mean: float, rate: float, months: int = 1) -> tuple[float, float]:
    """Return how often a doubled cluster of 5 villages is said to be seen, and how often it is."""
    said, seen = [], []
    for run in range(runs):
        rng = np.random.default_rng([3, run])
        place = county(VILLAGES, run, rng, mean=mean)
        events, base = counts(rng, place, rate, months=months)
        said.append(find_clusters(events, base, place.windows, seed=run).doubled)
        risks = np.ones(VILLAGES)
        members = planted(rng, place, 5, round_=True)
        risks[members] = 2.0
        events, base = counts(rng, place, rate, months=months, risk=risks)
        scan = find_clusters(events, base, place.windows, seed=run)
        seen.append(any(np.isin(one.members, members).any() for one in scan.clusters))
    return float(np.mean(said)), float(np.mean(seen))


def smoothing(
    runs: int, *, mean: float, rate: float, spread: float, shared: float
) -> tuple[float, float, float]:
    """Return coverage of the intervals, error of the smoothed rates over that of the raw ones, and
    the share of villages told to be above with probability .8 that are."""
    inside, errors, right = [], [], []
    for run in range(runs):
        rng = np.random.default_rng([4, run])
        place = county(VILLAGES, run, rng, mean=mean)
        truth = smooth_truth(rng, place, rate, spread=spread, shared=shared)
        events = rng.binomial(place.households.astype(int), truth).astype(float)
        if not events.any():
            continue
        found = smooth_rates(events, place.households, place.links, seed=run)
        inside.append(((truth >= found.lower) & (truth <= found.upper)).mean())
        raw = events / place.households
        errors.append((np.square(found.rate - truth).mean(), np.square(raw - truth).mean()))
        line = events.sum() / place.households.sum()
        right += (truth > line)[found.above >= 0.8].tolist()
    ours, theirs = np.mean(errors, axis=0)
    return float(np.mean(inside)), float(np.sqrt(ours / theirs)), float(np.mean(right or [np.nan]))


def speed(villages: int, months: int) -> None:
    """Print CPU seconds of scanning and smoothing all months of one indicator, clusters in each."""
    rng, start = np.random.default_rng(5), time.process_time()
    place = county(villages, 0, rng, mean=290)
    seconds = time.process_time() - start
    print(f"{villages} villages: {place.windows.shape[0]} sets in {seconds:.1f} s CPU")
    risks = np.ones(villages)
    risks[planted(rng, place, 20, round_=True)] = 2.0
    events, base = counts(rng, place, 0.02, cv=0.2, stays=0.8, months=months, risk=risks)
    start, told, replicates = time.process_time(), 0, 0
    for month in range(months):
        first = max(0, month - 5)
        span = slice(first, month + 1)
        scan = find_clusters(events[:, span], base[:, span], place.windows, seed=month)
        told, replicates = told + bool(scan.clusters), replicates + scan.replicates
    print(f"scan of {months} months: {time.process_time() - start:.1f} s CPU")
    print(f"  {told} months with clusters, {replicates} maps simulated")
    start = time.process_time()
    for month in range(months):
        smooth_rates(events[:, month], base[:, month], place.links, seed=month)
    print(f"smoothing of {months} months: {time.process_time() - start:.1f} s CPU")


def print_false(runs: int) -> None:
    """Print the share of maps with a false cluster, by base rate, size, cv and persistence."""
    print("share of maps without a cluster on which any is told (line .06)")
    print("households  cv  stays  " + "  ".join(f"{rate:>6.1%}" for rate in RATES))
    for mean, cv, stays in product((40, 290), (0.0, 0.2, 0.4), (0.0, 0.8, 0.95)):
        row = [false_share(runs, mean=mean, rate=rate, cv=cv, stays=stays) for rate in RATES]
        print(
            f"{mean:>10}  {cv:.1f}  {stays:>5}  " + "  ".join(f"{x:>6.3f}" for x in row), flush=True
        )


def print_found(runs: int) -> None:
    """Print recall and precision of planted clusters at 4 %."""
    print(
        "households  villages x risk  cv  stays months  round: recall precision touched  grown: ..."
    )
    cases = ((40, 4, 2.5, 0), (40, 8, 2, 0), (290, 2, 2.5, 0), (290, 4, 1.5, 0), (290, 8, 1.5, 0))
    for mean, size, risk, cv in (*cases, (290, 4, 2.5, 0.4)):
        for stays, months in ((0.0, 1), (0.8, 6), (0.95, 6)):
            both = [
                found_share(
                    runs,
                    mean=mean,
                    size=size,
                    risk=risk,
                    cv=cv,
                    stays=stays,
                    months=months,
                    round_=round_,
                )
                for round_ in (True, False)
            ]
            told = "   ".join(" ".join(f"{x:.2f}" for x in one) for one in both)
            print(f"{mean:>10}  {size} x {risk}  {cv}  {stays:>5} {months}  {told}", flush=True)


def print_smooth(runs: int) -> None:
    """Print coverage of 95 % intervals and error over raw, by base rate."""
    print("households spread shared   rate: coverage, error / raw, right of those told above")
    for mean in (40, 290):
        for spread, shared in product((0.2, 0.35, 0.5), (0.0, 0.5, 0.9)):
            row = [
                smoothing(runs, mean=mean, rate=rate, spread=spread, shared=shared)
                for rate in (0.01, 0.02, 0.05, 0.10)
            ]
            told = "   ".join(" ".join(f"{x:.3f}" for x in one) for one in row)
            print(f"{mean:>10} {spread:>6} {shared:>6}   {told}", flush=True)


def print_power(runs: int) -> None:
    """Print how often a doubled cluster of 5 villages is said to be seen, and is."""
    print("households  rate  said  seen")
    for mean, rate in product((40, 290), (0.02, 0.05, 0.10, 0.20)):
        said, seen = power_error(runs, mean=mean, rate=rate)
        print(f"{mean:>10}  {rate:>4.0%}  {said:.2f}  {seen:.2f}", flush=True)


def main() -> None:
    """Print the tables that are asked for, all by default."""
    words = sys.argv[1:]
    runs = int(words[words.index("--runs") + 1]) if "--runs" in words else 200
    tables = {
        "false": print_false, "found": print_found, "smooth": print_smooth, "power": print_power,
        "speed": lambda _: speed(3000, 36),
    }  # fmt: skip
    for name, show in tables.items():
        if name in words or not set(words) & set(tables):
            show(runs)


if __name__ == "__main__":
    main()
