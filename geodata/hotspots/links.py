"""Whatever describes neighbours, as the matrix that the statistics multiply with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from geodata.errors import HotspotError
from geodata.hotspots.weights import Neighbours, binary


@dataclass(frozen=True)
class Links:
    """Weights without self (`matrix`), with self (`with_self`), and whether they are all 1."""

    matrix: sparse.csr_array
    with_self: sparse.csr_array
    is_binary: bool


def read_links(neighbours: object, n: int, index: pd.Index | None = None) -> Links:
    """Return the links of `n` villages in the order of `index`; raises HotspotError otherwise.

    Read are `Neighbours`, a scipy sparse or square numpy matrix, a libpysal Graph or W, an edge
    list (DataFrame with focal and neighbour or neighbor, or pairs of positions) and a mapping of
    villages to their neighbours. A matrix without own weights gets each row's largest weight as
    its own, which is 1 for binary links.
    """
    if isinstance(neighbours, Neighbours):
        return _in_order(neighbours, n, index)
    if hasattr(neighbours, "sparse") and not sparse.issparse(neighbours):
        return _in_order(Neighbours.from_graph(neighbours), n, index)
    if sparse.issparse(neighbours) or _is_square(neighbours):
        return _from_matrix(sparse.csr_array(neighbours, dtype=np.float64), n)
    focal, other = _pairs(neighbours)
    ids = index if index is not None else pd.RangeIndex(n)
    found = [ids.get_indexer(pd.Index(side)) for side in (focal, other)]
    for side, positions in zip((focal, other), found, strict=True):
        if (positions < 0).any():
            label = np.asarray(side, dtype=object)[positions < 0][0]
            raise HotspotError("hotspots.unknown_village", label=label)
    return _unit(binary(found[0], found[1], n))


def _is_square(neighbours: object) -> bool:
    """Return whether this is a matrix; two rows of two are read as a pair of links."""
    shape = neighbours.shape if isinstance(neighbours, np.ndarray) else ()
    return len(shape) == 2 and shape[0] == shape[1] and shape[0] != 2


def _in_order(neighbours: Neighbours, n: int, index: pd.Index | None) -> Links:
    """Return the links in the order of the values' labels, when both are labelled."""
    if len(neighbours) != n:
        raise HotspotError("hotspots.lengths_differ", values=n, neighbours=len(neighbours))
    if index is None or index.equals(neighbours.ids) or isinstance(index, pd.RangeIndex):
        return Links(neighbours.matrix, neighbours.with_self, is_binary=True)
    if isinstance(neighbours.ids, pd.RangeIndex):
        return Links(neighbours.matrix, neighbours.with_self, is_binary=True)
    order = neighbours.ids.get_indexer(index)
    if (order < 0).any() or not index.is_unique:
        label = index[order < 0][0] if (order < 0).any() else index[index.duplicated()][0]
        raise HotspotError("hotspots.labels_differ", count=int((order < 0).sum()), label=label)
    return _unit(sparse.csr_array(neighbours.matrix[order][:, order]))


def _from_matrix(matrix: sparse.csr_array, n: int) -> Links:
    if matrix.shape != (n, n):
        raise HotspotError("hotspots.lengths_differ", values=n, neighbours=matrix.shape[0])
    if not np.isfinite(matrix.data).all() or (matrix.data < 0).any():
        raise HotspotError("hotspots.bad_weights")
    own = matrix.diagonal()
    apart = sparse.csr_array(matrix - sparse.diags_array(own, format="csr"))
    apart.eliminate_zeros()
    if (apart.data == 1).all() and np.isin(own, (0, 1)).all():
        return _unit(apart)
    largest = np.asarray(apart.max(axis=1).todense()).ravel()
    own = np.where(own > 0, own, np.where(largest > 0, largest, 1.0))
    with_self = sparse.csr_array(apart + sparse.diags_array(own, format="csr"))
    return Links(apart, with_self, is_binary=False)


def _unit(matrix: sparse.csr_array) -> Links:
    with_self = sparse.csr_array(matrix + sparse.eye_array(matrix.shape[0], format="csr"))
    return Links(matrix, with_self, is_binary=True)


def _pairs(neighbours: object) -> tuple[list[object], list[object]]:
    if isinstance(neighbours, Mapping):
        focal = [key for key, others in neighbours.items() for _ in others]
        return focal, [other for others in neighbours.values() for other in others]
    if isinstance(neighbours, pd.DataFrame):
        name = next((name for name in ("neighbour", "neighbor") if name in neighbours), None)
        if "focal" in neighbours and name:
            linked = neighbours[neighbours[name].notna()]
            return list(linked["focal"]), list(linked[name])
    elif isinstance(neighbours, (list, tuple, np.ndarray)):
        rows = np.asarray(neighbours, dtype=object)
        if rows.size == 0:
            return [], []
        if rows.ndim == 2 and rows.shape[1] == 2:
            return list(rows[:, 0]), list(rows[:, 1])
    raise HotspotError("hotspots.bad_neighbours", kind=type(neighbours).__name__)
