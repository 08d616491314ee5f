"""Places by months: the figure of every place of the map in each month, in one set of classes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.answers.answer import ranking_of
from dashboard.answers.film import FilmMonth, film_of
from dashboard.answers.source import Source
from dashboard.answers.titles import short_name
from dashboard.view import View
from geodata.cartography import NO_DATA, Layer
from geodata.cartography.layer import interval_labels
from geodata.cartography.words import figure_text, scale_of, short_parts, state_text
from geodata.i18n import parted


@dataclass(frozen=True)
class GridCell:
    """One place in one month: its class, -1 for none, why there is none, and the figure in words.

    `whole` tells whether the figure is of all who are in question there.
    """

    at: int
    state: str
    said: str
    whole: bool = True


@dataclass(frozen=True)
class GridRow:
    """One place, the one above it, and its cells by month."""

    code: str
    name: str
    above: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class GridMonth:
    """One month: its period, name, the figure of the whole, and which places sent nothing."""

    period: str
    title: str
    figure: str
    missing: int


@dataclass(frozen=True)
class MonthGrid:
    """The months in order and the places of the map, worst of the shown month first.

    `classes` has label and colours by look of every class, from the lowest.
    """

    months: tuple[GridMonth, ...]
    rows: tuple[GridRow, ...]
    classes: tuple[tuple[str, dict[str, str]], ...]


def grid_of(source: Source, view: View) -> MonthGrid:
    """Return the places of a view's map in the months that stand beside its own."""
    film = film_of(source, view)
    ranked = ranking_of(source, view)
    columns = [_cells(source, view, month) for month in film]
    rows = tuple(
        GridRow(
            str(code),
            short_name(row["name"]),
            short_name(row["parent_name"]),
            tuple(column[str(code)] for column in columns),
        )
        for code, row in ranked.iterrows()
    )
    months = tuple(GridMonth(one.period, one.title, one.figure, len(one.missing)) for one in film)
    return MonthGrid(months, rows, _classes(film[-1].layer) if film else ())


def _classes(layer: Layer) -> tuple[tuple[str, dict[str, str]], ...]:
    labels = interval_labels(layer.breaks, layer.indicator)
    colours = layer.palette.colours
    return tuple(
        (label, {look: shades[at] for look, shades in colours.items()})
        for at, label in enumerate(labels)
    )


def _cells(source: Source, view: View, month: FilmMonth) -> dict[str, GridCell]:
    """Return the cell of each place in a month, as its map shows it."""
    layer, lang = month.layer, view.lang
    frame = source.atlas.frame(view.indicator, month.period, view.level).reindex(layer.keys)
    scale = scale_of(layer.indicator)
    cells = {}
    told = zip(layer.keys, layer.classes, layer.states, layer.inside, strict=True)
    for at, (key, one, state, inside) in enumerate(told):
        if not inside:
            continue
        row = frame.iloc[at]
        has = int(one) != NO_DATA
        said = _figure(layer, row, scale, lang) if has else state_text(str(state), lang)
        missing = row.get("missing")
        whole = not has or pd.isna(missing) or not missing > 0
        cells[str(key)] = GridCell(int(one) if has else -1, "" if has else str(state), said, whole)
    return cells


def _figure(layer: Layer, row: pd.Series, scale: float, lang: str) -> str:
    value = figure_text(row["value"] * scale, layer.indicator, decimals=layer.decimals, lang=lang)
    parts = short_parts(row["numerator"], row["denominator"], layer.indicator, lang)
    return parted(filter(None, (value, parts)), lang)
