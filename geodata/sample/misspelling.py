"""Place names as clerks mistype them: a character of the same sound or shape for the right one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from geodata.i18n import load_yaml

_ALIKE: Any = load_yaml(Path(__file__).with_name("misspelling.yaml"))


def misspell(rng: np.random.Generator, name: str) -> str:
    """Return a name with one character exchanged for one that sounds or looks alike.

    A name without such a character loses its second one.
    """
    places = [at for at, sign in enumerate(name) if sign in _ALIKE]
    if not places:
        return name[:1] + name[2:]
    at = places[rng.integers(len(places))]
    return name[:at] + _ALIKE[name[at]] + name[at + 1 :]
