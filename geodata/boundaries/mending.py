"""Repairs of a boundary layer that somebody decided on, each with what was before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.boundaries.boundary_faults import BoundaryFault
from geodata.boundaries.crs import crs_of
from geodata.boundaries.datums import SHIFTED, unshifted
from geodata.boundaries.repair import ellipsoid_areas
from geodata.errors import BoundaryError

ACCEPT, REJECT = "accept", "reject"
_WORDS = {
    **dict.fromkeys(("accept", "yes", "采纳", "接受", "同意", "是"), ACCEPT),
    **dict.fromkeys(("reject", "no", "拒绝", "不采纳", "否", "不"), REJECT),
}
COLUMNS = ("fault", "decision", "who", "when", "why")


@dataclass(frozen=True)
class RepairDecision:
    """What somebody decided of a fault: its key, accept or reject, who, when and why."""

    fault: str
    decision: str
    who: str
    when: str
    why: str = ""


def read_repair_decisions(table: pd.DataFrame) -> tuple[RepairDecision, ...]:
    """Return the decisions of a table of faults; rows that are still open are left out.

    Raises BoundaryError for a missing column, a word that is no decision, one without who and when,
    or two that contradict each other.
    """
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise BoundaryError("boundary_faults.no_column", columns="、".join(missing))
    decisions: dict[str, RepairDecision] = {}
    for row, line in enumerate(table[list(COLUMNS)].astype("str").fillna("").to_dict("records"), 2):
        values = {str(name): str(value).strip() for name, value in line.items()}
        word = values["decision"].casefold()
        if not word:
            continue
        if word not in _WORDS:
            raise BoundaryError("boundary_faults.unknown_decision", row=row, value=word)
        if not values["who"] or not values["when"]:
            raise BoundaryError("boundary_faults.nobody", row=row, fault=values["fault"])
        decision = RepairDecision(**{**values, "decision": _WORDS[word]})
        known = decisions.setdefault(decision.fault, decision)
        if known.decision != decision.decision:
            raise BoundaryError("boundary_faults.contradiction", row=row, fault=decision.fault)
    return tuple(decisions.values())


@dataclass(frozen=True)
class MendedLayer:
    """A layer after its repairs, and a record of each.

    `record` has fault, repair, feature (its row before), before and after (square metres), who, when
    and why, a row for each feature that was changed. `stale` are keys of decisions about faults
    that are not there.
    """

    frame: gpd.GeoDataFrame
    record: pd.DataFrame
    stale: tuple[str, ...] = ()


def mend_layer(
    frame: gpd.GeoDataFrame,
    faults: Sequence[BoundaryFault],
    decisions: Sequence[RepairDecision],
    *,
    last: gpd.GeoDataFrame | None = None,
) -> MendedLayer:
    """Return the layer with those repairs alone that were accepted; nothing else is changed.

    A shift of the whole layer is taken out first, features are left out last. Raises BoundaryError
    for an accepted fault that has no repair, or whose features cannot be mended without losing one.
    """
    by_key = {fault.key: fault for fault in faults}
    stale = tuple(one.fault for one in decisions if one.fault not in by_key)
    accepted = [one for one in decisions if one.decision == ACCEPT and one.fault in by_key]
    order = list(_REPAIRS)
    for one in accepted:
        if by_key[one.fault].repair not in order:
            raise BoundaryError("boundary_faults.no_repair", fault=one.fault)
    accepted.sort(key=lambda one: (order.index(by_key[one.fault].repair), one.fault))
    layer, rows, kept = frame.copy(), [], np.ones(len(frame), dtype=bool)
    for one in accepted:
        fault = by_key[one.fault]
        before = layer.geometry.to_numpy().copy()
        if fault.repair == "drop":
            kept[fault.features[1]] = False
        else:
            layer = _REPAIRS[fault.repair](layer, fault, last)
        rows += _recorded(layer, before, kept, fault, one)
    columns = ["fault", "repair", "feature", "before", "after", "who", "when", "why"]
    record = pd.DataFrame(rows, columns=columns)
    return MendedLayer(layer[kept].reset_index(drop=True), record, stale)


def _recorded(
    layer: gpd.GeoDataFrame,
    before: np.ndarray,
    kept: np.ndarray,
    fault: BoundaryFault,
    decision: RepairDecision,
) -> list[tuple[object, ...]]:
    after = layer.geometry.to_numpy()
    # The same point sets may be written otherwise; what was not touched is the same object.
    changed = [row for row in range(len(after)) if after[row] is not before[row]]
    touched = sorted({*changed, *(fault.features if fault.repair in ("swap", "drop") else ())})
    areas = [ellipsoid_areas(shapes[touched], crs_of(layer)) for shapes in (before, after)]
    facts = (decision.who, decision.when, decision.why)
    return [
        (
            fault.key,
            fault.repair,
            row + 1,
            round(old, 1),
            round(new, 1) if kept[row] else 0.0,
            *facts,
        )
        for row, old, new in zip(touched, *areas, strict=True)
    ]


_Mend = Callable[[gpd.GeoDataFrame, BoundaryFault, gpd.GeoDataFrame | None], gpd.GeoDataFrame]


def _with_shapes(
    layer: gpd.GeoDataFrame, changed: Mapping[int, shapely.Geometry]
) -> gpd.GeoDataFrame:
    shapes = layer.geometry.to_numpy().copy()
    for row, shape in changed.items():
        polygons = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
        if not polygons:
            raise BoundaryError("boundary_faults.lost_shape", row=row + 1)
        shapes[row] = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    return layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=layer.crs))


def _unshifted(layer: gpd.GeoDataFrame, fault: BoundaryFault, _: object) -> gpd.GeoDataFrame:
    plain = unshifted(layer.geometry.to_crs(4326).to_numpy(), fault.repair)
    return layer.set_geometry(
        gpd.GeoSeries(plain, index=layer.index, crs=4326).to_crs(crs_of(layer))
    )


def _moved_back(layer: gpd.GeoDataFrame, fault: BoundaryFault, _: object) -> gpd.GeoDataFrame:
    way = np.array([fault.values["east"], fault.values["north"]], dtype=float)
    shapes = shapely.transform(layer.geometry.to_numpy(), lambda one: one + way)
    return layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=layer.crs))


def _swapped(layer: gpd.GeoDataFrame, fault: BoundaryFault, _: object) -> gpd.GeoDataFrame:
    """Give each of two features the attributes of the other; the shapes stay."""
    one, other = fault.features
    swapped = layer.copy()
    for column in layer.columns.drop([layer.geometry.name]):
        values = layer[column].copy()
        values.iloc[one], values.iloc[other] = layer[column].iloc[other], layer[column].iloc[one]
        swapped[column] = values
    return swapped


def _restored(
    layer: gpd.GeoDataFrame, fault: BoundaryFault, last: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    if last is None:
        raise BoundaryError("boundary_faults.no_last", fault=fault.key)
    shape = last.geometry.to_crs(crs_of(layer)).iloc[fault.last]
    return _with_shapes(layer, {fault.features[0]: shape})


def _cut(layer: gpd.GeoDataFrame, fault: BoundaryFault, _: object) -> gpd.GeoDataFrame:
    outer, inner = fault.features
    shapes = layer.geometry.to_numpy()
    return _with_shapes(layer, {outer: shapely.difference(shapes[outer], shapes[inner])})


def _shared(layer: gpd.GeoDataFrame, fault: BoundaryFault, _: object) -> gpd.GeoDataFrame:
    """Give what two features share to the one that has the longer border with it."""
    rows = list(fault.features)
    shapes = layer.geometry.to_numpy()[rows]
    made = shapely.coverage_clean(shapes, snapping_distance=0.0)  # type: ignore[attr-defined]
    return _with_shapes(layer, dict(zip(rows, made, strict=True)))


def _filled(layer: gpd.GeoDataFrame, fault: BoundaryFault, _: object) -> gpd.GeoDataFrame:
    row = fault.features[0]
    shape = layer.geometry.to_numpy()[row]
    return _with_shapes(layer, {row: shapely.union(shape, fault.shape)})


# In the order in which they are made.
_REPAIRS: Mapping[str, _Mend] = {
    **dict.fromkeys(SHIFTED, _unshifted),
    "shift": _moved_back,
    "swap": _swapped,
    "restore": _restored,
    "cut": _cut,
    "share": _shared,
    "fill": _filled,
    "drop": lambda layer, _, __: layer,
}
