"""Villages that lie high together, as an atlas shows them: clusters told, rates with their certainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely

from geodata import i18n
from geodata.atlas import Atlas
from geodata.atlas.scoped import ScopedAtlas
from geodata.figures import Indicator
from geodata.hotspots.built import CLUSTERS, MAPS, rates_table
from geodata.hotspots.result import MIN_EVENTS, count_text

# From this probability on a village is said to lie above, or below, the county; between, it is not
# known (Richardson et al. 2004, Environmental Health Perspectives 112, 1016-1025).
SURE = 0.8
KINDS = ("cluster", "above", "unsure", "below")
_SIDES = ("east", "northeast", "north", "northwest", "west", "southwest", "south", "southeast")
# Of the reach of the place above: nearer to its middle, a cluster lies in the middle of it.
_MIDDLE = 0.25


@dataclass(frozen=True)
class FoundCluster:
    """Villages next to each other in which more is bad than the county's rate lets expect.

    `observed` and `expected` are of the period itself, of `base`; where few are bad, those who are
    there, fewer than expected. `span` periods were looked at together. `p`: share of maps without a
    cluster that show one as clear.
    """

    codes: tuple[str, ...]
    observed: float
    expected: float
    base: float
    span: int
    p: float
    sentences: Mapping[str, str] = field(repr=False)

    def sentence(self, lang: str | None = None) -> str:
        """Return where it lies, how many there are and should be, and how rare that is by luck."""
        return self.sentences[lang or i18n.default_language()]


@dataclass(frozen=True, eq=False)
class VillageClusters:
    """What is known of an indicator and period: clusters clearest first, and every village's kind.

    `kinds` (uint8) are positions in KINDS in the order of `keys`, 255 where nothing is known.
    `rates` has rate, lower, upper and above by key. `reason` says why nothing was looked for.
    """

    indicator: Indicator
    period: str
    keys: pd.Index
    reason: str
    clusters: tuple[FoundCluster, ...]
    kinds: np.ndarray
    rates: pd.DataFrame
    factor: float
    doubled: float

    def finding(self, lang: str | None = None, inside: pd.Index | None = None) -> str:
        """Return what was found in a sentence, without words of statistics.

        `inside` are the villages that are asked about: clusters that reach into them are told.
        """
        if self.reason:
            title = self.indicator.title_in(lang)
            shared = self.indicator.decided_by
            by = "" if shared is None else shared.text(lang, "1")
            return i18n.text(f"hotspots.clusters_{self.reason}", lang, indicator=title, by=by)
        told = [c for c in self.clusters if inside is None or inside.isin(c.codes).any()]
        if not told:
            return i18n.text("hotspots.clusters_nowhere", lang)
        if len(told) == 1:
            return told[0].sentence(lang)
        return i18n.text(
            "hotspots.clusters_several", lang, count=len(told), first=told[0].sentence(lang)
        )

    def sight(self, lang: str | None = None) -> str:
        """Return what a map of such a rate could show at all; empty where it is not known."""
        if self.reason or not np.isfinite(self.doubled):
            return ""
        times = round(10 * self.doubled)
        name = "never" if times == 0 else "always" if times == 10 else "often"
        factor = i18n.text(f"hotspots.factor_{'2' if self.factor == 2 else '1_5'}", lang)
        return i18n.text(f"hotspots.sight_{name}", lang, factor=factor, times=times)

    def names(self, lang: str | None = None) -> tuple[str, ...]:
        """Return what the kinds are called: of a figure of which few are bad, the other way about."""
        side = "low" if self.indicator.worse == "low" else "high"
        return tuple(i18n.text(f"hotspots.kind_{kind}_{side}", lang) for kind in KINDS)

    def rule(self, lang: str | None = None) -> str:
        """Return how the kinds were found, and what the map could show at all."""
        if self.reason:
            return self.finding(lang)
        side = "low" if self.indicator.worse == "low" else "high"
        said = i18n.text(f"hotspots.rule_clusters_{side}", lang, sure=f"{SURE:.0%}")
        return said + self.sight(lang)

    def of(self, place: str) -> FoundCluster | None:
        """Return the cluster that a village belongs to."""
        return next((one for one in self.clusters if place in one.codes), None)


def village_clusters(atlas: Atlas, indicator: str, period: str) -> VillageClusters:
    """Return the clusters of an indicator in a period that an atlas may show, and its villages' kinds.

    They were computed when the atlas was made, of the whole of it. A cluster is told where the
    figure of each of its villages and of the whole is shown, so that none can be inferred from it.
    """
    asked = ("village clusters", indicator, period)
    found: VillageClusters = atlas.once(asked, lambda: _found(atlas, indicator, period))
    return found


def _found(atlas: Atlas, key: str, period: str) -> VillageClusters:
    indicator = atlas.indicator(key)
    keys = atlas.places_in(None, atlas.lowest)
    unknown = np.full(len(keys), 255, dtype=np.uint8)
    rates = pd.DataFrame(np.nan, index=keys, columns=["rate", "lower", "upper", "above"])
    whole = atlas.whole if isinstance(atlas, ScopedAtlas) else atlas
    reason, row = _reason(whole, indicator, period)
    if not atlas.seen(atlas.places_in(None, atlas.levels[0])).all():
        reason = "unseen"
    if reason or row is None:
        return VillageClusters(indicator, period, keys, reason, (), unknown, rates, np.nan, np.nan)
    shown = _shown(atlas, indicator, period, keys)
    own = whole.computed(rates_table(period))
    if own is not None:
        own = own[own["indicator"] == key].set_index("place")[list(rates.columns)]
        rates = own.reindex(keys).where(shown)
    table = whole.computed(CLUSTERS)
    rate = 1 - float(row["rate"]) if indicator.worse == "low" else float(row["rate"])
    clusters: tuple[FoundCluster, ...] = ()
    if table is not None:
        rows = table[(table["period"] == period) & (table["indicator"] == key)]
        clusters = _clusters(atlas, rows, indicator, rate, shown)
    above = rates["above"].to_numpy(dtype=np.float64)
    kinds = np.select(
        [np.isnan(above), above >= SURE, above <= 1 - SURE],
        [255, KINDS.index("above"), KINDS.index("below")],
        KINDS.index("unsure"),
    )
    members = [code for cluster in clusters for code in cluster.codes]
    kinds[keys.isin(members)] = KINDS.index("cluster")
    return VillageClusters(
        indicator,
        period,
        keys,
        "",
        clusters,
        kinds.astype(np.uint8),
        rates,
        float(row["factor"]),
        float(row["doubled"]),
    )


def _reason(whole: Atlas, indicator: Indicator, period: str) -> tuple[str, pd.Series | None]:
    """Return why nothing was looked for, or the row of what was."""
    if indicator.decided_by is not None:
        return "shared", None
    if indicator.tested != "events":
        return ("amount" if indicator.adds_up == "sum" else "mean"), None
    maps = whole.computed(MAPS)
    if maps is None:
        return "unbuilt", None
    rows = maps[(maps["period"] == period) & (maps["indicator"] == indicator.key)]
    if rows.empty:
        return "few_villages", None
    return str(rows.iloc[0]["reason"]), rows.iloc[0]


def _shown(atlas: Atlas, indicator: Indicator, period: str, keys: pd.Index) -> pd.Series:
    """Return of which villages the figure is known and shown."""
    frame = atlas.frame(indicator.key, period, atlas.lowest)
    known = frame["numerator"].notna() & _base(frame, indicator).notna()
    hidden = atlas.hidden(indicator.key, period, atlas.lowest).reindex(
        frame.index, fill_value=False
    )
    shown: pd.Series = (known & ~hidden).reindex(keys, fill_value=False)
    return shown


def _base(frame: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """Return what each figure is a part of: of a count of who is judged, all of them."""
    if indicator.counts_judged:
        return frame["subjects"] - frame["missing"]
    return frame["denominator"]


def _clusters(
    atlas: Atlas, rows: pd.DataFrame, indicator: Indicator, rate: float, shown: pd.Series
) -> tuple[FoundCluster, ...]:
    """Return the clusters of the rows that may be told; `rate` is the county's of what is counted."""
    if rows.empty:
        return ()
    period = str(rows["period"].iloc[0])
    frame = atlas.frame(indicator.key, period, atlas.lowest)
    base = _base(frame, indicator)
    found = []
    ordered = rows.sort_values("rank")
    for places, span, p in zip(ordered["places"], ordered["span"], ordered["p"], strict=True):
        codes = str(places).split()
        if not shown.reindex(codes, fill_value=False).all():
            continue
        observed, below = float(frame.loc[codes, "numerator"].sum()), float(base[codes].sum())
        numbers = (observed, float(rate * below), below)
        if _worth_telling(indicator, numbers):
            found.append(_worded(atlas, indicator, codes, numbers, (int(span), float(p))))
    return tuple(found)


