"""Hot spots of an atlas: one indicator of one level up to a period, in classes with names."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata import i18n
from geodata.atlas import Atlas
from geodata.errors import HotspotError
from geodata.figures import Indicator
from geodata.hotspots.analysis import analyse
from geodata.hotspots.contiguity import geometry_hash, neighbours
from geodata.hotspots.result import HotspotResult, category_key
from geodata.hotspots.trend import NOT_ASSESSED
from geodata.hotspots.weights import Neighbours

UNKNOWN = 255
# The order of a legend: what needs attention first.
_ORDER = (3, 4, 2, 1, 7, 6, 5, 8, 0, -8, -5, -6, -7, -1, -2, -4, -3)
_BINS = (3, 2, 1, 0, -1, -2, -3)


@dataclass(frozen=True)
class HotSpot:
    """A place that is hot now: its key and its neighbours', and what was seen around it.

    Of a share `observed` and `expected` are events of `base`; of any other figure the mean around
    it and that of the county, of `base` places. Unknown (NaN) where a hidden figure would be told.
    """

    codes: tuple[str, ...]
    observed: float
    expected: float
    base: float
    sentence: str


@dataclass(frozen=True, eq=False)
class HotspotLayer:
    """Every place of a level with its kind of hot spot.

    `kinds` are the catalogue names that occur, worst first; `classes` (uint8) are positions in
    them, 255 for "not assessed", in the order of `keys`. With too few periods for categories the
    kinds are the significance bins of the period (`by_category` False). `result` has the rest; it
    is None, and nothing is assessed, for a count or a total: where many live there is much of all.
    `veiled` tells of which places the numbers would give a hidden figure away.
    """

    indicator: Indicator
    period: str
    level: str
    keys: pd.Index
    kinds: tuple[str, ...]
    classes: np.ndarray
    by_category: bool
    result: HotspotResult | None
    veiled: np.ndarray
    links: Neighbours | None = None

    @property
    def sides(self) -> tuple[int, ...]:
        """Return for every kind 1 (hot now), -1 (cold now) or 0."""
        return tuple(_side(kind) for kind in self.kinds)

    def names(self, lang: str | None = None) -> tuple[str, ...]:
        """Return what the kinds are called, worst first."""
        return tuple(i18n.text(f"hotspots.{kind}", lang) for kind in self.kinds)

    def rule(self, lang: str | None = None) -> str:
        """Return how the classes were found, in a sentence."""
        if self.result is None:
            return self._untested("rule_untested", lang)
        name = "category" if self.by_category else "bins"
        options = self.result.options
        values = {"periods": options.min_periods, "villages": options.min_villages}
        return i18n.text(f"hotspots.rule_{name}", lang, share=f"{options.alpha:.0%}", **values)

    def finding(self, inside: np.ndarray | None = None, lang: str | None = None) -> str:
        """Return how many places are hot, cold and not assessed; `inside` limits who is counted."""
        if self.result is None:
            return self._untested("untested", lang)
        shown = self.classes if inside is None else self.classes[inside]
        side = np.array([*self.sides, 0])
        sides = side[np.minimum(shown, len(self.kinds))]
        hot = [
            (name, int((shown == at).sum()))
            for at, (name, kind) in enumerate(zip(self.names(lang), self.kinds, strict=True))
            if _side(kind) > 0 and (shown == at).any()
        ]
        missing = int((shown == UNKNOWN).sum())
        name = "hot" if hot else "unassessed" if missing == len(shown) else "none"
        told = {"cold": int((sides < 0).sum()), "missing": missing}
        return i18n.text(
            f"hotspots.finding_{name}",
            lang,
            hot=int((sides > 0).sum()),
            kinds=i18n.listed((f"{kind} {count}" for kind, count in hot), lang),
            places=len(shown),
            level=i18n.text(f"atlas.{self.level}", lang),
            **{
                part: i18n.text(f"hotspots.finding_{part}", lang, count=count) if count else ""
                for part, count in told.items()
            },
        )

    def why(self, place: str, lang: str | None = None) -> str:
        """Return the finding for one place and the numbers behind it, unless they are hidden."""
        if self.result is None:
            return self._untested("untested", lang)
        if self.veiled[self.keys.get_loc(place)]:
            hidden = i18n.text("cartography.hidden", lang)
            finding = self.result.finding(place, lang, level=self.level)
            return (
                f"{finding}（{hidden}）"
                if (lang or i18n.default_language()) == "zh"
                else f"{finding} ({hidden})"
            )
        return self.result.sentence(place, lang, unit="", level=self.level)

    def _untested(self, name: str, lang: str | None) -> str:
        shared = self.indicator.decided_by
        if shared is None:
            return i18n.text(f"hotspots.{name}", lang)
        return i18n.text("hotspots.untested_shared", lang, by=shared.text(lang, "1"))

    def hot(self, lang: str | None = None) -> tuple[HotSpot, ...]:
        """Return the places that are hot now, in the order of keys."""
        side = np.array([*self.sides, 0])
        at = np.flatnonzero(side[np.minimum(self.classes, len(self.kinds))] > 0)
        return tuple(self._hot(int(row), lang) for row in at)

    def _hot(self, row: int, lang: str | None) -> HotSpot:
        assert self.result is not None
        assert self.links is not None
        found, key = self.result, str(self.keys[row])
        near = self.keys[self.links.matrix[[row]].indices]
        observed, base = found.around_events[row, -1], found.around_base[row, -1]
        county = found.county_rate[-1]
        told = (observed, county * base, base)
        if found.kind == "value":
            told = (found.around_rate[row, -1], county, base)
        if self.veiled[row]:
            told = (np.nan, np.nan, np.nan)
        observed, expected, base = (float(number) for number in told)
        return HotSpot((key, *map(str, near)), observed, expected, base, self.why(key, lang))


def hotspot_layer(
    atlas: Atlas, indicator: str, period: str | None = None, *, level: str | None = None
) -> HotspotLayer:
    """Return the hot spots of an indicator as of a period (the last), at a level (the lowest).

    Only figures up to the period take part, so that what was shown for a period stays. A share of
    things is tested as events of its base, a mean or a share of money as the plain value, a count
    or a total not at all. Computed over the whole atlas; to drill down, count within.
    """
    described = atlas.indicator(indicator)
    level = level or atlas.lowest
    known = atlas.periods_of(indicator)
    if period is not None and known and period not in known:
        raise HotspotError("hotspots.no_period", period=period, known=", ".join(known))
    period = period if period is not None else (known[-1] if known else "")
    keys = pd.Index(atlas.places_in(None, level))
    if not described.tested:
        none = np.full(len(keys), UNKNOWN, dtype=np.uint8)
        hidden = np.zeros(len(keys), dtype=bool)
        return HotspotLayer(described, period, level, keys, (), none, False, None, hidden)
    events, base, kind = _figures(atlas, described, level, [p for p in known if p <= period])
    result = analyse(
        events,
        base,
        _neighbours_of(atlas, level),
        kind=kind,
        worse="low" if described.worse == "low" else "high",
    )
    by_category = bool((result.category != NOT_ASSESSED).any())
    codes = result.category if by_category else result.bins[:, -1]
    unknown = codes == NOT_ASSESSED if by_category else result.reasons[:, -1] != 0
    order = _ORDER if by_category else _BINS
    present = [code for code in order if code in set(codes[~unknown]) or code == 0]
    classes = np.full(len(codes), UNKNOWN, dtype=np.uint8)
    for position, code in enumerate(present):
        classes[(codes == code) & ~unknown] = position
    name = category_key if by_category else _bin_key
    kinds = tuple(name(code) for code in present)
    keys = pd.Index(events.index)
    veiled = _veiled(atlas, indicator, (period, level), keys)
    links = _neighbours_of(atlas, level)
    return HotspotLayer(
        described, period, level, keys, kinds, classes, by_category, result, veiled, links
    )


def _veiled(atlas: Atlas, indicator: str, shown: tuple[str, str], keys: pd.Index) -> np.ndarray:
    """Return of which places the own figure or a neighbour's is hidden.

    The numbers are a sum over both: less the figures that are shown, it would be the hidden one.
    """
    hidden = atlas.hidden(indicator, *shown).reindex(keys).to_numpy(dtype=bool)
    near = _neighbours_of(atlas, shown[1]).matrix @ hidden.astype("int64")
    return np.asarray(hidden | (near > 0))


def _bin_key(code: int) -> str:
    return f"bin_{'m' if code < 0 else ''}{abs(code)}"


def _side(kind: str) -> int:
    """Return 1 for hot, -1 for cold, 0 for neither; "possible" ones and past ones are neither."""
    if kind.endswith("_historical"):
        return 0
    if kind.startswith("hot_") or kind in ("bin_3", "bin_2"):
        return 1
    return -1 if kind.startswith("cold_") or kind in ("bin_m3", "bin_m2") else 0


def _figures(
    atlas: Atlas, indicator: Indicator, level: str, periods: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame | None, str]:
    """Return events, base and kind of an indicator: places of the level x periods."""
    rows = atlas.values
    rows = rows[(rows["indicator"] == indicator.key) & rows["period"].isin(periods)]
    keys = atlas.places_in(None, atlas.lowest)
    parts = []
    if indicator.counts_judged:
        rows = rows.assign(denominator=rows["subjects"] - rows["missing"])
    for name in ("numerator", "denominator"):
        wide = rows.pivot(index="place", columns="period", values=name)
        parts.append(wide.reindex(index=keys, columns=periods or [""]).astype("float64"))
    known = parts[0].notna() & (parts[1] > 0)
    events, base = (part.where(known) for part in parts)
    if indicator.adds_up == "none":
        values = _raised(events / base, atlas, level, "median")
        return values, None, "value"
    events, base = (_raised(part, atlas, level, "sum") for part in (events, base))
    if indicator.tested == "value":
        return events / base, None, "value"
    # More than all, or less than nothing, is a fault of the data and no share.
    sound = (events >= 0) & (events <= base)
    return events.where(sound), base.where(sound), "proportion"


def _raised(values: pd.DataFrame, atlas: Atlas, level: str, how: str) -> pd.DataFrame:
    """Return the figures of a level from those of the lowest places."""
    if level == atlas.lowest:
        return values
    grouped = values.groupby(atlas.ancestors(atlas.lowest, level))
    found = grouped.sum(min_count=1) if how == "sum" else grouped.median()
    return found.reindex(atlas.places_in(None, level))


def _neighbours_of(atlas: Atlas, level: str) -> Neighbours:
    """Return the neighbours of a level; places without an outline have none."""
    keys = atlas.places_in(None, level)
    outlines = atlas.geometry(level).geometry.reindex(keys)
    shapes = gpd.GeoSeries(np.asarray(outlines.array), index=keys, crs=4326)
    return _linked(_Outlines(geometry_hash(shapes), shapes))


@dataclass(frozen=True)
class _Outlines:
    """Outlines that are equal when their bytes are: the same map is linked only once."""

    key: str
    shapes: gpd.GeoSeries = field(compare=False)


@lru_cache(maxsize=8)
def _linked(outlines: _Outlines) -> Neighbours:
    return neighbours(outlines.shapes)
