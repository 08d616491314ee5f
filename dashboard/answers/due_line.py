"""What is due as of the day looked at, counted by kind in the viewer's own places, each with its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from dashboard.answers.due_items import DueItem, due_of, kinds_of_due
from dashboard.answers.source import Source
from dashboard.texts import text
from dashboard.view import DUE, EVERY_KIND, VIEWS, View, due_parts
from geodata.i18n import listed
from geodata.themes.base import DUE_BANDS
from geodata.workspace.clocks import due_band

_MONTH = len("2025-12")
_NAMED = 3


@dataclass(frozen=True)
class DueCount:
    """How much of a kind is red, and due within a week; `addresses` by band open the lists of exactly those."""

    kind: str
    title: str
    red: int
    week: int
    addresses: Mapping[str, str]


@dataclass(frozen=True)
class DueLine:
    """What is due as of a day: how much is red, how much falls due within a week, and each kind of it.

    The counts of `kinds` add up to `red` and `week`; kinds with neither are left out. `total` is all
    that runs, also what is due later. `month` is the last of which anything is known, `addresses` open
    all of a band.
    """

    day: str
    month: str
    red: int
    week: int
    total: int
    kinds: tuple[DueCount, ...]
    addresses: Mapping[str, str]
    sentence: str


def due_line(source: Source, view: View) -> DueLine | None:
    """Return what is due in the place of a view: of all themes on the first page, else of its own.

    None where the map has no county or month behind it, and where the viewer may read no rows.
    """
    if source.workspace is None or source.findings is None or source.viewer is None or view.public:
        return None
    first = view.view == VIEWS[0]
    place = "" if view.place in (None, source.root) else str(view.place)
    own = source.actor.scope.narrowed(place, "rows")
    if not own or len(view.period) != _MONTH or view.period not in source.county.months:
        return None
    month, frame = source.findings.due(view.as_of)
    clocks = source.clocks
    kinds = [kind for kind, theme in clocks.items() if first or theme == view.theme]
    frame = frame[frame["kind"].isin(kinds) & frame["place_code"].str.startswith(own)]
    sums = frame.groupby(["kind", "band"])["count"].sum()
    titles = kinds_of_due(source.county, view.lang)
    counts = [_count(source, view, kind, titles[kind], sums) for kind in kinds if kind in titles]
    shown = sorted((one for one in counts if one.red or one.week), key=lambda one: -one.red)
    red, week = (sum(getattr(one, band) for one in shown) for band in DUE_BANDS)
    told = DueLine(
        day=view.as_of.isoformat(),
        month=month,
        red=red,
        week=week,
        total=int(frame["count"].sum()),
        kinds=tuple(shown),
        addresses=_addresses(source, view, EVERY_KIND if first else ""),
        sentence="",
    )
    return replace(told, sentence=_sentence(told, view.lang))


def due_list(source: Source, view: View) -> tuple[DueItem, ...]:
    """Return the items that a view lists of what is due in its place, most urgent first, on record.

    Raises ScopeError where the viewer may read no rows there.
    """
    kind, band = due_parts(view.due)
    clocks = source.clocks
    of_theme = [each for each, theme in clocks.items() if theme == view.theme]
    kinds = list(clocks) if kind == EVERY_KIND else [kind] if kind else of_theme
    place = "" if view.place in (None, source.root) else str(view.place)
    own = source.actor.scope.narrowed(place, "rows")
    if not own:
        raise source.actor.allows(place, "rows").error()
    return tuple(
        one
        for one in _items(source, view.as_of, view.lang)
        if one.kind in kinds
        and one.place.startswith(own)
        and (not band or due_band(one.colour, one.days_left) == band)
    )


def _items(source: Source, day: date, lang: str) -> tuple[DueItem, ...]:
    """Return all that is due in the viewer's places, read on record once for this viewer."""
    stamp = () if source.findings is None else source.findings.due_stamp(day)
    guard = source.guard or source.county.guard
    return source.kept.once(
        ("due_items", lang, day, stamp),
        lambda: due_of(source.county, source.actor, guard, day, lang=lang).items,
    )


def _count(source: Source, view: View, kind: str, title: str, sums: pd.Series) -> DueCount:
    red, week = (int(sums.get((kind, band), 0)) for band in DUE_BANDS)
    return DueCount(kind, title, red, week, _addresses(source, view, kind))


def _addresses(source: Source, view: View, kind: str) -> dict[str, str]:
    """Return by band the address of the list of a kind, of all kinds for the empty one."""
    theme = source.clocks.get(kind) or view.theme
    indicators = source.indicators_of(theme)
    indicator = view.indicator if theme == view.theme else indicators[0]
    return {
        band: replace(
            view,
            view=VIEWS[1],
            theme=theme,
            indicator=indicator,
            place=view.place or source.root,
            level=view.level or source.atlas.lowest,
            side=DUE,
            due=f"{kind}:{band}",
            story="",
        ).address
        for band in DUE_BANDS
    }


def _sentence(told: DueLine, lang: str) -> str:
    """Return the counts and the kinds with most in one line."""
    day = date.fromisoformat(told.day)
    said = {"day": text("due_line.day", lang, month=day.month, day=day.day)}
    if not told.kinds:
        return text("due_line.nothing", lang, **said)
    red = [one for one in told.kinds if one.red]
    named = listed(
        (text("due_line.kind", lang, title=one.title, count=one.red) for one in red[:_NAMED]), lang
    )
    line = text("due_line.counts", lang, red=told.red, week=told.week, **said)
    key = "due_line.named_more" if len(red) > _NAMED else "due_line.named"
    return text(key, lang, line=line, kinds=named) if named else line
