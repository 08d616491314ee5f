"""What a map finds, decided once for every form in which it is said."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from geodata.atlas import Atlas
from geodata.cartography.layer import Layer
from geodata.cartography.ranking import Worst, counted_only, most_of, rank_places, worst_of

WORST = 3


@dataclass(frozen=True)
class Finding:
    """The kind of finding, the places with a figure worst first, and those to be named.

    Kinds: own (the shown place is itself coloured), none (no figure), zero, equal, few (told by
    number: those whose bases are not too small do not differ), tied, worst.
    """

    kind: str
    known: pd.DataFrame
    worst: Worst


def finding_of(atlas: Atlas, layer: Layer) -> Finding:
    """Return what a map finds among the places of its level."""
    own = atlas.level_of(layer.place) == layer.level
    ranked = rank_places(
        atlas, layer.indicator.key, layer.period, level=layer.level, place=layer.place
    )
    known = ranked[ranked["value"].notna()]
    nobody = Worst(known.head(0))
    if own or known.empty:
        return Finding("own" if own else "none", known, nobody)
    if not (known["shown"] != 0).any():
        return Finding("zero", known, nobody)
    if len(known) > 1 and known["shown"].nunique() == 1:
        return Finding("equal", known, nobody)
    if counted_only(known):
        return Finding("few", known, most_of(known, WORST))
    worst = worst_of(known, layer.indicator.worse, WORST)
    if worst.places.empty and worst.tied:
        return Finding("tied", known, worst)
    # A single place with a figure is named, though it is worse than no other.
    places = worst.places if len(worst.places) else known.head(1)
    return Finding("worst", known, replace(worst, places=places))
