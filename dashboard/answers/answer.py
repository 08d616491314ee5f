"""The answer to a view: every figure and sentence that any form of it shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from dashboard.answers.layers import layer_of
from dashboard.answers.origin import Origin, origin_of
from dashboard.answers.public_figures import public_layer, small_outside
from dashboard.answers.source import Source
from dashboard.answers.titles import absence_of, message
from dashboard.maps.paper import DrawnMap, draw_map
from dashboard.maps.paper_sheet import PaperSheet
from dashboard.texts import text
from dashboard.view import View
from geodata.atlas import Atlas
from geodata.cartography import Layer, LegendRow, rank_places
from geodata.cartography.headline import whole_figure
from geodata.cartography.words import figure_text, period_text, scale_of
from geodata.errors import BriefingError
from geodata.figures import Indicator, SmallFigures


@dataclass(frozen=True)
class Answer:
    """One view answered.

    `title` is its message; `summary` the figure of the place itself with its change. `ranked` has
    the places of the level, worst first: rank, name, parent_name, value, previous, change (shown
    units), numerator, denominator. `own` is the same for the place itself by period, `above` for
    the place above it (None at the top): value, numerator, denominator, places_with_data, places.
    `legend` rows carry counts and end with the places without data.
    """

    view: View
    source: Source = field(repr=False)
    indicator: Indicator = field(repr=False)
    layer: Layer = field(repr=False)
    title: str
    summary: str
    legend: tuple[LegendRow, ...]
    rule: str
    unit: str
    ranked: pd.DataFrame = field(repr=False)
    own: pd.DataFrame = field(repr=False)
    above: pd.DataFrame | None = field(repr=False)
    origin: Origin = field(repr=False)

    @property
    def atlas(self) -> Atlas:
        """Return the map the view is of."""
        return self.source.atlas

    @property
    def period(self) -> str:
        """Return the month in words."""
        return period_text(self.view.period, self.view.lang)

    @property
    def value(self) -> float:
        """Return the figure of the place itself in shown units (a share in percent)."""
        return float(self.own["value"].get(self.view.period, float("nan")))

    @property
    def parts(self) -> tuple[float, float]:
        """Return numerator and denominator of the figure of the place itself; NaN when unknown."""
        unknown = float("nan")
        numerator, denominator = self.own["numerator"], self.own["denominator"]
        period = self.view.period
        return float(numerator.get(period, unknown)), float(denominator.get(period, unknown))

    @property
    def figure(self) -> str:
        """Return the figure of the place itself with its unit."""
        return self.worded(self.value)

    @property
    def worst(self) -> pd.DataFrame:
        """Return the places that have a figure, those with too small a base to rank behind the others."""
        return self.ranked[self.ranked["value"].notna()]

    @property
    def compared(self) -> pd.DataFrame:
        """Return the places that have a rank, worst first."""
        return self.ranked[self.ranked["rank"].notna()]

    def worded(self, value: float) -> str:
        """Return a value of this indicator with its unit."""
        layer = self.layer
        return figure_text(value, layer.indicator, decimals=layer.decimals, lang=self.view.lang)

    def map(self, sheet: PaperSheet | None = None, *, spotlight: str | None = None) -> DrawnMap:
        """Return the map drawn for a page, with mark and approval number at its foot."""
        mark = f"{self.origin.mark} · {self.origin.approval}"
        of_view = replace(
            sheet or PaperSheet(),
            spotlight=spotlight,
            lang=self.view.lang,
            mark=mark,
            worst=not self.view.public,
        )
        return draw_map(self.atlas, self.layer, of_view)


def answer_of(source: Source, view: View) -> Answer:
    """Return a view answered; raises BriefingError where the level has no places in the place."""
    atlas = source.atlas
    indicator = next(m for m in source.county.indicators if m.key == view.indicator)
    layer = layer_of(source, view)
    if not layer.inside.any():
        known = "、".join(text(f"atlas.{level}", view.lang) for level in atlas.levels)
        raise BriefingError("briefing.no_level", level=view.level, known=known)
    ranked = ranking_of(source, view)
    own, path = series_of(atlas, view, view.place), atlas.path(view.place)
    above = series_of(atlas, view, path[-2]) if len(path) > 1 else None
    # The layer of a village shows its neighbours as well; the summary is of the place itself.
    summary = whole_figure(atlas, replace(layer, place=view.place), view.lang)
    summary += absence_of(source, view)
    if view.public:
        small = small_outside(atlas, source.smallest_count(view.period))
        hidden = small.figures(indicator.key, view.period)
        layer, ranked = public_layer(layer, hidden), _visible_ranking(ranked, hidden)
        own = _visible(atlas, own, view.indicator, view.place, small)
        above = None if above is None else _visible(atlas, above, view.indicator, path[-2], small)
        summary = _summary_outside(atlas, view, layer, own)
    title = summary if view.public else message(atlas, layer, ranked, view.lang)
    return Answer(
        view=view,
        source=source,
        indicator=indicator,
        layer=layer,
        title=view.sentence or title,
        summary=summary,
        legend=layer.legend(view.lang),
        rule=layer.rule(view.lang),
        unit=layer.indicator.unit_in(view.lang),
        ranked=ranked,
        own=own,
        above=above,
        origin=origin_of(source, view),
    )


def ranking_of(source: Source, view: View) -> pd.DataFrame:
    """Return the places of the map, worst first, with the counts behind each figure.

    Columns of `rank_places` and state (of STATES); the change is since the compared period,
    by default the one before.
    """
    ranked = rank_places(
        source.atlas,
        view.indicator,
        view.period,
        level=view.level,
        place=source.area(view.place),
        before=view.compare or None,
    )
    states = source.atlas.states(view.indicator, view.period, view.level)
    return ranked.join(states.rename("state"))


def series_of(atlas: Atlas, view: View, place: str | None) -> pd.DataFrame:
    """Return the course of a place up to the month, in shown units."""
    course = atlas.series(view.indicator, place)
    course = course.loc[course.index <= view.period]
    return course.assign(value=course["value"] * scale_of(atlas.indicator(view.indicator)))


def _visible_ranking(ranked: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """Return the ranking without the figures of hidden places and without any change.

    A change tells the figure of the month before, which may have to be hidden.
    """
    gone = hidden.reindex(ranked.index, fill_value=False)
    figures = ["rank", "value", "shown", "numerator", "denominator", "many"]
    ranked = ranked.assign(**{name: ranked[name].mask(gone) for name in figures})
    ranked = ranked.assign(few=ranked["few"] & ~gone)
    return ranked.assign(previous=float("nan"), change=float("nan"), moved=float("nan"))


def _summary_outside(atlas: Atlas, view: View, layer: Layer, own: pd.DataFrame) -> str:
    """Return the figure of the place in a sentence without its parts and its change."""
    value = own["value"].get(view.period, float("nan"))
    return text(
        "cartography.whole_own",
        view.lang,
        place=atlas.name(view.place),
        period=period_text(view.period, view.lang),
        indicator=layer.indicator.title_in(view.lang),
        figure=figure_text(value, layer.indicator, decimals=layer.decimals, lang=view.lang),
    )


def _visible(
    atlas: Atlas, series: pd.DataFrame, indicator: str, place: str | None, small: SmallFigures
) -> pd.DataFrame:
    """Return the course of a place without what may not be shown of it."""
    places = list(atlas.path(place)[-1:] or atlas.places_in(None, atlas.levels[0]))
    gone = np.array([small.figures(indicator, one)[places].any() for one in series.index])
    untold = np.array([small.coverage(indicator, one)[places].any() for one in series.index])
    figures = {name: series[name].mask(gone) for name in ("value", "numerator", "denominator")}
    coverage = {name: series[name].mask(gone | untold) for name in ("missing", "subjects")}
    return series.assign(**figures, **coverage)
