"""What is said about a sample: its rates as tiles, its villages and townships, how it was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.texts import text
from geodata.cartography.words import number_text
from geodata.escaping import plain_text
from geodata.evaluation import Rate, SelfCheck, largest_passing

VILLAGE_COLUMNS = ("village", "township", "why", "index", "exited", "missed", "suspects")
TOWNSHIP_COLUMNS = ("township", "villages", "exited", "missed", "suspects")
HOUSEHOLD_COLUMNS = ("code", "head", "village", "persons", "group", "chosen", "findings")
_NUMBERS = ("index", "exited", "missed", "suspects", "villages", "persons")
# A rate that counts no sampled unit has no number that a sample of that size could still hold.
_SAMPLED = ("wrong_exit_rate", "missed_rate")


@dataclass(frozen=True)
class Tile:
    """One rate in words: title, figure, lines below it, and its verdict (pass, fail or unknown)."""

    kind: str
    title: str
    figure: str
    lines: tuple[str, ...]
    verdict: str


def rate_tiles(checked: Sequence[SelfCheck], day: str, lang: str) -> tuple[Tile, ...]:
    """Return the rates of a sample, judged by the limits of a day."""
    return tuple(_tile(one, day, lang) for one in checked)


def columns(names: Sequence[str], lang: str) -> list[dict[str, str]]:
    """Return the head of a table of `Sheet`."""
    return [
        {
            "label": text(f"sampling.column_{name}", lang),
            "kind": "code" if name == "code" else "number" if name in _NUMBERS else "text",
        }
        for name in names
    ]


def village_rows(
    villages: pd.DataFrame, township_of: Mapping[str, str], lang: str
) -> list[dict[str, object]]:
    """Return the rows of the drawn villages; `township_of` names the township of each."""
    return [
        {
            "cells": [
                plain_text(row.name, 20),
                plain_text(township_of.get(str(row.Index), ""), 20),
                _why(row, lang),
                number_text(row.weakness, 0),
                f"{row.exited}",
                f"{row.missed}",
                f"{row.suspects}",
            ],
            "mark": "high" if row.chosen == "weak" else "low",
        }
        for row in villages.rename(columns={"index": "weakness"}).itertuples()
    ]


def township_rows(
    villages: pd.DataFrame, township_of: Mapping[str, str]
) -> list[dict[str, object]]:
    """Return the counts of a sample by township, most households first."""
    named = villages.index.astype(str).map(lambda key: township_of.get(key, ""))
    counted = ["exited", "missed", "suspects"]
    sums = villages.groupby(named)[counted].sum().assign(villages=villages.groupby(named).size())
    order = (sums["exited"] + sums["missed"]).sort_values(ascending=False, kind="stable").index
    return [
        {
            "cells": [
                plain_text(row.Index, 20),
                f"{row.villages}",
                f"{row.exited}",
                f"{row.missed}",
                f"{row.suspects}",
            ],
            "mark": "",
        }
        for row in sums.loc[order].itertuples()
    ]


def _why(row: Any, lang: str) -> str:
    """Return why a village was drawn."""
    known = {"kind": text(f"sampling.stratum_{row.stratum}", lang)}
    if row.chosen == "weak":
        return text("sampling.why_weak", lang, order=int(row.order), **known)
    return text("sampling.why_lot", lang, **known)


def _tile(one: SelfCheck, day: str, lang: str) -> Tile:
    rate = one.rate
    title = text(f"sampling.{rate.kind}", lang)
    if not rate.counted:
        return Tile(rate.kind, title, "—", (text("sampling.nobody", lang),), "unknown")
    # The bound rests on the lot alone: it stands beside the rate of the lot.
    lot = one.by_lot if one.by_lot is not None and one.by_lot.counted else None
    side = "low" if rate.kind == "satisfaction" else "high"
    bound = text(f"sampling.bound_{side}", lang, bound=f"{rate.bound:.2f}")
    lines = [_parts(rate, lang), bound if lot is None else f"{_lot(lot, lang)}{bound}"]
    if one.unknown:
        key = "unasked" if rate.kind == "satisfaction" else "unknown"
        lines.append(text(f"sampling.{key}", lang, count=f"{one.unknown:,}"))
    lines.append(_verdict(rate, day, lang))
    return Tile(rate.kind, title, f"{rate.percent:.2f}%", tuple(lines), rate.verdict)


def _lot(rate: Rate, lang: str) -> str:
    cases, counted = f"{float(rate.positives):,.0f}", f"{rate.counted:,}"
    told = {"found": cases, "counted": counted, "percent": f"{rate.percent:.2f}"}
    return text("sampling.by_lot", lang, **told)


def _parts(rate: Rate, lang: str) -> str:
    kind = "households" if rate.kind == "satisfaction" else rate.variant
    cases, counted = f"{float(rate.positives):,.0f}", f"{rate.counted:,}"
    return text(f"sampling.parts_{kind}", lang, found=cases, counted=counted)


def _verdict(rate: Rate, day: str, lang: str) -> str:
    """Return the limit of the day, and how many more may still be found."""
    if rate.limit is None:
        return text("sampling.no_limit", lang, day=day)
    room, unit = rate.room or 0, "households" if rate.kind == "satisfaction" else "persons"
    known = {"limit": f"{rate.limit:g}", "room": f"{abs(room):,}"}
    said = text(f"sampling.{'over' if room < 0 else 'room'}_{unit}", lang, **known)
    if rate.kind in _SAMPLED and room >= 0:
        most = largest_passing(rate.counted, rate.limit)[1] - int(rate.positives)
        key = "sure" if most >= 0 else "never_sure"
        said += text(f"sampling.{key}", lang, room=f"{most:,}")
    return said
