"""Invented Chinese names put together from common parts, and how clerks mistype them."""

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


def person_names(rng: np.random.Generator, families: np.ndarray, male: np.ndarray) -> np.ndarray:
    """Return one name for each person: the numbered family's character and one or two more."""
    given = np.where(
        male,
        rng.choice(list(_PARTS["given_male"]), len(male)),
        rng.choice(list(_PARTS["given_female"]), len(male)),
    )
    second = rng.choice(list(_PARTS["given_second"]), len(male))
    second = np.where(rng.random(len(male)) < 0.72, second, "")
    surname = np.array(list(_PARTS["families"]))[families]
    return np.strings.add(np.strings.add(surname, second), given)


def family_numbers(rng: np.random.Generator, villages: np.ndarray) -> np.ndarray:
    """Return the family of each household: a village has a few large ones beside many others."""
    count = len(_PARTS["families"])
    local = rng.integers(0, count, (int(villages.max(initial=0)) + 1, 4))
    often = 1 / np.arange(1, count + 1) ** 0.8
    anyone = rng.choice(count, len(villages), p=often / often.sum())
    mine = local[villages, rng.integers(0, 4, len(villages))]
    return np.where(rng.random(len(villages)) < 0.55, mine, anyone)


def ethnicities() -> list[str]:
    """Return the ethnicities of the county, the most frequent first."""
    return list(_PARTS["ethnicities"])


_ALIKE: Any = load_yaml(Path(__file__).with_name("misspelling.yaml"))


def misspell(rng: np.random.Generator, name: str) -> str:
    """Return a name with one character exchanged for one that sounds or looks alike.

    A name without such a character loses its second one.
    """
    places = [at for at, sign in enumerate(name) if sign in _ALIKE]
    if not places:
        return name[:1] + name[2:]
    at = places[rng.integers(len(places))]
    return str(name[:at] + _ALIKE[name[at]] + name[at + 1 :])