def _worth_telling(indicator: Indicator, numbers: tuple[float, float, float]) -> bool:
    """Return whether the period itself has cases enough, more than the county's rate gives."""
    observed, expected, base = numbers
    if indicator.worse == "low":
        observed, expected = base - observed, base - expected
    return observed >= MIN_EVENTS and observed > expected


def _worded(
    atlas: Atlas,
    indicator: Indicator,
    codes: list[str],
    numbers: tuple[float, float, float],
    facts: tuple[int, float],
) -> FoundCluster:
    """Return a cluster with what is said of it in each language."""
    span, p = facts
    thing = indicator.base or indicator.counts
    each = thing.each if thing is not None else 1.0
    observed, expected, base = (count_text(round(part / each)) for part in numbers)
    few = numbers[1] / each < 0.5
    side = "low" if indicator.worse == "low" else "high"
    known = ("village", "township", "county")
    lowest = atlas.lowest if atlas.lowest in known else "place"
    top = "county" if atlas.levels[0] == "county" else "area"
    sentences = {}
    for lang in i18n.LANGUAGES:
        sentences[lang] = i18n.text(
            f"hotspots.cluster_{side}",
            lang,
            where=_where(atlas, codes, lang),
            places=i18n.text(f"hotspots.together_{lowest}", lang, count=len(codes)),
            count=len(codes),
            base=base,
            observed=observed,
            expected=i18n.text("hotspots.below_one", lang) if few else expected,
            unit=thing.text(lang, base) if thing is not None else "",
            whole=i18n.text(f"hotspots.whole_{top}", lang),
            long=i18n.text("hotspots.cluster_long", lang, span=span) if span > 1 else "",
            rare=int(100 * p) + 1,
        )
    return FoundCluster(tuple(codes), *numbers, span, p, sentences)


def _where(atlas: Atlas, codes: list[str], lang: str) -> str:
    """Return in which place above, and on which side of it, the villages lie."""
    if len(atlas.levels) < 2:
        return ""
    above = atlas.levels[-2]
    parents = atlas.ancestors(atlas.lowest, above).reindex(codes)
    counts = parents.value_counts()
    main = str(counts.index[0])
    name = atlas.name(main)
    if len(counts) > 1:
        return i18n.text("hotspots.cluster_across", lang, name=name, count=len(counts))
    outline = atlas.shapes(above, [main])[0]
    own = shapely.union_all(atlas.shapes(atlas.lowest, codes))
    if outline is None or shapely.is_empty(own):
        return name
    middle, here = shapely.centroid(outline), shapely.centroid(own)
    shrink = np.cos(np.radians(middle.y))
    east, north = (here.x - middle.x) * shrink, here.y - middle.y
    reach = np.sqrt(shapely.area(outline) * shrink / np.pi)
    if np.hypot(east, north) < _MIDDLE * reach:
        side = "middle"
    else:
        side = _SIDES[round(np.degrees(np.arctan2(north, east)) / 45) % 8]
    return i18n.text(f"hotspots.side_{side}", lang, name=name)
