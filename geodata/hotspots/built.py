"""What is computed of all hot spots when an atlas is made: clusters, smoothed rates, what can be seen."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import sparse

from geodata.atlas import Atlas
from geodata.figures import Indicator
from geodata.hotspots.clusters import ClusterOptions, ClusterScan, find_clusters
from geodata.hotspots.contiguity import geometry_hash, neighbours
from geodata.hotspots.gi import MIN_VILLAGES
from geodata.hotspots.result import MIN_EVENTS
from geodata.hotspots.scan import coordinates
from geodata.hotspots.smoothing import SmoothedRates, smooth_rates
from geodata.hotspots.windows import village_windows
from geodata.isolated import process_pool

# Whatever is changed in how hot spots are computed, changes this: months of before are made anew.
VERSION = "2"
MAPS, CLUSTERS = "hotspot_maps", "hotspot_clusters"
_OPTIONS = ClusterOptions()
_MAP_COLUMNS = ["period", "indicator", "digest", "reason", "rate", "factor", "doubled", "p"]
_CLUSTER_COLUMNS = ["period", "indicator", "rank", "span", "p", "places"]
_RATE_COLUMNS = ["indicator", "place", "rate", "lower", "upper", "above"]


def rates_table(period: str) -> str:
    """Return the name of the table of smoothed rates of a period."""
    return f"hotspot_rates_{period}"


@dataclass(frozen=True, eq=False)
class _ScanGround:
    """The villages that have an outline: their neighbours and the sets of them that are looked at."""

    keys: pd.Index
    links: sparse.csr_array
    windows: sparse.csr_array
    digest: str

    @classmethod
    def of(cls, atlas: Atlas) -> _ScanGround:
        keys = atlas.places_in(None, atlas.lowest)
        outlines = atlas.shapes(atlas.lowest, keys)
        there = ~(shapely.is_missing(outlines) | shapely.is_empty(outlines))
        shapes = gpd.GeoSeries(outlines[there], index=keys[there], crs=4326)
        if len(shapes) < MIN_VILLAGES:
            none = sparse.csr_array((len(shapes), len(shapes)))
            return cls(shapes.index, none, none, "")
        links = neighbours(shapes).matrix
        windows = village_windows(coordinates(shapes, len(shapes)), links)
        return cls(shapes.index, links, windows, geometry_hash(shapes))


@dataclass(frozen=True, eq=False)
class Counts:
    """Events of a base by village and period, the last is the one looked at."""

    events: np.ndarray
    base: np.ndarray

    def until(self, end: int) -> Counts:
        """Return the periods before the position `end`, as many as a scan looks at."""
        span = slice(max(0, end - max(_OPTIONS.spans)), end)
        return Counts(self.events[:, span], self.base[:, span])


def counted_events(
    rows: pd.DataFrame, indicator: Indicator, keys: pd.Index, periods: Sequence[str]
) -> Counts:
    """Return what an indicator counts of its base in the villages `keys`, (n, T), NaN if unknown.

    `rows` are its values in an atlas. A count of those who are judged has all who could be judged
    as its base. Where few are bad, the events are those of the base who are not counted.
    """
    parts = {
        name: rows.pivot(index="place", columns="period", values=name)
        .reindex(index=keys, columns=list(periods))
        .to_numpy(dtype=np.float64)
        for name in ("numerator", "denominator", "missing", "subjects")
    }
    events, base = parts["numerator"], parts["denominator"]
    if indicator.counts_judged:
        base = parts["subjects"] - parts["missing"]
    # More than all, or less than nothing, is a fault of the data and no share.
    sound = (events >= 0) & (events <= base) & (base > 0)
    events, base = np.where(sound, events, np.nan), np.where(sound, base, np.nan)
    return Counts(base - events if indicator.worse == "low" else events, base)


def hotspot_tables(
    atlas: Atlas, before: Atlas | None = None, *, processes: int = 1
) -> dict[str, pd.DataFrame | Path]:
    """Return the tables of all hot spots of an atlas; a period whose figures are as before is kept.

    `hotspot_maps`: one row a period and indicator that is a share or a count of who is judged, with
    the reason why nothing was looked for, or the county's rate and how often a cluster of doubled
    risk would be seen. `hotspot_clusters`: what was found. `hotspot_rates_PERIOD`: the smoothed rate
    of each village, its bounds, and the probability that it lies above the county.
    """
    ground = _ScanGround.of(atlas)
    tested = [one for one in atlas.indicators.values() if one.tested == "events"]
    known = before.computed(MAPS) if before is not None else None
    digests = {period: _digest(atlas, ground, period) for period in atlas.periods}
    kept = {} if known is None else dict(zip(known["period"], known["digest"], strict=True))
    tables: dict[str, pd.DataFrame | Path] = {}
    maps, clusters = [], []
    waiting = [period for period in atlas.periods if kept.get(period) != digests[period]]
    for period in atlas.periods:
        if period in waiting or before is None or known is None:
            continue
        old = before.computed(CLUSTERS)
        maps.append(known[known["period"] == period])
        if old is not None:
            clusters.append(old[old["period"] == period])
        name = rates_table(period)
        if name in before.tables:
            tables[name] = before.tables[name]
    several = processes > 1 and len(waiting) > 1
    pool = process_pool(processes) if several else nullcontext()
    with pool as workers:
        for period, made in _made(atlas, ground, tested, waiting, workers):
            maps.append(made[0].assign(digest=digests[period]))
            clusters.append(made[1])
            if len(made[2]):
                tables[rates_table(period)] = made[2]
    tables[MAPS] = _together(maps, _MAP_COLUMNS)
    tables[CLUSTERS] = _together(clusters, _CLUSTER_COLUMNS)
    return tables


def _together(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=columns)
    order = columns[:3] if "rank" in columns else columns[:2]
    return pd.concat(filled)[columns].sort_values(order, ignore_index=True)


def _made(
    atlas: Atlas,
    ground: _ScanGround,
    tested: list[Indicator],
    periods: list[str],
    workers: Executor | None,
) -> Iterator[tuple[str, tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]]:
    """Give the tables of each period that is to be made."""
    rows = dict(list(atlas.values.groupby("indicator")))
    counts = [
        (one, counted_events(rows[one.key], one, ground.keys, atlas.periods))
        for one in tested
        if one.key in rows and periods
    ]
    jobs = []
    for period in periods:
        end = atlas.periods.index(period) + 1
        jobs.append([(one, found.until(end)) for one, found in counts])
    run = partial(_period_tables, ground)
    made = workers.map(run, periods, jobs) if workers is not None else map(run, periods, jobs)
    yield from zip(periods, made, strict=True)


def _digest(atlas: Atlas, ground: _ScanGround, period: str) -> str:
    """Return the digest of all that the hot spots of a period follow from."""
    span = [p for p in atlas.periods if p <= period][-max(_OPTIONS.spans) :]
    rows = atlas.values[atlas.values["period"].isin(span)]
    facts = (VERSION, _OPTIONS, ground.digest, tuple(ground.keys), tuple(atlas.indicators.values()))
    found = hashlib.sha256(repr(facts).encode())
    found.update(np.ascontiguousarray(pd.util.hash_pandas_object(rows, index=False)).tobytes())
    return found.hexdigest()


def _period_tables(
    ground: _ScanGround, period: str, asked: list[tuple[Indicator, Counts]]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return maps, clusters and smoothed rates of one period."""
    maps, clusters, rates = [], [], []
    done: dict[bytes, tuple[ClusterScan, SmoothedRates]] = {}
    for indicator, counts in asked:
        reason = _reason(ground, counts)
        row = {"period": period, "indicator": indicator.key, "digest": "", "reason": reason}
        numbers = dict.fromkeys(("rate", "factor", "doubled", "p"), np.nan)
        if not reason:
            same = counts.events.tobytes() + counts.base.tobytes()
            if same not in done:
                seed = zlib.crc32(f"{indicator.key} {period}".encode())
                done[same] = _computed(ground, counts, seed)
            scan, smoothed = done[same]
            numbers = {
                "rate": np.nan if scan.chance is None else float(scan.chance.rate[-1]),
                "factor": scan.factor,
                "doubled": scan.doubled,
                "p": scan.p,
            }
            clusters += _cluster_rows(ground, period, indicator, scan)
            rates.append(_rate_rows(ground, indicator, smoothed))
        maps.append(row | numbers)
    return (
        pd.DataFrame(maps, columns=_MAP_COLUMNS),
        pd.DataFrame(clusters, columns=_CLUSTER_COLUMNS),
        pd.concat(rates) if rates else pd.DataFrame(columns=_RATE_COLUMNS),
    )


