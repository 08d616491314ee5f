"""The answer of a view as plain values, for scripts and tests: what its page shows, in one piece."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from dashboard.answers.answer import ranking_of, series_of
from dashboard.answers.due_line import due_line, due_list
from dashboard.answers.layers import layer_of
from dashboard.answers.ledger import ledger_of
from dashboard.answers.listing import figure_list, page_list
from dashboard.answers.matters import matters_of
from dashboard.answers.month_grid import grid_of
from dashboard.answers.origin import borders_sentence
from dashboard.answers.service_wall import service_of
from dashboard.answers.site_wall import sites_of
from dashboard.answers.source import Source
from dashboard.answers.story import story_of
from dashboard.answers.strip import strip_of
from dashboard.answers.taken_in import taken_in_sentence
from dashboard.answers.titles import headline_of
from dashboard.layers.clusters import clusters_of
from dashboard.view import DUE, VIEWS, View
from geodata.cartography import NO_DATA, Layer
from geodata.cartography.headline import figure_of_whole
from geodata.figures import STATES

MOVERS = 5
_PARTS = ("value", "numerator", "denominator", "previous", "change")


def answer_json(source: Source, view: View) -> dict[str, Any]:
    """Return what a view shows as JSON values: unknown is None, a share in percent.

    The counts of `classes`, no_data, not_applicable, hidden and outside add up to the places of
    the level in `area`, which is the place, or what a lowest place is shown in. `list` is what the
    page lists where the address opens the list or names a rule, else `counted`: exactly whom the
    numerator of the figure counts; `of` and `words` say which list it is. `strip` has the figures of the theme over the map.
    """
    layer = layer_of(source, view)
    finding, ranking = headline_of(source, view, layer), ranking_rows(source, view)
    counted = figure_list(source, view)
    return {
        "address": view.address,
        "theme": view.theme,
        "place": _place(source, view.place),
        "area": _place(source, source.area(view.place)),
        "period": view.period,
        "level": view.level,
        "title": finding.title,
        "sentence": finding.sentence,
        "taken_in": taken_in_sentence(source, view),
        "borders": borders_sentence(source, view.lang),
        "indicator": _indicator(layer, view.lang),
        "figure": own_figure(source, view, layer),
        **counts_of(layer, view.lang),
        "strip": [asdict(figure, dict_factory=_plain) for figure in strip_of(source, view)],
        "rule": layer.rule(view.lang),
        "ranking": ranking,
        "movers": _movers(source, view, layer),
        "hot_spots": _hot_spots(source, view),
        "list": asdict(page_list(source, view), dict_factory=_plain),
        "counted": {"kind": counted.kind, "count": counted.count, "words": counted.words},
        **_month(source, view),
        **_due(source, view),
        **_wall(source, view),
        **_told(source, view),
    }


def _wall(source: Source, view: View) -> dict[str, Any]:
    """Return what the wall of the theme holds where it is looked at."""
    walls = {"ledger": ledger_of, "sites": sites_of, "service": service_of}
    if view.side not in walls or source.workspace is None or source.viewer is None:
        return {}
    if not source.actor.scope.narrowed("", "rows"):
        return {}
    wall = walls[view.side](source, view)
    return {} if wall is None else {view.side: asdict(wall, dict_factory=_plain)}


def _month(source: Source, view: View) -> dict[str, Any]:
    """Return the matters of the month where the first page is looked at; names where they may be read."""
    if view.view != VIEWS[0]:
        return {}
    matters = matters_of(source, view, source.officials(view))
    return {"month": asdict(matters, dict_factory=_plain)}


def _due(source: Source, view: View) -> dict[str, Any]:
    """Return what is due as of the day, and the items where these are listed."""
    line = due_line(source, view)
    if line is None:
        return {}
    told: dict[str, Any] = {"due": asdict(line, dict_factory=_plain)}
    if view.side == DUE:
        told["due_list"] = [asdict(one) for one in due_list(source, view)]
    return told


def _told(source: Source, view: View) -> dict[str, Any]:
    """Return the steps of a story where one is told, and places by months where they are looked at."""
    told: dict[str, Any] = {}
    if view.story:
        told["story"] = [asdict(one, dict_factory=_plain) for one in story_of(source, view)]
    if view.side == "months":
        told["months"] = asdict(grid_of(source, view), dict_factory=_plain)
    return told


def _plain(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of a dataclass as they are read from JSON again, which knows no tuples."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields}


def _place(source: Source, place: str | None) -> dict[str, str | None]:
    atlas = source.atlas
    return {"code": place, "name": atlas.name(place), "level": atlas.level_of(place)}


def _indicator(layer: Layer, lang: str) -> dict[str, str | None]:
    indicator = layer.indicator
    return {
        "key": indicator.key,
        "title": indicator.title_in(lang),
        "quantity": indicator.quantity,
        "counts": indicator.counts.key if indicator.counts else None,
        "base": indicator.base.key if indicator.base else None,
        "unit": indicator.unit.key or None,
        "worse": indicator.worse,
    }


def own_figure(source: Source, view: View, layer: Layer) -> dict[str, Any]:
    """Return the figure of the place itself, in shown units, with its parts and how it was made."""
    row = series_of(source.atlas, view, view.place).reindex([view.period]).iloc[0]
    own = replace(layer, place=view.place)
    text, parts = figure_of_whole(source.atlas, own, view.lang)
    numbers = ("value", "numerator", "denominator", "missing", "places_with_data", "places")
    return {name: _number(row[name]) for name in numbers} | {
        "basis": parts.strip(" （）()"),
        "text": text,
    }


def counts_of(layer: Layer, lang: str) -> dict[str, Any]:
    """Return the classes of the legend with their counts, and the places without one by state."""
    rows = layer.legend(lang)
    classes: list[dict[str, Any]] = [
        {"label": row.label, "low": low, "high": high, "count": row.count}
        for row, (low, high) in zip(rows, layer.ends, strict=False)
        if not row.no_data
    ]
    without = pd.Series(layer.states[layer.inside & (layer.classes == NO_DATA)]).value_counts()
    # A place may have a figure and no class, such as one that hot spots could not assess.
    if unclassed := int(without.get(STATES[0], 0)):
        label = next((row.label for row in rows if row.no_data), "")
        classes.append({"label": label, "low": None, "high": None, "count": unclassed})
    return {"classes": classes} | {name: int(without.get(name, 0)) for name in STATES[1:]}


def ranking_rows(source: Source, view: View) -> list[dict[str, Any]]:
    """Return the places of the map, worst first, with parts, change and why one has no figure."""
    ranked = ranking_of(source, view)
    return [
        {
            "code": code,
            "name": row["name"],
            "parent": None if pd.isna(row["parent_name"]) else row["parent_name"],
            **{name: _number(row[name]) for name in _PARTS},
            "rank": _number(row["rank"]),
            "few": bool(row["few"]),
            "state": row["state"],
        }
        for code, row in zip(ranked.index, ranked.to_dict("records"), strict=True)
    ]


def _movers(source: Source, view: View, layer: Layer) -> list[dict[str, Any]]:
    """Return the places that became worse most, worst first; without a worse end those that moved.

    A change that says nothing, or is one of few, is none.
    """
    worse, ranked = layer.indicator.worse, ranking_of(source, view)
    moved = ranked["moved"].fillna(0.0)
    worsened = moved if worse == "high" else -moved if worse == "low" else moved.abs()
    most = worsened[worsened > 0].sort_values(ascending=False, kind="stable").index[:MOVERS]
    rows = zip(most, ranked.loc[most, "name"], ranked.loc[most, "change"], strict=True)
    return [{"code": code, "name": name, "change": _number(change)} for code, name, change in rows]


def _hot_spots(source: Source, view: View) -> list[dict[str, Any]]:
    """Return the clusters of villages that reach into the area, clearest first."""
    inside = source.atlas.places_in(source.area(view.place), source.atlas.lowest)
    return [
        {
            "codes": list(spot.codes),
            "observed": _number(spot.observed),
            "expected": _number(round(spot.expected, 2)),
            "base": _number(spot.base),
            "sentence": spot.sentence(view.lang),
        }
        for spot in clusters_of(source, view).clusters
        if inside.isin(spot.codes).any()
    ]


def _number(value: Any) -> float | int | None:
    """Return a number as JSON has it, whole ones without a point; None when it is not known."""
    if pd.isna(value) or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(value)
