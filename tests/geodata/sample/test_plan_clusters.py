"""Whether the scan finds what is planted in the invented county, cluster by cluster."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from geodata.hotspots.built import CLUSTERS, MAPS, hotspot_tables
from geodata.hotspots.clusters import ClusterOptions, find_clusters
from geodata.hotspots.windows import village_windows
from geodata.sample.places import Places
from geodata.sample.world import World, make_world
from tests.invented_figures import figures_atlas

MONTHS = 24
# Months in which a planted group is found, a little less than measured (13, 7 and 5). While two of them
# last side by side, each counts as how much villages differ anyhow and hides the other.
LEAST = {"persistent": 11, "emerging": 6, "fading": 4}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(villages=66, households=16_000, months=MONTHS, seed=5)


def _windows(places: Places) -> sparse.csr_array:
    first, second = places.neighbours.T
    n = len(places.villages)
    ends = np.r_[first, second], np.r_[second, first]
    links = sparse.csr_array((np.ones(2 * len(first)), ends), shape=(n, n))
    return village_windows(places.villages[["x", "y"]].to_numpy(), links)


@pytest.fixture(scope="module")
def told(world) -> list[set[int]]:
    """Return of each month the villages in clusters of monitored households."""
    since, until = (world.episodes[name].to_numpy() for name in ("identified", "removed"))
    month = world.plan.first + np.arange(MONTHS)[:, None]
    active = (since >= 0) & (since <= month) & ((until < 0) | (until > month))
    village, n = world.households["village"].to_numpy(), len(world.places.villages)
    events = np.array([np.bincount(village[one], minlength=n) for one in active], dtype=float).T
    base = np.repeat(np.bincount(village, minlength=n)[:, None], MONTHS, axis=1).astype(float)
    windows, reach = _windows(world.places), max(ClusterOptions().spans)
    scans = [
        find_clusters(
            events[:, max(0, end - reach) : end],
            base[:, max(0, end - reach) : end],
            windows,
            seed=end,
        )
        for end in range(1, MONTHS + 1)
    ]
    return [{int(at) for c in scan.clusters for at in c.members} for scan in scans]


@pytest.mark.parametrize("kind", LEAST)
def test_planted_group_of_monitored_households_is_found(world, told, kind, record_property):
    inside = set(world.plan.cluster("monitored", kind).villages)
    parts = [len(one & inside) / len(inside) for one in told]
    months = sum(part > 0 for part in parts)
    print(f"{kind}: found in {months} of {MONTHS} months, part by month", np.round(parts, 1))
    record_property("months", months)
    assert months >= LEAST[kind]


def test_nothing_is_told_far_from_what_was_planted(world, told):
    planted = {at for one in world.plan.clusters for at in one.villages}
    near = planted | {int(at) for one in planted for at in world.places.around(one)}
    apart = [len(one - near) for one in told]
    print("villages told away from what was planted, by month", apart)
    assert np.mean(apart) < 1


def test_what_everybody_is_or_has_no_base_shows_no_cluster():
    whole = figures_atlas()
    month, keys = whole.periods[-1], ("households", "helpers_idle")
    chosen = whole.values["indicator"].isin(keys) & (whole.values["period"] == month)
    rows = whole.values[chosen]
    everybody = rows["indicator"] == "households"
    rows = rows.assign(
        numerator=rows["numerator"].mask(everybody, rows["subjects"] - rows["missing"])
    )
    shown = {key: whole.indicators[key] for key in keys}
    tables = hotspot_tables(replace(whole, values=rows, indicators=shown))
    assert tables[CLUSTERS].empty
    assert dict(tables[MAPS][["indicator", "reason"]].to_numpy()) == {"households": "everybody"}
