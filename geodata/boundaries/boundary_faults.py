"""Faults of a boundary layer, by itself and against last year's: found and located, none mended here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.crs import crs_of
from geodata.boundaries.datums import SHIFTED, unshifted
from geodata.boundaries.repair import (
    SLIVER_WIDTH,
    ellipsoid_areas,
    metres_per_unit,
    neighbour_faults,
)
from geodata.i18n import text

# A shape is the same as last year's from this share of common land on, another below the other.
_SAME, _OTHER = 0.8, 0.5
# Two shapes are one that was shifted when so much is common once they lie on each other.
_CONGRUENT = 0.97
# So much of the smaller of two polygons lies in the other when it was drawn without a hole.
_ENCLOSED = 0.9
# A whole layer has moved when most villages did by the same way, further than a drawing error.
_LEAST_SHIFT, _MOSTLY, _ALIKE = 20.0, 0.8, 0.2


@dataclass(frozen=True)
class BoundaryFault:
    """One fault: its kind, the features concerned (rows), where it is, and what would mend it.

    `key` names it in decisions, the same as long as the fault is there. `area` is in square metres.
    `repair` is how it would be mended, "" where only a person can say. `shape` is in the CRS of the
    layer; `last` the row of last year's layer whose shape or key is meant, -1 for none.
    """

    kind: str
    key: str
    features: tuple[int, ...]
    shape: shapely.Geometry
    area: float = 0.0
    repair: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    last: int = -1

    def sentence(self, lang: str | None = None) -> str:
        """Return what is wrong in one sentence."""
        return text(f"boundary_faults.{self.kind}", lang, area=round(self.area), **self.values)

    def proposal(self, lang: str | None = None) -> str:
        """Return what would be done once somebody accepts it, or that a person has to look."""
        return text(f"boundary_faults.repair_{self.repair or 'none'}", lang, **self.values)


def feature_keys(frame: gpd.GeoDataFrame, columns: Sequence[str]) -> list[str]:
    """Return what each feature is called: the texts of some columns, its number where they are empty."""
    texts = [frame[column].astype("str").fillna("").str.strip() for column in columns]
    joined = ["/".join(part for part in parts if part) for parts in zip(*texts, strict=True)]
    return [said or f"#{row + 1}" for row, said in enumerate(joined or [""] * len(frame))]


def boundary_faults(
    frame: gpd.GeoDataFrame,
    keys: Sequence[str],
    *,
    last: gpd.GeoDataFrame | None = None,
    last_keys: Sequence[str] = (),
) -> tuple[BoundaryFault, ...]:
    """Return the faults of a layer of valid polygons, and with `last` those against an earlier one.

    `last` may be in another CRS. Keys are those of `feature_keys`, alike on both sides.
    """
    faults = [*_doubled(frame, keys), *_overlapping(frame, keys), *_holes(frame, keys)]
    faults += _enclaves(frame, keys)
    if last is not None:
        there = last.to_crs(crs_of(frame)).reset_index(drop=True)
        faults += _Comparison(frame, list(keys), there, list(last_keys)).faults()
    return tuple(faults)


def _polygons(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.flatnonzero(np.isin(shapely.get_type_id(frame.geometry.to_numpy()), (3, 6)))


def _doubled(frame: gpd.GeoDataFrame, keys: Sequence[str]) -> Iterator[BoundaryFault]:
    shapes, rows = frame.geometry.to_numpy(), _polygons(frame)
    drawn = pd.Series(shapely.to_wkb(shapely.normalize(shapes[rows])), index=rows)
    named = pd.Series(list(keys))[rows]
    for kind, column in (("same_shape", drawn), ("same_key", named)):
        for _, same in column.groupby(column, sort=False):
            for row in same.index[1:]:
                first, again = int(same.index[0]), int(row)
                both = kind == "same_key" and drawn[first] == drawn[again]
                if both or (kind == "same_key" and keys[again].startswith("#")):
                    continue
                yield BoundaryFault(
                    kind,
                    f"{kind}:{keys[first]}+{again + 1}",
                    (first, again),
                    shapes[again],
                    _area(shapes[again], frame),
                    "drop" if kind == "same_shape" else "",
                    {"place": keys[first], "other": keys[again], "row": again + 1},
                )


def _area(shape: shapely.Geometry, frame: gpd.GeoDataFrame) -> float:
    return ellipsoid_areas(np.array([shape]), crs_of(frame))[0]


def _overlapping(frame: gpd.GeoDataFrame, keys: Sequence[str]) -> Iterator[BoundaryFault]:
    shapes, rows = frame.geometry.to_numpy(), _polygons(frame)
    # One that lies wholly within another touches no edge of it, and is looked for by itself.
    inner, outer = shapely.STRtree(shapes[rows]).query(shapes[rows], "within")
    pairs = {frozenset((int(rows[a]), int(rows[b]))) for a, b in zip(inner, outer, strict=True)}
    pairs |= {frozenset((pair.feature, pair.other)) for pair in neighbour_faults(frame).overlaps}
    for one, other in sorted(tuple(sorted(pair)) for pair in pairs if len(pair) == 2):
        if shapely.equals(shapes[one], shapes[other]):
            continue
        if shapely.area(shapes[one]) < shapely.area(shapes[other]):
            one, other = other, one
        shared = shapely.intersection(shapes[one], shapes[other])
        inside = shapely.area(shared) >= _ENCLOSED * shapely.area(shapes[other])
        kind = "no_hole" if inside else "overlap"
        values = {"place": keys[one], "other": keys[other]}
        name = f"{kind}:{'+'.join(sorted((keys[one], keys[other])))}"
        repair = "cut" if inside else "share"
        area = _area(shared, frame)
        yield BoundaryFault(kind, name, (one, other), shared, area, repair, values)


def _holes(frame: gpd.GeoDataFrame, keys: Sequence[str]) -> Iterator[BoundaryFault]:
    """Give the land between villages that belongs to none: slivers, and gaps that may be meant."""
    shapes = frame.geometry.to_numpy()[_polygons(frame)]
    rows = _polygons(frame)
    if not len(rows):
        return
    parts = shapely.get_parts(shapely.union_all(shapes))
    rings, owner = shapely.get_rings(parts, return_index=True)
    inner = np.zeros(len(rings), dtype=bool)
    inner[1:] = owner[1:] == owner[:-1]
    width = SLIVER_WIDTH / metres_per_unit(crs_of(frame), frame.total_bounds)
    tree = shapely.STRtree(shapes)
    for hole in np.asarray(shapely.polygons(rings[inner])):
        around = rows[np.sort(tree.query(hole, "intersects"))]
        shared = shapely.length(shapely.intersection(hole.boundary, shapes_of(frame, around)))
        around = around[np.argsort(-shared, kind="stable")][: np.count_nonzero(shared)]
        if not len(around):
            continue
        narrow = 2 * hole.area < width * hole.length
        spot = gpd.GeoSeries([hole.representative_point()], crs=frame.crs).to_crs(4326)
        east, north = shapely.get_coordinates(spot.to_numpy())[0]
        yield BoundaryFault(
            "sliver" if narrow else "gap",
            f"hole:{east:.5f},{north:.5f}",
            tuple(map(int, around)),
            hole,
            _area(hole, frame),
            "fill",
            {"place": keys[around[0]], "count": len(around)},
        )


def shapes_of(frame: gpd.GeoDataFrame, rows: np.ndarray) -> np.ndarray:
    """Return the shapes of some rows of a layer."""
    shapes: np.ndarray = frame.geometry.to_numpy()[rows]
    return shapes


def _enclaves(frame: gpd.GeoDataFrame, keys: Sequence[str]) -> Iterator[BoundaryFault]:
    """Give the villages that lie in a hole of another: often right, and worth a look."""
    rows = _polygons(frame)
    shapes = frame.geometry.to_numpy()[rows]
    if not len(rows):
        return
    outer = np.flatnonzero(
        [any(len(part.interiors) for part in shapely.get_parts(one)) for one in shapes]
    )
    tree = shapely.STRtree(shapes)
    for place in outer:
        filled = shapely.union_all(
            [shapely.Polygon(part.exterior) for part in shapely.get_parts(shapes[place])]
        )
        for inner in np.sort(tree.query(filled, "contains")):
            hidden = shapely.intersects(shapes[place], shapely.point_on_surface(shapes[inner]))
            if inner != place and not hidden:
                one, other = int(rows[place]), int(rows[inner])
                yield BoundaryFault(
                    "enclave",
                    f"enclave:{keys[other]}+{keys[one]}",
                    (other, one),
                    shapes[inner],
                    _area(shapes[inner], frame),
                    "",
                    {"place": keys[other], "other": keys[one]},
                )


class _Comparison:
    """A layer held against last year's, in one CRS."""

    def __init__(
        self, now: gpd.GeoDataFrame, keys: list[str], last: gpd.GeoDataFrame, last_keys: list[str]
    ) -> None:
        self._frame, self._keys, self._last_keys = now, keys, last_keys
        self._shapes = now.geometry.to_numpy().copy()
        self._last = last.geometry.to_numpy()
        self._row_of_last = {key: row for row, key in reversed(list(enumerate(last_keys)))}
        self._rows_of_last: dict[str, list[int]] = {}
        for row, key in enumerate(last_keys):
            self._rows_of_last.setdefault(key, []).append(row)

    def faults(self) -> Iterator[BoundaryFault]:
        """Give what differs from last year; a layer that moved as a whole is held against it moved back."""
        moved = self._whole_shift()
        if moved is not None:
            yield moved
        share = self._shares()
        swapped = {row for row, _ in self._swaps(share)}
        yield from self._swap_faults(share)
        for row, key in enumerate(self._keys):
            if shapely.is_missing(self._shapes[row]) or row in swapped:
                continue
            # A key that came twice is held against whichever of the two it is most like.
            lasts = self._rows_of_last.get(key, [])
            at = max(lasts, key=lambda one: share.get((row, one), 0.0), default=-1)
            if at < 0:
                yield self._new(row, share)
            elif not shapely.is_missing(self._last[at]) and self._is_elsewhere(row, at, share):
                yield self._fault("moved", row, at, "restore")
        yield from self._gone(share)

    def _is_elsewhere(self, row: int, at: int, share: Mapping[tuple[int, int], float]) -> bool:
        """Return whether a village lies elsewhere, or the same shape stands beside its old place.

        One that still holds its old land and took in a village that is gone has grown, not moved.
        """
        shape, last, part = self._shapes[row], self._last[at], share.get((row, at), 0.0)
        if part >= _SAME:
            return False
        if part >= _OTHER:
            (way,) = _middles(np.array([last])) - _middles(np.array([shape]))
            return (
                _common(shapely.transform(shape, lambda points: points + way), last) >= _CONGRUENT
            )
        if _held(last, shape) < _ENCLOSED:
            return True
        gone = [
            one
            for (here, one) in share
            if here == row and self._last_keys[one] not in self._keys and one != at
        ]
        return not any(_held(self._last[one], shape) >= _ENCLOSED for one in gone)

    def _fault(
        self, kind: str, row: int, at: int = -1, repair: str = "", **values: object
    ) -> BoundaryFault:
        shape = self._shapes[row]
        return BoundaryFault(
            kind,
            f"{kind}:{self._keys[row]}",
            (row,),
            shape,
            _area(shape, self._frame),
            repair,
            {"place": self._keys[row], **values},
            at,
        )

    def _shares(self) -> dict[tuple[int, int], float]:
        """Return for each pair of a village and one of last year the share of land in common."""
        usable = np.flatnonzero(~shapely.is_missing(self._shapes) & ~shapely.is_empty(self._shapes))
        tree = shapely.STRtree(self._last)
        rows, lasts = tree.query(self._shapes[usable], "intersects")
        rows = usable[rows]
        common = shapely.area(shapely.intersection(self._shapes[rows], self._last[lasts]))
        whole = shapely.area(self._shapes[rows]) + shapely.area(self._last[lasts]) - common
        pairs = zip(rows, lasts, common / np.maximum(whole, 1e-12), strict=True)
        return {(int(row), int(at)): float(part) for row, at, part in pairs}

    def _swaps(self, share: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
        """Return (row, row of last year) of villages that lie where another of the layer lay."""
        here = {key: row for row, key in reversed(list(enumerate(self._keys)))}
        taken = [
            (row, at)
            for (row, at), part in sorted(share.items())
            if part >= _SAME and self._last_keys[at] != self._keys[row]
        ]
        return [
            (row, at)
            for row, at in taken
            if self._keys[row] in self._row_of_last
            and (here.get(self._last_keys[at], -1), self._row_of_last[self._keys[row]]) in taken
        ]

    def _swap_faults(self, share: Mapping[tuple[int, int], float]) -> Iterator[BoundaryFault]:
        here = {key: row for row, key in reversed(list(enumerate(self._keys)))}
        for row, at in self._swaps(share):
            other = here[self._last_keys[at]]
            if row < other:
                names = sorted((self._keys[row], self._keys[other]))
                yield BoundaryFault(
                    "swapped",
                    f"swapped:{'+'.join(names)}",
                    (row, other),
                    shapely.union_all(self._shapes[[row, other]]),
                    0.0,
                    "swap",
                    {"place": self._keys[row], "other": self._keys[other]},
                    at,
                )

    def _new(self, row: int, share: Mapping[tuple[int, int], float]) -> BoundaryFault:
        """Return what a key is that last year did not have: a village that was renamed, or a new one."""
        alike = [(part, at) for (one, at), part in share.items() if one == row and part >= _SAME]
        named = [
            at for _, at in sorted(alike, reverse=True) if self._last_keys[at] not in self._keys
        ]
        if named:
            before = self._last_keys[named[0]]
            return self._fault("renamed", row, named[0], "", other=before)
        return self._fault("new", row)

    def _gone(self, share: Mapping[tuple[int, int], float]) -> Iterator[BoundaryFault]:
        # A village of last year that has its own name still took in another's land, and renamed nothing.
        renamed = {
            at
            for (row, at), part in share.items()
            if part >= _SAME and self._keys[row] not in self._row_of_last
        }
        for key, at in self._row_of_last.items():
            shape = self._last[at]
            if key in self._keys or at in renamed or shapely.is_missing(shape):
                continue
            inside = {
                row: shapely.area(shapely.intersection(self._shapes[row], shape)) / shape.area
                for row, last in share
                if last == at
            }
            into = max(inside, key=lambda row: inside[row], default=-1)
            kind = "merged" if into >= 0 and inside[into] >= _ENCLOSED else "gone"
            other = self._keys[into] if kind == "merged" else ""
            values = {"place": key, "other": other}
            rows = (into,) if kind == "merged" else ()
            area = _area(shape, self._frame)
            yield BoundaryFault(kind, f"{kind}:{key}", rows, shape, area, "", values, at)

    def _whole_shift(self) -> BoundaryFault | None:
        """Return the fault of a layer that moved as a whole, and take the shift out of what is compared."""
        pairs = [
            (row, self._row_of_last[key])
            for row, key in enumerate(self._keys)
            if key in self._row_of_last
            and not shapely.is_missing(self._shapes[row])
            and not shapely.is_missing(self._last[self._row_of_last[key]])
        ]
        if len(pairs) < 3:
            return None
        rows, lasts = np.array(pairs).T
        unit = metres_per_unit(crs_of(self._frame), self._frame.total_bounds)
        moved = _middles(self._shapes[rows]) - _middles(self._last[lasts])
        way = np.median(moved, axis=0)
        length = float(np.hypot(*way)) * unit
        close = np.hypot(*(moved - way).T) * unit <= max(_ALIKE * length, 1.0)
        if length < _LEAST_SHIFT or close.mean() < _MOSTLY:
            return None
        frame = self._frame
        out = gpd.GeoSeries(self._shapes, crs=frame.crs).to_crs(4326)
        # A constant shift leaves what varies over the layer; that of a map site leaves nothing.
        backs = {"shift": shapely.transform(self._shapes, lambda one: one - way)}
        for datum in SHIFTED:
            plain = gpd.GeoSeries(unshifted(out.to_numpy(), datum), crs=4326)
            backs[datum] = plain.to_crs(crs_of(frame)).to_numpy()
        left = {
            repair: np.median(np.hypot(*(_middles(back[rows]) - _middles(self._last[lasts])).T))
            for repair, back in backs.items()
        }
        told = [datum for datum in SHIFTED if left[datum] * unit < length / 4]
        repair = min(told, key=lambda datum: left[datum], default="shift")
        self._shapes = backs[repair]
        values = {"metres": round(length), "count": int(close.sum()), "east": float(-way[0])}
        values |= {"north": float(-way[1])}
        box = shapely.box(*frame.total_bounds)
        return BoundaryFault("datum", "datum:layer", (), box, 0.0, repair, values)


def _middles(shapes: np.ndarray) -> np.ndarray:
    middles: np.ndarray = shapely.get_coordinates(shapely.centroid(shapes))
    return middles


def _held(inner: shapely.Geometry, outer: shapely.Geometry) -> float:
    """Return the share of `inner` that lies in `outer`."""
    return float(shapely.area(shapely.intersection(inner, outer)) / max(shapely.area(inner), 1e-12))


def _common(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """Return the share of the land of two shapes that they have in common."""
    common = shapely.area(shapely.intersection(one, other))
    return float(common / max(shapely.area(one) + shapely.area(other) - common, 1e-12))
