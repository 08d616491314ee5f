"""Invented Chinese names of places, put together from common parts; no real place is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from geodata.i18n import load_yaml

_PARTS: Any = load_yaml(Path(__file__).with_name("names.yaml"))
COUNTY: str = _PARTS["county"]


def township_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return `count` different names of two characters, without 镇 or 乡 at the end."""
    pairs = [first + last for first in _PARTS["township_first"] for last in _PARTS["township_last"]]
    return [pairs[at] for at in rng.permutation(len(pairs))[:count]]


def village_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return `count` names without 村 at the end, different among themselves."""
    families = [
        family + home + land
        for home in ("家", "")
        for family in _PARTS["families"]
        for land in _PARTS["land"]
    ]
    features = [
        feature + (land if len(feature) < 3 and rng.random() < 0.4 else "")
        for feature in _PARTS["features"]
        for land in (_PARTS["land"][at] for at in rng.integers(0, len(_PARTS["land"]), 2))
    ]
    features = list(dict.fromkeys(features))
    share = min(round(count * 0.55), len(features))
    chosen = [features[at] for at in rng.permutation(len(features))[:share]]
    common = len(families) // 2 if count < len(families) // 2 else len(families)
    chosen += [families[at] for at in rng.permutation(common)[: count - share]]
    return [chosen[at] for at in rng.permutation(count)]


def community_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return up to 150 names of urban communities without 社区 at the end, numbered if need be."""
    order = rng.permutation(len(_PARTS["communities"]))
    rounds = [divmod(at, len(order)) for at in range(count)]
    return [
        _PARTS["communities"][order[at]] + (f"第{_PARTS['numerals'][turn]}" if turn else "")
        for turn, at in rounds
    ]