def _reason(ground: _ScanGround, counts: Counts) -> str:
    """Return why nothing is looked for in the last period; empty where it is."""
    events, base = counts.events[:, -1], counts.base[:, -1]
    if int(np.isfinite(events).sum()) < MIN_VILLAGES or not ground.digest:
        return "few_villages"
    if np.nansum(events) == 0:
        return "none"
    if np.nansum(events) == np.nansum(base):
        return "everybody"
    return "few_events" if np.nansum(events) < MIN_EVENTS else ""


def _computed(ground: _ScanGround, counts: Counts, seed: int) -> tuple[ClusterScan, SmoothedRates]:
    # Periods before the first figure of an indicator are no past of it.
    past = np.isfinite(counts.events).any(axis=0)
    first = len(past) - int(np.argmin(past[::-1])) if not past.all() else 0
    events, base = counts.events[:, first:], counts.base[:, first:]
    scan = find_clusters(events, base, ground.windows, seed=seed, options=_OPTIONS)
    smoothed = smooth_rates(events[:, -1], base[:, -1], ground.links, seed=seed)
    return scan, smoothed


def _cluster_rows(
    ground: _ScanGround, period: str, indicator: Indicator, scan: ClusterScan
) -> list[dict[str, object]]:
    return [
        {
            "period": period,
            "indicator": indicator.key,
            "rank": rank,
            "span": cluster.span,
            "p": cluster.p,
            "places": " ".join(ground.keys[cluster.members]),
        }
        for rank, cluster in enumerate(scan.clusters, 1)
    ]


def _rate_rows(ground: _ScanGround, indicator: Indicator, smoothed: SmoothedRates) -> pd.DataFrame:
    """Return the smoothed share of each village; where few are bad, of those who are counted."""
    low = indicator.worse == "low"
    rate, lower, upper = smoothed.rate, smoothed.lower, smoothed.upper
    if low:
        rate, lower, upper = 1 - rate, 1 - upper, 1 - lower
    parts = {"rate": rate, "lower": lower, "upper": upper, "above": smoothed.above}
    columns = {name: part.astype(np.float32) for name, part in parts.items()}
    return pd.DataFrame({"indicator": indicator.key, "place": ground.keys, **columns})
