"""Why the figure of a place moved between two months, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from geodata.cartography.decimals import WAYS, way_of
from geodata.cartography.headline import one_of
from geodata.cartography.words import change_text, figure_text, number_text, scale_of
from geodata.figures import Indicator, explain_change
from geodata.figures.change import PARTS
from geodata.i18n import text
from geodata.periods import shift_month
from geodata.workspace.evidence import Evidence, Months


def change_of(evidence: Evidence, place: str, indicator: Indicator) -> dict[str, float]:
    """Return the change since the month before and its parts; empty when that was not built."""
    figures = evidence.figures(place)
    if figures is None:
        return {}
    before, after, old = figures
    villages = [pd.Index(frame["place"].unique()) for frame in (before, after)]
    return explain_change(
        before,
        after,
        indicator,
        after_by_old_rules=old,
        villages_before=villages[0],
        villages_after=villages[1],
    )


def change_between(
    months: Months, place: str, indicator: str, ends: tuple[str, str]
) -> dict[str, float]:
    """Return the change of a figure from one month to another and its parts, as `explain_change`.

    Each part is the sum of that of every month between, so that the parts add up to the change.
    Empty when a month between is not built or has no figure.
    """
    first, last = sorted(ends)
    steps, month = [], first
    while month < last:
        month = shift_month(month, 1)
        evidence = months.at(month)
        if evidence is None or place not in evidence.levels:
            return {}
        steps.append(change_of(evidence, place, evidence.indicators[indicator]))
    return _chained(steps, backwards=ends[0] > ends[1])


def _chained(steps: Sequence[Mapping[str, float]], *, backwards: bool) -> dict[str, float]:
    if not steps or not all(steps):
        return {}
    before, after, base = steps[0]["before"], steps[-1]["after"], steps[-1]["base"]
    parts = {part: sum(step[part] for step in steps) for part in PARTS}
    if backwards:
        before, after = after, before
        parts = {part: -moved for part, moved in parts.items()}
    return {"before": before, "after": after, "base": base} | parts


def moved_text(
    change: Mapping[str, float], indicator: Indicator, lang: str, *, decimals: int, since: str = ""
) -> str:
    """Return how much a figure moved since the month before, or since a named month, as it is written
    with so many decimals; empty when that is unknown.
    """
    if not change or pd.isna(change["before"]) or pd.isna(change["after"]):
        return ""
    since = since or text("workspace.why_last_month", lang)
    moved = (change["after"] - change["before"]) * scale_of(indicator)
    way = way_of(moved, change["base"], indicator, decimals)
    if way in WAYS[2:]:
        return text(f"workspace.why_{way}", lang, since=since, thing=one_of(indicator, lang))
    if indicator.is_share:
        shown = text("cartography.points", lang, change=number_text(abs(moved), decimals))
    else:
        shown = figure_text(abs(moved), indicator, decimals=decimals, lang=lang)
    return text(f"workspace.why_{way}", lang, change=shown, since=since)


def split_text(
    change: Mapping[str, float], indicator: Indicator, lang: str, *, decimals: int
) -> str:
    """Return what a change is made of, largest part first; empty when nothing moved or is known."""
    if not change or any(pd.isna(change[name]) for name in ("before", "after", *PARTS)):
        return ""
    scale = scale_of(indicator)
    none = number_text(0.0, decimals)
    moved = [
        (abs(change[part]), text(f"workspace.why_part_{part}", lang, value=shown))
        for part in PARTS
        for shown in [change_text(change[part] * scale, decimals)]
        if number_text(abs(change[part] * scale), decimals) != none
    ]
    if not moved:
        return ""
    told = [said for _, said in sorted(moved, key=lambda pair: -pair[0])]
    return text("workspace.why_parts", lang, parts={"zh": "，", "en": ", "}[lang].join(told))
