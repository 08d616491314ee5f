"""The months side by side: the classes of every place in each, and the figure of the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.answers.answer import series_of
from dashboard.answers.month_window import not_reported, side_by_side
from dashboard.answers.source import Source
from dashboard.answers.strip import count_text
from dashboard.layers.plain import draw_plain
from dashboard.texts import text
from dashboard.view import View
from geodata.cartography import Layer
from geodata.cartography.words import period_text


@dataclass(frozen=True)
class FilmMonth:
    """One month of the film: its layer in the classes of all, and the figure under it.

    `figure` counts whom a share is of, else it is the value; where `missing` places sent nothing it
    says so instead.
    """

    period: str
    title: str
    figure: str
    missing: tuple[str, ...]
    layer: Layer


def film_of(source: Source, view: View) -> tuple[FilmMonth, ...]:
    """Return the months that stand beside the view's own, in order."""
    periods = side_by_side(source.periods_of(view.indicator), view.period)
    missing = not_reported(source, view, periods)
    course = series_of(source.atlas, replace(view, period=max(periods, default="")), view.place)
    months = []
    for period in periods:
        layer = draw_plain(source, replace(view, period=period))
        row = course.reindex([period]).iloc[0]
        told = count_text(layer.indicator, row, layer.decimals, view.lang)
        figure = _missing(source, view, missing[period]) or told
        title = period_text(period, view.lang)
        months.append(FilmMonth(period, title, figure, missing[period], layer))
    return tuple(months)


def _missing(source: Source, view: View, places: tuple[str, ...]) -> str:
    """Return in words which places sent nothing; empty where all did."""
    if not places:
        return ""
    atlas, lang = source.atlas, view.lang
    level = text(f"atlas.{atlas.level_of(places[0])}", lang)
    if len(places) == 1:
        return text("film.missing_one", lang, place=atlas.name(places[0]))
    return text("film.missing", lang, count=len(places), level=level)


def beyond(source: Source, view: View) -> tuple[str, str]:
    """Return the months just before and just after those side by side; empty where there is none."""
    periods = source.periods_of(view.indicator)
    shown = side_by_side(periods, view.period)
    if not shown:
        return "", ""
    first, last = periods.index(shown[0]), periods.index(shown[-1])
    return periods[first - 1] if first else "", (*periods, "")[last + 1]
