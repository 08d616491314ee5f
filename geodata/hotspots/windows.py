"""The sets of villages a scan looks at: the nearest ones around each village that hang together."""

from __future__ import annotations

import numpy as np
from scipy import sparse, spatial
from scipy.sparse import csgraph

# Sets of up to so many villages are looked at around every village. Larger ones grow by a quarter
# and lie so close that each overlaps the next by most of its villages.
DENSE = 8
GROWTH = 1.25
# No set holds more villages, whatever the share of households: more than a township of them.
LARGEST = 320


def village_windows(
    xy: np.ndarray, links: sparse.csr_array, *, largest: int = LARGEST
) -> sparse.csr_array:
    """Return (sets, villages) with 1 for each member: villages next to each other, two at least.

    `xy` are (n, 2) coordinates in metres, `links` the neighbours. A set holds a village and those
    nearest to it, as far as all of them hang together over their links.
    """
    n = len(xy)
    reach = min(n, largest)
    order = np.asarray(spatial.KDTree(xy).query(xy, k=reach)[1]).reshape(n, reach)
    seen: set[bytes] = set()
    members: list[np.ndarray] = []
    for size in _sizes(reach):
        step = max(1, size // DENSE)
        for centre in range(0, n, step):
            chosen = np.sort(order[centre, :size])
            key = chosen.tobytes()
            if key not in seen and _hangs_together(links, chosen):
                members.append(chosen)
            seen.add(key)
    start = np.cumsum([0, *map(len, members)])
    columns = np.concatenate(members) if members else np.zeros(0, dtype=np.int64)
    values = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_array((values, columns, start), shape=(len(members), n))


def _sizes(reach: int) -> list[int]:
    sizes, size = [], 2
    while size <= reach:
        sizes.append(size)
        size = size + 1 if size < DENSE else int(np.ceil(size * GROWTH))
    return sizes


def _hangs_together(links: sparse.csr_array, chosen: np.ndarray) -> bool:
    inside = links[chosen][:, chosen]
    parts, _ = csgraph.connected_components(inside, directed=False)
    return bool(parts == 1)
