"""Arrays in, the same labels out: numpy, pandas and xarray through one door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import xarray as xr

from geodata.errors import HotspotError

PLACE_DIMENSION = "place"

# What a statistic gives back is of the kind it was given: numpy, pandas or xarray.
Same: TypeAlias = Any


@dataclass(frozen=True)
class Labelled:
    """Numbers with villages on the first axis, and how to give a result its labels back."""

    array: np.ndarray
    like: object

    @property
    def index(self) -> pd.Index | None:
        """Return the villages' labels, or None for a plain array."""
        if isinstance(self.like, (pd.Series, pd.DataFrame)):
            return self.like.index
        if isinstance(self.like, xr.DataArray) and self.like.dims[0] in self.like.coords:
            index: pd.Index = self.like.indexes[self.like.dims[0]]
            return index
        return None

    @property
    def columns(self) -> pd.Index | None:
        """Return the periods' labels, or None when there are none."""
        if isinstance(self.like, pd.DataFrame):
            return self.like.columns
        if isinstance(self.like, xr.DataArray) and self.like.ndim > 1:
            return self.like.indexes.get(self.like.dims[1])
        return None

    def table(self) -> np.ndarray:
        """Return the numbers as (villages, everything else): months and indicators stacked."""
        return self.array.reshape(len(self.array), -1)

    def labelled(self, result: np.ndarray) -> Same:
        """Return a result with the labels of the input: one number a cell, or one a village."""
        result = np.asarray(result)
        whole = result.shape == self.array.shape
        if isinstance(self.like, pd.DataFrame) and whole:
            return pd.DataFrame(result, index=self.like.index, columns=self.like.columns)
        if isinstance(self.like, (pd.Series, pd.DataFrame)) and result.ndim == 1:
            return pd.Series(result, index=self.like.index)
        if isinstance(self.like, xr.DataArray) and whole:
            return self.like.copy(data=result)
        if isinstance(self.like, xr.DataArray) and result.ndim == 1:
            first = self.like.dims[0]
            return xr.DataArray(result, dims=[first], coords=dict(self.like[first].coords))
        return result


def read_values(values: object, name: str = "values", *, checked: bool = True) -> Labelled:
    """Return numbers as float64 with NaN for missing; infinite and text raise HotspotError.

    An xarray array with the dimension ``place`` has it moved to the front. With `checked` False
    the caller looks for infinite values himself, by `refuse_infinite`.
    """
    like = values
    if isinstance(values, xr.DataArray) and PLACE_DIMENSION in values.dims:
        like = values.transpose(PLACE_DIMENSION, ...)
    try:
        array = _as_float(like)
    except (TypeError, ValueError):
        raise HotspotError("hotspots.not_numbers", name=name) from None
    if array.ndim == 0 or array.size == 0:
        raise HotspotError("hotspots.no_values", name=name)
    if checked:
        refuse_infinite(array, _sum(array), name)
    return Labelled(array, like)


def _sum(array: np.ndarray) -> float:
    with np.errstate(invalid="ignore", over="ignore"):
        return float(array.sum())


def _as_float(values: object) -> np.ndarray:
    if not isinstance(values, (pd.Series, pd.DataFrame)):
        return np.asarray(values, dtype=np.float64)
    frame = pd.DataFrame(values)
    if any(str(kind) in ("str", "object", "category") for kind in frame.dtypes):
        plain = frame.astype(object).where(frame.notna(), np.nan).to_numpy(dtype=np.float64)
    else:
        plain = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    return plain if isinstance(values, pd.DataFrame) else plain[:, 0]


def refuse_infinite(array: np.ndarray, sums: float | np.ndarray, name: str = "values") -> None:
    """Raise HotspotError when a number is infinite; finite `sums` of them prove that none is."""
    if np.isfinite(sums).all():
        return
    rows = np.argwhere(np.isinf(array))
    if len(rows):
        raise HotspotError("hotspots.infinite", name=name, count=len(rows), row=int(rows[0][0]) + 1)


def read_counts(events: object, base: object, *, bounded: bool) -> tuple[Labelled, np.ndarray]:
    """Return events and base in one shape; raises HotspotError for counts that cannot be.

    A base of one number a village serves all its months. `bounded` also refuses more events than
    base, which no share can have; a base of zero is left alone, its rate is not known.
    """
    first = read_values(events, "events")
    second = read_values(_in_order_of(base, first), "base")
    below = second.array
    if below.ndim < first.array.ndim and below.shape == first.array.shape[: below.ndim]:
        below = below.reshape(below.shape + (1,) * (first.array.ndim - below.ndim))
    try:
        below = np.broadcast_to(below, first.array.shape)
    except ValueError:
        shapes = {"events": str(first.array.shape), "base": str(second.array.shape)}
        raise HotspotError("hotspots.shapes_differ", **shapes) from None
    for name, array in (("events", first.array), ("base", below)):
        if (array < 0).any():
            row = int(np.argwhere(array < 0)[0][0])
            raise HotspotError("hotspots.negative", name=name, row=row + 1, value=array[row].min())
    over = (first.array > below) & (below > 0)
    if bounded and over.any():
        row, *rest = np.argwhere(over)[0]
        cell = (row, *rest)
        values = {"events": first.array[cell], "base": below[cell]}
        raise HotspotError("hotspots.more_than_base", row=int(row) + 1, **values)
    return first, below


def _in_order_of(base: object, events: Labelled) -> object:
    """Return a labelled base in the order of the events' labels; different labels are refused."""
    if isinstance(base, xr.DataArray) and isinstance(events.like, xr.DataArray):
        _same_labels(base.indexes.get(base.dims[0]), events.like.indexes.get(base.dims[0]))
        return base.reindex_like(events.like) if base.ndim == events.like.ndim else base
    if not isinstance(base, (pd.Series, pd.DataFrame)) or events.index is None:
        return base
    _same_labels(base.index, events.index)
    base = base.loc[events.index]
    if isinstance(base, pd.DataFrame) and isinstance(events.like, pd.DataFrame):
        _same_labels(base.columns, events.like.columns)
        base = base[events.like.columns]
    return base


def _same_labels(one: pd.Index | None, other: pd.Index | None) -> None:
    if one is None or other is None:
        return
    if not one.is_unique or not other.is_unique:
        raise HotspotError("hotspots.label_twice")
    missing = other.difference(one, sort=False).append(one.difference(other, sort=False))
    if len(missing):
        raise HotspotError("hotspots.labels_differ", count=len(missing), label=missing[0])
