"""Who is monitored, since when, for what risk, and when the risk was removed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.sample.households import DISABLED, labour_and_school
from geodata.sample.plan import Plan

_BASE = 0.021  # share of households monitored with the risk not removed
_WATER = 0.0015  # share for want of safe water, away from the dry ridge
_WATER_RIDGE = 0.05
_PREHISTORY = 30  # months lived through before the first one shown
_MONTHS_BEFORE_REMOVAL = 8

# risk word -> what a family must have for it, and its weight
RISKS = (
    ("因病", "ill", 0.34),
    ("因残", "disabled", 0.16),
    ("因学", "student", 0.08),
    ("因缺劳动力", "little_labour", 0.12),
    ("因务工就业不稳", "worker", 0.12),
    ("因自然灾害-洪涝", "any", 0.05),
    ("因意外事故", "any", 0.05),
    ("因产业失败", "any", 0.04),
    ("因安全住房", "any", 0.03),
    ("其他", "any", 0.01),
    ("因安全饮水", "never", 0.0),
)
WATER_RISK, HOUSE_RISK, OTHER_RISK = 10, 8, 9


def family_facts(persons: pd.DataFrame, households: int, month: int) -> pd.DataFrame:
    """Return what a risk asks about each family in a month: people, labour, ill, disabled ..."""
    labour, school = labour_and_school(persons, month)
    there = persons["birth"].to_numpy() <= month
    who = persons["household"].to_numpy()
    health = persons["health"].to_numpy()

    def count(mask: np.ndarray) -> np.ndarray:
        return np.bincount(who[mask & there], minlength=households)

    able = count(labour <= 2)
    return pd.DataFrame(
        {
            "people": count(there),
            "labour": able,
            "ill": count((health & ~np.int8(DISABLED)) > 0),
            "disabled": count((health & DISABLED) > 0),
            "student": count(school >= 7),
            "worker": count(persons["works"].to_numpy() & (labour <= 2)),
            "little_labour": (able <= 1).astype(int),
            "any": 1,
            "never": 0,
        }
    )


def make_episodes(
    rng: np.random.Generator, households: pd.DataFrame, facts: pd.DataFrame, plan: Plan
) -> pd.DataFrame:
    """Return one row per household: identified and removed (months, -1 never), risks, category.

    `risk_1` and `risk_2` number RISKS (-1 none), `category` numbers the published list, `mode` the
    way of removal (0 by help, 1 naturally).
    """
    count = len(households)
    village = households["village"].to_numpy()
    poor = households["former_poor"].to_numpy()
    weight = np.where(poor, 2.2, 0.6) * np.where(facts["labour"] <= 1, 1.7, 0.85)
    weight = weight / np.bincount(village, weight)[village] * np.bincount(village)[village]
    villages = int(village.max()) + 1
    general = _live_through(
        rng, village, weight, target=_BASE * plan.risks("monitored", villages), plan=plan
    )
    thirsty = np.full((villages, len(plan.months)), _WATER)
    thirsty[list(plan.cluster("shortage").villages)] = _WATER_RIDGE
    water = _live_through(rng, village, np.ones(count), target=thirsty, plan=plan)
    # Who is monitored for want of water is on no other list.
    from_water = (water["identified"] >= 0) & (general["identified"] < 0)
    identified = np.where(from_water, water["identified"], general["identified"])
    removed = np.where(from_water, water["removed"], general["removed"])
    removed = np.where(facts["labour"] == 0, -1, removed)
    sudden = rng.random(count) < 0.12
    risk_1, risk_2 = _risks(rng, facts)
    return pd.DataFrame(
        {
            "identified": identified,
            "removed": removed,
            "risk_1": np.where(identified < 0, -1, np.where(from_water, WATER_RISK, risk_1)),
            "risk_2": np.where((identified < 0) | from_water, -1, risk_2),
            "category": np.where(sudden, 2, np.where(poor, 0, 1)),
            "mode": (rng.random(count) < 0.15).astype(int),
        }
    )


def _live_through(
    rng: np.random.Generator,
    village: np.ndarray,
    weight: np.ndarray,
    *,
    target: np.ndarray,
    plan: Plan,
) -> dict[str, np.ndarray]:
    """Return when each household entered and left, so that the stock in a village meets its target.

    A third of what is wanting enters each month; leaving takes eight months at least.
    """
    count, villages = len(village), len(target)
    size = np.bincount(village, minlength=villages)
    identified, removed = np.full(count, -1), np.full(count, -1)
    for step in range(-_PREHISTORY, target.shape[1]):
        month = plan.first + step
        wanted = target[:, max(step, 0)] * size
        active = (identified >= 0) & (removed < 0)
        stock = np.bincount(village[active], minlength=villages)
        over = np.clip((stock - wanted) / np.maximum(stock, 1), 0, 1)
        leave = active & (month - identified >= _MONTHS_BEFORE_REMOVAL)
        leave &= rng.random(count) < (0.015 + 0.4 * over)[village]
        removed[leave] = month
        entry = (np.clip(wanted - stock, 0, None) * 0.33 + wanted * 0.015) / np.maximum(size, 1)
        enter = (identified < 0) & (rng.random(count) < np.clip(entry[village] * weight, 0, 0.6))
        identified[enter] = month
    return {"identified": identified, "removed": removed}


def _risks(rng: np.random.Generator, facts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return a first and a second risk that the family can have; the second is often none."""
    able = np.column_stack([facts[need].to_numpy() > 0 for _, need, _ in RISKS])
    chance = able * np.array([weight for _, _, weight in RISKS])
    chance = chance / chance.sum(axis=1, keepdims=True)
    draw = rng.random((2, len(facts), 1))
    first = (chance.cumsum(axis=1) < draw[0]).sum(axis=1)
    second = (chance.cumsum(axis=1) < draw[1]).sum(axis=1)
    same = (first == second) | (rng.random(len(facts)) < 0.7) | (second == OTHER_RISK)
    plain = np.isin(second, [HOUSE_RISK, WATER_RISK])
    return first, np.where(same | plain, -1, second)
