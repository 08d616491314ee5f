"""Half the weakest, half by lot: villages first, then households in them.

The lot is the SHA-256 of seed and code: the smallest are drawn. It needs no generator, so that the
same seed gives the same list in every version and anybody can check one line by hand.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from geodata.errors import EvaluationError
from geodata.i18n import default_language, text


@dataclass(frozen=True)
class Design:
    """The numbers of a sample: month of the frame, seed, villages, households of each group.

    `weak_share` is the percentage of villages and households taken from the weakest; the rest is
    drawn by lot. `weights` are those of the index, `suspected` the rules whose findings make a
    drawn household of a group suspect.
    """

    month: str
    seed: int
    villages: int
    exited: int
    missed: int
    weak_share: float
    weights: Mapping[str, float] = field(default_factory=dict)
    suspected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def quotas(self) -> Mapping[str, int]:
        """Return how many households of each group are wanted."""
        return {"exited": self.exited, "missed": self.missed}


@dataclass(frozen=True)
class Frame:
    """What is drawn from.

    `villages`: index place_code; name, stratum (exited, other or unknown), worse (a column for each
    indicator, higher is worse) and, where known, population. `households`: index household_code;
    place_code, group (exited, missed), score, and whatever else the list shall carry.
    """

    villages: pd.DataFrame
    households: pd.DataFrame

    @property
    def digest(self) -> str:
        """Return the hash of the codes drawn from, so that two people know they used the same."""
        codes = [*sorted(self.villages.index), *sorted(self.households.index)]
        return hashlib.sha256("\n".join(codes).encode()).hexdigest()


def weakness(worse: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """Return the index of each village, 0 to 100; NaN where no indicator is known.

    In each indicator a village has its place among those with a figure, ties sharing one; the
    index is the mean of these by weight.
    """
    known = [key for key in weights if key in worse.columns]
    ranks = worse[known].rank(pct=True) * 100
    weight = pd.Series(weights)[known]
    total = ranks.notna().mul(weight).sum(axis=1)
    return ranks.mul(weight).sum(axis=1).div(total.where(total > 0)).round(2)


STRATA = ("exited", "other")
GROUPS = ("exited", "missed")
FEWEST_VILLAGES = 2


@dataclass(frozen=True)
class Note:
    """One thing that was done otherwise than asked, as a key of the catalogue and its values."""

    key: str
    values: Mapping[str, object]

    def sentence(self, lang: str | None = None) -> str:
        """Return the note in words."""
        lang = lang or default_language()
        words = {
            name: text(f"evaluation.{value}", lang) if name in ("stratum", "group") else value
            for name, value in self.values.items()
        }
        return text(f"evaluation.{self.key}", lang, **words)


@dataclass(frozen=True)
class Draw:
    """A sample: what was asked for, what was drawn, and what was done otherwise.

    `villages`: index place_code; name, stratum, index (0 to 100), chosen (weak or lot).
    `households`: index household_code; place_code, group, score, chosen and the columns of the frame.
    `frame_sizes`: villages, households and each group; where the frame says them, also
    `<group>_persons` and the population of all villages.
    """

    design: Design
    villages: pd.DataFrame = field(repr=False)
    households: pd.DataFrame = field(repr=False)
    notes: tuple[Note, ...] = ()
    frame_digest: str = ""
    frame_sizes: Mapping[str, int] = field(default_factory=dict)


def draw_sample(frame: Frame, design: Design) -> Draw:
    """Return a sample of a frame; the same frame and design give the same sample.

    Raises EvaluationError for a frame of fewer than two villages or numbers that cannot be.
    """
    _check(frame, design)
    index = weakness(frame.villages.drop(columns=["name", "stratum"]), design.weights)
    listed = frame.villages[["name", "stratum"]].assign(index=index)
    villages, notes = _draw_villages(listed, design)
    inside = frame.households[frame.households["place_code"].isin(villages.index)]
    households, more = _draw_households(inside, design)
    sizes = {"villages": len(listed), "households": len(frame.households)}
    sizes |= {group: int((frame.households["group"] == group).sum()) for group in GROUPS}
    sizes |= _persons(frame)
    return Draw(design, villages, households, (*notes, *more), frame.digest, sizes)


def lot(seed: int, code: str) -> str:
    """Return the lot of a code: the hexadecimal SHA-256 of seed, a colon and the code."""
    return hashlib.sha256(f"{seed}:{code}".encode()).hexdigest()


def _persons(frame: Frame) -> dict[str, int]:
    """Return the persons of each group and of all villages, as far as the frame says them."""
    persons = {}
    if "persons" in frame.households:
        by_group = frame.households.groupby("group")["persons"].sum()
        persons = {f"{group}_persons": int(by_group.get(group, 0)) for group in GROUPS}
    if "population" in frame.villages and frame.villages["population"].notna().all():
        persons["population"] = int(frame.villages["population"].sum())
    return persons


def _check(frame: Frame, design: Design) -> None:
    if design.villages < 1 or design.exited < 0 or design.missed < 0:
        raise EvaluationError("evaluation.not_positive")
    if not 0 <= design.weak_share <= 100:
        raise EvaluationError("evaluation.no_share", value=f"{design.weak_share:g}")
    if len(frame.villages) < FEWEST_VILLAGES:
        villages = len(frame.villages)
        raise EvaluationError("evaluation.too_few_villages", found=villages, month=design.month)


def _draw_villages(listed: pd.DataFrame, design: Design) -> tuple[pd.DataFrame, list[Note]]:
    """Return villages, one half of each stratum; where one is short the other makes up for it."""
    notes = []
    unknown = int((~listed["stratum"].isin(STRATA)).sum())
    if unknown:
        notes.append(Note("note_unknown_stratum", {"count": unknown}))
    there = {name: int((listed["stratum"] == name).sum()) for name in STRATA}
    wanted = {"exited": math.ceil(design.villages / 2), "other": design.villages // 2}
    for name, other in (STRATA, STRATA[::-1]):
        short = wanted[name] - there[name]
        if short > 0:
            wanted[name] = there[name]
            more = max(min(short, there[other] - wanted[other]), 0)
            wanted[other] += more
            values = {"stratum": name, "asked": wanted[name] + short, "found": there[name]}
            notes.append(Note("note_stratum_short", {**values, "more": more}))
    parts = [
        _half_and_half(listed[listed["stratum"] == name], wanted[name], "index", design)
        for name in STRATA
    ]
    return pd.concat(parts), notes


def _draw_households(inside: pd.DataFrame, design: Design) -> tuple[pd.DataFrame, list[Note]]:
    parts, notes = [], []
    for group, quota in design.quotas.items():
        rows = inside[inside["group"] == group]
        if quota > len(rows):
            values = {"group": group, "asked": quota, "found": len(rows)}
            notes.append(Note("note_quota_short", values))
        scored = rows.assign(score=rows["score"].where(rows["score"] > 0))
        drawn = _half_and_half(scored, min(quota, len(rows)), "score", design)
        weak, asked = int((drawn["chosen"] == "weak").sum()), _weak(min(quota, len(rows)), design)
        if weak < asked:
            values = {"group": group, "asked": asked, "found": weak}
            notes.append(Note("note_few_weak", values))
        parts.append(drawn.assign(score=drawn["score"].fillna(0)))
    households = pd.concat(parts)
    return households.sort_values(["group", "place_code", "chosen"], kind="stable"), notes


def _weak(count: int, design: Design) -> int:
    return math.ceil(count * design.weak_share / 100)


def _half_and_half(rows: pd.DataFrame, count: int, worst: str, design: Design) -> pd.DataFrame:
    """Return `count` rows: the weakest share by a column, equal ones by code, the rest by lot."""
    rows = rows.sort_index()
    known = rows[rows[worst].notna()].sort_values(worst, ascending=False, kind="stable")
    weak = known.head(_weak(count, design))
    rest = rows.drop(weak.index)
    lots = pd.Series([lot(design.seed, str(code)) for code in rest.index], rest.index, dtype=str)
    drawn = rest.loc[lots.sort_values().index[: count - len(weak)]]
    return pd.concat([weak.assign(chosen="weak"), drawn.assign(chosen="lot")])
