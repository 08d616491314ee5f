"""Who is whose neighbour: one frozen object, and whatever else describes it as a matrix."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from geodata import i18n
from geodata.errors import HotspotError


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Links between villages: binary, both ways, nobody linked to himself.

    `matrix` is scipy CSR (n, n); `ids` are the villages' labels in the order of the values;
    `added` is a CSR mask of the links given to villages that had too few; `tolerance` in metres
    and `gained`, the links found only because of it; `geometry_hash` names the polygons they were
    made from; `without_geometry` and `duplicated` count polygons that are missing or doubled.
    """

    matrix: sparse.csr_array
    ids: pd.Index
    added: sparse.csr_array
    tolerance: float | None = None
    gained: int = 0
    geometry_hash: str = ""
    without_geometry: int = 0
    duplicated: int = 0

    def __len__(self) -> int:
        return self.matrix.shape[0]

    @cached_property
    def counts(self) -> np.ndarray:
        """Return the number of neighbours of every village."""
        return np.diff(self.matrix.indptr)

    @cached_property
    def islands(self) -> np.ndarray:
        """Return the positions of the villages without any neighbour."""
        return np.flatnonzero(self.counts == 0)

    @cached_property
    def has_added(self) -> np.ndarray:
        """Return for every village whether any of its links had to be added."""
        return np.diff(self.added.indptr) > 0

    @cached_property
    def with_self(self) -> sparse.csr_array:
        """Return the links and everybody's own place: the neighbourhood of Gi*."""
        return sparse.csr_array(self.matrix + sparse.eye_array(len(self), format="csr"))

    def report(self, lang: str | None = None) -> str:
        """Return what was linked, in a sentence: tolerance, links gained and added, islands."""
        return i18n.text(
            "hotspots.neighbours_report",
            lang,
            villages=len(self),
            links=self.matrix.nnz // 2,
            tolerance="-" if self.tolerance is None else f"{self.tolerance:.3g}",
            gained=self.gained,
            added=self.added.nnz // 2,
            islands=len(self.islands),
            missing=self.without_geometry,
            doubled=self.duplicated,
        )

    def with_links(
        self, add: Iterable[Sequence[object]] = (), remove: Iterable[Sequence[object]] = ()
    ) -> Neighbours:
        """Return a copy with links added and removed by hand, as pairs of labels, both ways."""
        matrix = self.matrix.tolil(copy=True)
        for pairs, value in ((remove, 0.0), (add, 1.0)):
            for one, other in self._positions(pairs):
                matrix[one, other] = matrix[other, one] = value if one != other else 0.0
        changed = sparse.csr_array(matrix)
        return replace(self, matrix=changed, added=sparse.csr_array(self.added.multiply(changed)))

    def _positions(self, pairs: Iterable[Sequence[object]]) -> np.ndarray:
        labels = np.array([list(pair) for pair in pairs], dtype=object).reshape(-1, 2)
        positions = self.ids.get_indexer(pd.Index(labels.ravel()))
        if (positions < 0).any():
            raise HotspotError("hotspots.unknown_village", label=labels.ravel()[positions < 0][0])
        return positions.reshape(-1, 2)

    def edges(self) -> pd.DataFrame:
        """Return one row per link: focal, neighbour (labels), added; both directions."""
        focal = np.repeat(np.arange(len(self)), self.counts)
        where = focal.astype(np.int64) * len(self) + self.matrix.indices
        marked = self.added.tocoo()
        added = np.isin(where, marked.row.astype(np.int64) * len(self) + marked.col)
        return pd.DataFrame(
            {
                "focal": self.ids[focal],
                "neighbour": self.ids[self.matrix.indices],
                "added": added,
            }
        )

    def to_parquet(self, path: str | Path) -> None:
        """Write the links as Parquet edges; a village without links keeps a row of its own."""
        import pyarrow as pa
        from pyarrow import parquet

        edges = self.edges()
        alone = pd.DataFrame({"focal": self.ids[self.islands], "neighbour": None, "added": False})
        order = self.ids.get_indexer(pd.Index(edges["focal"]))
        rows = pd.concat([edges, alone.astype({"neighbour": edges["neighbour"].dtype})])
        place = np.concatenate([order, self.islands])
        rows = rows.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
        table = pa.Table.from_pandas(rows, preserve_index=False)
        names = ("tolerance", "gained", "geometry_hash", "without_geometry", "duplicated")
        about = json.dumps({name: getattr(self, name) for name in names})
        table = table.replace_schema_metadata(
            {**(table.schema.metadata or {}), b"guatu.neighbours": about.encode()}
        )
        parquet.write_table(table, path)

    @classmethod
    def from_parquet(cls, path: str | Path) -> Neighbours:
        """Read links written by `to_parquet`; the villages come back in their order."""
        from pyarrow import parquet

        table = parquet.read_table(path)
        about = json.loads((table.schema.metadata or {}).get(b"guatu.neighbours", b"{}"))
        rows = table.to_pandas()
        ids = pd.Index(rows["focal"].unique())
        linked = rows[rows["neighbour"].notna()]
        focal = ids.get_indexer(linked["focal"])
        other = ids.get_indexer(linked["neighbour"].astype(ids.dtype))
        marked = linked["added"].to_numpy(dtype=bool)
        return cls(
            matrix=binary(focal, other, len(ids)),
            ids=ids,
            added=binary(focal[marked], other[marked], len(ids)),
            **about,
        )

    def to_graph(self) -> object:
        """Return the links as a ``libpysal.graph.Graph`` (libpysal must be installed)."""
        from libpysal.graph import Graph

        return Graph.from_sparse(sparse.coo_array(self.matrix), ids=self.ids)

    @classmethod
    def from_graph(cls, graph: Any) -> Neighbours:
        """Return neighbours from a ``libpysal.graph.Graph`` or a classic ``W``: who, not how much."""
        ids = getattr(graph, "unique_ids", None)
        ids = pd.Index(graph.id_order if ids is None else ids)
        links = sparse.coo_array(graph.sparse)
        return cls.from_positions(links.row[links.data != 0], links.col[links.data != 0], ids)

    @classmethod
    def from_positions(cls, focal: np.ndarray, other: np.ndarray, ids: pd.Index) -> Neighbours:
        """Return neighbours from pairs of positions in `ids`, as given: one way stays one way."""
        n = len(ids)
        return cls(binary(focal, other, n), ids, sparse.csr_array((n, n), dtype=np.float64))


