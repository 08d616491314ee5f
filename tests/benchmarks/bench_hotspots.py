"""Hot spots against the ordinary ways, in one run: ``python -m tests.benchmarks.bench_hotspots``.

Prints CPU seconds and ratios: a loop over esda, the memory traffic that Gi* cannot avoid, and
libpysal's contiguity. ``--small`` makes a run of seconds.
"""

from __future__ import annotations

import sys
import time
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from esda.getisord import G_Local
from libpysal.graph import Graph
from scipy import spatial

from geodata import hotspots


def measured(function, repeats=3):
    """Return the least CPU seconds of a few runs, and the last result."""
    least, result = np.inf, None
    for _ in range(repeats):
        start = time.process_time()
        result = function()
        least = min(least, time.process_time() - start)
    return least, result


def delaunay_links(n, rng):
    """Return neighbours of n points ordered along a grid, as codes order villages."""
    xy = rng.random((n, 2))
    cell = np.floor(xy * np.sqrt(n / 16)).astype(int)
    xy = xy[np.lexsort((xy[:, 0], cell[:, 0], cell[:, 1]))]
    corners = spatial.Delaunay(xy).simplices
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    pairs = np.concatenate([pairs, pairs[:, ::-1]])
    return hotspots.Neighbours.from_positions(pairs[:, 0], pairs[:, 1], pd.RangeIndex(n))


def polygons(n, rng, vertices=12):
    """Return n Voronoi villages of about 12 km2 whose shared edges have `vertices` corners."""
    xy = rng.random((n, 2)) * np.sqrt(n * 12e6)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy)))
    cells = shapely.intersection(cells, shapely.box(*shapely.multipoints(xy).bounds))
    length = np.sqrt(12e6) / vertices
    return gpd.GeoSeries(shapely.segmentize(cells, length), crs="EPSG:4524")


def against_esda(villages, months, indicators):
    """Print Gi* of all months and indicators against a loop over esda."""
    rng = np.random.default_rng(0)
    links = delaunay_links(villages, rng)
    cube = rng.normal(size=(villages, months * indicators)) + 10
    ours, z = measured(lambda: hotspots.gi_star(cube, links), 7)
    w = Graph.from_sparse(links.matrix).to_W()
    w.transform = "B"
    columns = min(6, cube.shape[1])

    def loop():
        return [
            G_Local(cube[:, column], w, transform="B", permutations=0, star=True).Zs
            for column in range(columns)
        ]

    seconds, theirs = measured(loop, 1)
    seconds *= cube.shape[1] / columns
    worst = np.abs(np.column_stack(theirs) - z[:, :columns]).max()
    print(f"Gi* {villages} x {months} x {indicators}: {ours:.4f} s CPU, esda loop {seconds:.1f} s")
    print(f"  ({columns} of {cube.shape[1]} columns measured), {seconds / ours:.0f} x faster,")
    print(f"  largest difference {worst:.1e}")
    whole, _ = measured(lambda: pipeline(cube[:, :months], links))
    print(f"  whole chain of one indicator (p, BH, trend, category): {whole:.3f} s")


def pipeline(values, links):
    """Return the categories of one indicator."""
    z = hotspots.gi_star(values, links)
    q = hotspots.benjamini_hochberg(hotspots.two_sided_p(z))
    return hotspots.emerging(z, hotspots.significance_bins(z, q))


def against_memory(villages, months):
    """Print Gi* against reading the values, writing the scores and reading the links once."""
    rng = np.random.default_rng(1)
    links = delaunay_links(villages, rng)
    _ = links.with_self
    x = rng.normal(size=(villages, months))
    ours, z = measured(lambda: hotspots.gi_star(x, links), 5)
    target, index = np.empty_like(x), np.empty_like(links.matrix.indices)

    def traffic():
        np.copyto(target, x)
        np.copyto(index, links.matrix.indices)

    floor, _ = measured(traffic, 7)
    fresh, _ = measured(lambda: (x.copy(), links.matrix.indices.copy()), 7)
    print(f"Gi* {villages} x {months}: {ours:.3f} s CPU; memory traffic {floor:.3f} s, into new")
    print(
        f"  memory (as any result is) {fresh:.3f} s: {ours / floor:.1f} x and {ours / fresh:.1f} x"
    )
    chain, _ = measured(lambda: hotspots.benjamini_hochberg(hotspots.two_sided_p(z)), 1)
    print(f"  p and Benjamini-Hochberg: {chain:.2f} s")


def against_libpysal(villages):
    """Print tolerant neighbours of polygons against libpysal's vertex contiguity."""
    shapes = polygons(villages, np.random.default_rng(2))
    shapes.index = [f"v{number}" for number in range(len(shapes))]
    ours, links = measured(lambda: hotspots.neighbours(shapes), 1)
    theirs, graph = measured(lambda: Graph.build_contiguity(shapes, rook=False), 1)
    found = links.matrix.nnz / max(graph.sparse.nnz, 1)
    corners = shapely.get_num_coordinates(shapes.to_numpy()).mean()
    print(f"neighbours of {villages} polygons ({corners:.0f} corners): {ours:.2f} s CPU,")
    print(f"  libpysal contiguity {theirs:.2f} s: {theirs / ours:.1f} x; links {found:.3f} of its")


def main():
    """Run the three comparisons."""
    warnings.simplefilter("ignore")
    small = "--small" in sys.argv
    against_esda(300 if small else 3000, 36, 6)
    against_memory(20_000 if small else 500_000, 36)
    against_libpysal(1000 if small else 30_000)


if __name__ == "__main__":
    main()
