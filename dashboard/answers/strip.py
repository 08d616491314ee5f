"""The figures that stand over the map: those that a theme names, each with its change and course."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dashboard.answers.answer import series_of
from dashboard.answers.month_window import not_reported, side_by_side
from dashboard.answers.source import Source
from dashboard.layers.plain import limits_of
from dashboard.texts import text
from dashboard.view import View
from geodata import i18n
from geodata.cartography.decimals import WAYS, indicator_decimals, way_of
from geodata.cartography.headline import course_of, one_of
from geodata.cartography.ranking import previous_period
from geodata.cartography.words import (
    number_text,
    period_text,
    share_parts,
    state_text,
    unknown_text,
)
from geodata.figures import STATES, Indicator
from geodata.periods import shift_month
from geodata.themes.theme_file import STRIP

_MONTH = len("2025-12")


@dataclass(frozen=True)
class StripFigure:
    """One figure of the place looked at, as numbers and as written.

    `note` says in households or the like what the numerator of a share counts, or why there is no
    figure. `change` is since the period before: its `way` (of WAYS, empty for none),
    `course` (worse, better, plain) and `moved` in words. `values` are those of `periods`, None where there is none or places are
    missing; `limit` is that of policy where there is one,
    `now` the position of the shown period.
    """

    indicator: str
    title: str
    value: float | None
    numerator: float | None
    denominator: float | None
    change: float | None
    number: str
    unit: str
    note: str
    moved: str
    way: str
    course: str
    periods: tuple[str, ...]
    values: tuple[float | None, ...]
    limit: float | None
    limit_text: str
    now: int


def strip_keys(source: Source, view: View) -> tuple[str, ...]:
    """Return the indicators whose figures stand over the map: those of the theme's file in its
    order, and the one looked at where it is not among them; none without a theme.
    """
    theme = source.themes.get(view.theme)
    known = source.indicators_of(view.theme)
    keys = [key for key in (theme.strip if theme else known[:STRIP]) if key in known]
    return tuple(dict.fromkeys([*keys, *(key for key in known if key == view.indicator)]))


def strip_of(source: Source, view: View) -> tuple[StripFigure, ...]:
    """Return the figures of the `strip_keys` of a view."""
    return tuple(_figure(source, replace(view, indicator=key)) for key in strip_keys(source, view))


def _figure(source: Source, view: View) -> StripFigure:
    atlas, lang = source.atlas, view.lang
    indicator = atlas.indicator(view.indicator)
    decimals = indicator_decimals(atlas, indicator)
    periods = side_by_side(source.periods_of(view.indicator), view.period)
    course = series_of(atlas, replace(view, period=max(periods, default="")), view.place)
    row = course.reindex([view.period]).iloc[0]
    missing = not_reported(source, view, periods)
    values = course["value"].reindex(list(periods))
    change, before = _change(source, view, course["value"], missing)
    way = way_of(change, row["denominator"], indicator, decimals)
    steps = atlas.steps_between(indicator.key, before or view.period, view.period)
    number = number_text(row["value"], decimals)
    limits = limits_of(source, view).cuts
    limit = limits[0] if len(limits) == 1 else None
    return StripFigure(
        indicator=indicator.key,
        title=indicator.title_in(lang),
        value=_known(row["value"]),
        numerator=_known(row["numerator"]),
        denominator=_known(row["denominator"]),
        change=_known(change),
        number=number,
        unit=indicator.unit.text(lang, number) if _known(row["value"]) is not None else "",
        note=_note(source, view, indicator, row),
        moved=_moved(indicator, change, way, before_text(before, view.period, lang), decimals, lang)
        + (text("strip.other_terms", lang) if way and steps else ""),
        way=way,
        course=course_of(change, "none" if way in WAYS[2:] or steps else indicator.worse),
        periods=periods,
        values=tuple(None if missing[one] else _known(values[one]) for one in periods),
        limit=limit,
        limit_text="" if limit is None else text("strip.limit", lang, limit=_short(limit)),
        now=periods.index(view.period) if view.period in periods else -1,
    )


def _change(
    source: Source, view: View, values: pd.Series, missing: dict[str, tuple[str, ...]]
) -> tuple[float, str]:
    """Return the change since the period before, and which that is; NaN where other places report."""
    before = previous_period(source.atlas, view.indicator, view.period) or ""
    if missing.get(view.period, ()) != missing.get(before, ()):
        return math.nan, before
    if before and source.atlas.indicator(view.indicator).subject == "village":
        # A total of what villages say of themselves falls by every village that says nothing.
        places = source.atlas.places_in(source.area(view.place), source.atlas.lowest)
        sent = source.atlas.reported(view.indicator, source.atlas.lowest).loc[places]
        if not sent[view.period].equals(sent[before]):
            return math.nan, before
    return float(values.get(view.period, np.nan) - values.get(before, np.nan)), before


def _note(source: Source, view: View, indicator: Indicator, row: pd.Series) -> str:
    if _known(row["value"]) is None:
        level = source.atlas.level_of(view.place) or source.atlas.levels[0]
        places = source.atlas.places_in(view.place, level)
        states = source.atlas.states(view.indicator, view.period, level)[places]
        return state_text(next((one for one in states if one != STATES[0]), STATES[1]), view.lang)
    unknown = unknown_text(row["missing"], row["subjects"], view.lang)
    return i18n.parted(filter(None, (_counted(indicator, row, view.lang), unknown)), view.lang)


def _counted(indicator: Indicator, row: pd.Series, lang: str) -> str:
    """Return whom the numerator of a share counts, e.g. 70户; empty where it counts none."""
    told = share_parts(row["numerator"], row["denominator"], indicator, lang)
    if told is None or indicator.base is None or not indicator.counts_things:
        return ""
    return _amount(told[0], indicator.base.text(lang, told[0]), lang)


def count_text(indicator: Indicator, row: pd.Series, decimals: int, lang: str) -> str:
    """Return a figure in few words: whom a share counts, else the value with its unit."""
    number = number_text(row["value"], decimals)
    unit = indicator.unit.text(lang, number) if _known(row["value"]) is not None else ""
    value = f"{number}{unit}" if indicator.unit.close else _amount(number, unit, lang)
    return _counted(indicator, row, lang) or value


def _moved(
    indicator: Indicator, change: float, way: str, before: str, decimals: int, lang: str
) -> str:
    """Return in words how a figure moved since the period before; empty where that is not known."""
    if not way:
        return ""
    number = number_text(abs(change), decimals)
    kind = "more" if indicator.adds_up == "sum" and not indicator.is_money else "by"
    unit = indicator.unit.text(lang, number)
    amount = (
        text("strip.points", lang, number=number)
        if indicator.is_share
        else _amount(number, unit, lang)
    )
    key = f"strip.{way}" if way in WAYS[2:] else f"strip.{way}_{kind}"
    return text(key, lang, change=amount, before=before, thing=one_of(indicator, lang))


def before_text(before: str, period: str, lang: str) -> str:
    """Return an earlier period in words: last month, or its name where it lies farther back."""
    if len(period) == _MONTH == len(before) and before == shift_month(period, -1):
        return text("strip.last_month", lang)
    return period_text(before, lang)


def _amount(number: str, unit: str, lang: str) -> str:
    return text("strip.amount", lang, number=number, unit=unit).strip()


def _short(limit: float) -> str:
    return f"{limit:,.6g}"


def _known(value: float) -> float | None:
    """Return a number as JSON has it; None when it is not known."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(value)
