"""Sets of villages that a scan looks at: nearest, next to each other, two at least."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from geodata.hotspots.windows import village_windows
from tests.geodata.hotspots.grid_county import grid_neighbours

GRID = np.stack(np.meshgrid(np.arange(6.0), np.arange(6.0)), axis=-1).reshape(-1, 2)


def test_every_set_hangs_together_and_holds_two_at_least():
    links = grid_neighbours(6, 6).matrix
    sets = village_windows(GRID, links)
    sizes = np.diff(sets.indptr)
    assert sizes.min() == 2
    assert sizes.max() == 35  # sizes grow by a quarter
    for at in range(sets.shape[0]):
        inside = sets.indices[sets.indptr[at] : sets.indptr[at + 1]]
        assert csgraph.connected_components(links[inside][:, inside])[0] == 1


def test_no_set_is_looked_at_twice():
    sets = village_windows(GRID, grid_neighbours(6, 6).matrix)
    rows = {sets.indices[a:b].tobytes() for a, b in zip(sets.indptr, sets.indptr[1:], strict=False)}
    assert len(rows) == sets.shape[0]


def test_villages_without_a_link_between_them_make_no_set():
    sets = village_windows(np.array([[0.0, 0.0], [1.0, 0.0]]), sparse.csr_array((2, 2)))
    assert sets.shape == (0, 2)


def test_largest_limits_the_villages_of_a_set():
    sets = village_windows(GRID, grid_neighbours(6, 6).matrix, largest=4)
    assert np.diff(sets.indptr).max() == 4