def binary(focal: np.ndarray, other: np.ndarray, n: int) -> sparse.csr_array:
    """Return a 0/1 CSR matrix from pairs of positions; doubled pairs count once, self is left."""
    focal, other = np.asarray(focal, dtype=np.int64), np.asarray(other, dtype=np.int64)
    apart = focal != other
    key = np.unique(focal[apart] * n + other[apart])
    rows, columns = np.divmod(key, max(n, 1))
    index = np.int32 if n < 2**31 - 1 else np.int64
    start = np.searchsorted(rows, np.arange(n + 1)).astype(index)
    return sparse.csr_array((np.ones(len(key)), columns.astype(index), start), shape=(n, n))


@dataclass(frozen=True)
class Links:
    """Weights without self (`matrix`), with self (`with_self`), and whether they are all 1."""

    matrix: sparse.csr_array
    with_self: sparse.csr_array
    is_binary: bool


def read_links(neighbours: Any, n: int, index: pd.Index | None = None) -> Links:
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
    sides = [ids.get_indexer(pd.Index(side)) for side in (focal, other)]
    for side, positions in zip((focal, other), sides, strict=True):
        if (positions < 0).any():
            label = np.asarray(side, dtype=object)[positions < 0][0]
            raise HotspotError("hotspots.unknown_village", label=label)
    return _unit(binary(sides[0], sides[1], n))


def _is_square(neighbours: object) -> bool:
    """Return whether this is a matrix; two rows of two are read as a pair of links."""
    if not isinstance(neighbours, np.ndarray) or neighbours.ndim != 2:
        return False
    return bool(neighbours.shape[0] == neighbours.shape[1] != 2)


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
