"""Why the figure of a place moved between two months, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from geodata.cartography.decimals import WAYS, way_of
from geodata.cartography.headline import one_of, steps_text
from geodata.cartography.words import change_text, figure_text, number_text, scale_of
from geodata.figures import Indicator, ParameterStep, explain_change
from geodata.figures.change import PARTS
from geodata.i18n import text
from geodata.periods import shift_month
from geodata.tables import enumerations
from geodata.workspace.evidence import Evidence, Months


def change_of(evidence: Evidence, place: str, indicator: Indicator) -> dict[str, float]:
    """Return the change since the month before and its parts; empty when that was not built."""
    figures = evidence.figures(place)
    if figures is None:
        return {}
    assert evidence.before is not None
    before, after, old = figures
    cube, months = evidence.cube, (evidence.before.month, evidence.built.month)
    # Those there were: of a village that did not report there is no row, and yet it is there.
    villages = [cube.places_in(place, cube.lowest, month) for month in months]
    change = explain_change(
        before,
        after,
        indicator,
        after_by_old_rules=old,
        villages_before=villages[0],
        villages_after=villages[1],
    )
    lists = enumerations()
    if any(step.key in lists for step in cube.steps_between(indicator.key, *months)):
        # Who is counted under another name has not changed.
        change |= {"value": 0.0, "rule": change["value"] + change["rule"]}
    return change


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
    ends = {"before": before, "after": after, "base": base}
    counts = [steps[0]["sent_before"], steps[-1]["sent_after"]]
    sent = dict(
        zip(("sent_before", "sent_after"), counts[::-1] if backwards else counts, strict=True)
    )
    return ends | parts | sent | {"sent_both": min(step["sent_both"] for step in steps)}


def moved_text(
    change: Mapping[str, float],
    indicator: Indicator,
    lang: str,
    *,
    decimals: int,
    since: str = "",
    steps: Sequence[ParameterStep] = (),
) -> str:
    """Return how much a figure moved since the month before, or since a named month, as it is written
    with so many decimals; empty when that is unknown.

    Where villages are missing in one of the months it is that of those that reported in both, and said;
    so are `steps` between them.
    """
    if not change or pd.isna(moved_of(change)):
        return ""
    return (
        _moved_text(
            change, indicator, lang, decimals, since or text("workspace.why_last_month", lang)
        )
        + _sent_text(change, lang)
        + steps_text(steps, lang)
    )


def moved_of(change: Mapping[str, float]) -> float:
    """Return by how much a figure moved where it is known in both months: without what is missing."""
    return change["after"] - change["before"] - change["feed"] - change["boundary"]


def _sent_text(change: Mapping[str, float], lang: str) -> str:
    """Return of which villages a change is, where others reported in one of the months alone."""
    old, new, both = (int(change[f"sent_{one}"]) for one in ("before", "after", "both"))
    level = text("atlas.village", lang)
    said = text("cartography.both_sent", lang, level=level, old=old, new=new, both=both)
    return said if change["feed"] or change["boundary"] else ""


def _moved_text(
    change: Mapping[str, float], indicator: Indicator, lang: str, decimals: int, since: str
) -> str:
    moved = moved_of(change) * scale_of(indicator)
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
