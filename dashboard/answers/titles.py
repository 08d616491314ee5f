"""The message of a page as one sentence: which place is worst, with its figure and its counts."""

from __future__ import annotations

import pandas as pd

from dashboard.texts import text
from geodata.atlas import Atlas
from geodata.cartography import Layer
from geodata.cartography.headline import others_text, whole_figure
from geodata.cartography.words import figure_text, share_parts
from geodata.escaping import plain_text
from geodata.figures import Indicator

# A title holds two lines; a longer name is cut there and stands whole in the table below.
_LONGEST = 14


def short_name(name: object) -> str:
    """Return a name as it stands in a title or beside a chart."""
    return plain_text(name, _LONGEST) if isinstance(name, str) else ""


def message(atlas: Atlas, layer: Layer, ranked: pd.DataFrame, lang: str) -> str:
    """Return the sentence of a page; `ranked` are the places of the layer, worst first.

    It has numerator and denominator besides the columns of `rank_places`.
    """
    known = ranked[ranked["rank"].notna()]
    if len(known) < 2 or layer.indicator.worse == "none":
        return whole_figure(atlas, layer, lang)
    first = known.iloc[0]
    ties = int((known["value"] == first["value"]).sum())
    figure = figure_text(first["value"], layer.indicator, decimals=layer.decimals, lang=lang)
    facts = {
        "title": layer.indicator.title_in(lang),
        "area": short_name(atlas.name(layer.place)),
        "name": short_name(first["name"]),
        "parent": _parent(atlas, layer, first, lang),
        "level": text(f"atlas.{layer.level}", lang),
        "end": text(f"cartography.end_{layer.indicator.worse}", lang),
        "figure": figure,
        "count": ties,
        "places": len(known),
        "counts": _counts(first, layer.indicator, lang),
    }
    if ties == len(known):
        return text("briefing_page.title_same", lang, **facts) + others_text(layer, lang)
    return text(f"briefing_page.title_{'worst' if ties == 1 else 'tied'}", lang, **facts)


def _parent(atlas: Atlas, layer: Layer, row: pd.Series, lang: str) -> str:
    """Return the name of the place above the worst one, where the page shows several of them."""
    above = atlas.places["parent"].get(row.name)
    if not isinstance(above, str) or above == layer.place:
        return ""
    return text("briefing_page.title_parent", lang, name=short_name(row["parent_name"]))


def _counts(row: pd.Series, indicator: Indicator, lang: str) -> str:
    """Return the parts of a share of households; sums of money would burden a title."""
    told = share_parts(row["numerator"], row["denominator"], indicator, lang)
    if told is None or not indicator.counts_things:
        return ""
    part, base, kind = told
    return text("briefing_page.title_counts", lang, kind=kind, numerator=part, denominator=base)
