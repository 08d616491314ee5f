"""Why the figure of a place moved between two months, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from geodata.atlas import Indicator
from geodata.cartography.words import change_text, figure_text, number_text, scale_of
from geodata.cube import Measure, explain_change
from geodata.cube.change import PARTS
from geodata.i18n import text
from geodata.workspace.evidence import Evidence


def change_of(evidence: Evidence, place: str, measure: Measure) -> dict[str, float]:
    """Return the change since the month before and its parts; empty when that was not built."""
    figures = evidence.figures(place)
    if figures is None:
        return {}
    before, after, old = figures
    villages = [pd.Index(frame["place"].unique()) for frame in (before, after)]
    return explain_change(
        before,
        after,
        measure,
        after_by_old_rules=old,
        villages_before=villages[0],
        villages_after=villages[1],
    )


def chained(steps: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the change over several months: each part is the sum of that of every month.

    The parts add up to the whole change, as those of each month do. Empty when a month is missing.
    """
    taken = list(steps)
    if not taken or not all(taken):
        return {}
    ends = {"before": taken[0]["before"], "after": taken[-1]["after"]}
    return ends | {part: sum(step[part] for step in taken) for part in PARTS}


def backwards(change: Mapping[str, float]) -> dict[str, float]:
    """Return the change as seen from the later month to the earlier one."""
    if not change:
        return {}
    ends = {"before": change["after"], "after": change["before"]}
    return ends | {part: -change[part] for part in PARTS}


def moved_text(change: Mapping[str, float], indicator: Indicator, lang: str) -> str:
    """Return how much a figure moved since the month before; empty when that is unknown."""
    if not change or pd.isna(change["before"]) or pd.isna(change["after"]):
        return ""
    moved = (change["after"] - change["before"]) * scale_of(indicator)
    decimals = indicator.decimals or 0
    if number_text(abs(moved), decimals) == number_text(0.0, decimals):
        return text("workspace.why_same", lang)
    way = "up" if moved > 0 else "down"
    if indicator.unit_in("zh") == "%":
        shown = text("cartography.points", lang, change=number_text(abs(moved), decimals))
    else:
        shown = figure_text(abs(moved), indicator, decimals=decimals, lang=lang)
    return text(f"workspace.why_{way}", lang, change=shown)


def split_text(change: Mapping[str, float], indicator: Indicator, lang: str) -> str:
    """Return what a change is made of, largest part first; empty when nothing moved or is known."""
    if not change or any(pd.isna(change[name]) for name in ("before", "after", *PARTS)):
        return ""
    scale, decimals = scale_of(indicator), indicator.decimals or 0
    none = number_text(0.0, decimals)
    moved = [
        (abs(change[part]), text(f"workspace.why_part_{part}", lang, value=shown))
        for part in PARTS
        for shown in [change_text(change[part] * scale, decimals)]
        if number_text(abs(change[part] * scale), decimals) != none
    ]
    if not moved:
        return ""
    told = [said for _, said in sorted(moved, key=lambda one: -one[0])]
    return text("workspace.why_parts", lang, parts={"zh": "，", "en": ", "}[lang].join(told))
