"""What a place's figures are made of: what its theme declares for the shown indicator, and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from geodata.access import MonthSource, Request, public_rows, tally
from geodata.figures import Cube, Indicator
from geodata.i18n import text
from geodata.tables import enumerations
from geodata.themes import PartsOf, Theme
from geodata.workspace.figures import village_sums
from geodata.workspace.household_list import INCOME_COLUMNS
from geodata.workspace.inputs import Setup
from geodata.workspace.month_tables import month_source
from geodata.workspace.saved import Built


@dataclass(frozen=True)
class Composition:
    """One composition of a place: `parts` counts by label, or, stacked, amounts by month.

    Counted: index label, largest first, column count; a household can have several parts, and
    `subjects` households have any (0 where that says nothing). Stacked: index month, a column for
    each part, in shown units (a share in percent); `unit` is what all are in, in words. Amounts are
    yuan where `money`. `own` is made for the indicator that was asked for.
    """

    title: str
    parts: pd.DataFrame = field(repr=False)
    stacked: bool
    subjects: int
    money: bool = False
    unit: str = ""
    own: bool = False
    chart: str = ""

    @property
    def kind(self) -> str:
        """Return the kind of chart that draws it: as declared, else by its shape."""
        return self.chart or ("stacked" if self.stacked else "bars")


@dataclass(frozen=True)
class Asked:
    """Whose composition is wanted: an indicator within place prefixes, in words of a language."""

    indicator: str
    prefixes: tuple[str, ...]
    lang: str


def compositions(
    setup: Setup,
    built: Built,
    theme: Theme,
    request: Asked,
    *,
    cube: Cube | None = None,
) -> tuple[Composition, ...]:
    """Return what the shown indicator is made of, or where nothing says so, what the theme's are.

    Those without any row are left out. Counts and sums only: no row about a household comes out.
    """
    source = month_source(setup, built)
    own = [one for one in theme.composition if request.indicator in one.indicators]
    made = [_rules(setup, built, theme, request)]
    made += [_made(one, built, theme, request, cube=cube, source=source) for one in own]
    known = tuple(one for one in made if one is not None and len(one.parts))
    if known:
        return known
    usual = [one for one in theme.composition if not one.indicators]
    made = [_made(one, built, theme, request, cube=cube, source=source) for one in usual]
    return tuple(one for one in made if one is not None and len(one.parts))


def _made(
    declared: PartsOf,
    built: Built,
    theme: Theme,
    request: Asked,
    *,
    cube: Cube | None,
    source: MonthSource,
) -> Composition | None:
    if declared.series:
        return None if cube is None else _courses(declared, cube, built.month, theme, request)
    if declared.parts:
        return _stacked(declared, source, request)
    return _counted(declared, source, theme, request) if built.files(declared.table) else None


def _rules(setup: Setup, built: Built, theme: Theme, request: Asked) -> Composition | None:
    """Return what each of several rules of an indicator found; None for one that has fewer."""
    indicator = next((one for one in theme.indicators if one.key == request.indicator), None)
    if indicator is None or len(indicator.rules) < 2:
        return None
    counts = village_sums(setup, built, "counts")
    inside = counts["place"].astype(str).str.startswith(request.prefixes)
    yes = counts[inside & counts["rule"].isin(indicator.rules)].groupby("rule")["yes"].sum()
    yes = yes.reindex(list(indicator.rules)).fillna(0).astype(int)
    parts = yes.rename("count").to_frame()
    titles = [setup.rules[key].title[request.lang] for key in indicator.rules]
    parts.index = pd.Index(titles, name="part")
    parts = parts.sort_values("count", ascending=False, kind="stable")
    title = text("workspace.by_rule", request.lang, title=indicator.title[request.lang])
    return Composition(title, parts, False, 0, own=True)


def _courses(
    declared: PartsOf, cube: Cube, month: str, theme: Theme, request: Asked
) -> Composition | None:
    """Return indicators by month until the shown one, in shown units, added up over the prefixes.

    None where it would have to be added up and cannot be, as a share.
    """
    places = [one for one in request.prefixes if one in cube.places.index]
    keys = [one for one in declared.series if one in cube.indicators]
    adds_up = all(cube.indicator(key).adds_up == "sum" for key in keys)
    if not places or not keys or (len(places) > 1 and not adds_up):
        return None
    columns = {key: cube.table(key).loc[places, :month].sum(min_count=1) for key in keys}
    indicators: Mapping[str, Indicator] = {one.key: one for one in theme.indicators}
    signs = [-1 if key in declared.down else 1 for key in keys]
    # Money stays in yuan: the chart writes it as large as it is.
    shown = [1.0 if indicators[key].is_money else indicators[key].unit.scale for key in keys]
    scales = [sign * scale for sign, scale in zip(signs, shown, strict=True)]
    frame = pd.DataFrame(columns).mul(scales)
    named = {key: declared.parts.get(key, indicators[key].title) for key in keys}
    titles = {key: title[request.lang] for key, title in named.items()}
    frame = frame.dropna(how="all").rename(columns=titles)
    money, units = (
        all(indicators[key].is_money for key in keys),
        {indicators[k].unit.key for k in keys},
    )
    return Composition(
        declared.title[request.lang],
        frame,
        True,
        0,
        money=money,
        unit="" if money or len(units) > 1 else indicators[keys[0]].unit_in(request.lang),
        own=True,
        chart=declared.chart,
    )


def _counted(declared: PartsOf, source: MonthSource, theme: Theme, request: Asked) -> Composition:
    by = declared.where or declared.unless
    filters = ((by, "is", bool(declared.where)),) if by else ()
    wanted = Request(declared.table, columns=(declared.column,), filters=filters)
    rows = tally(source, wanted, request.prefixes, amount=declared.amount)
    words = theme.words(request.lang)
    named = rows["value"].astype("string")
    if declared.unless:
        named = named.fillna("not_said")
    parts = named.dropna().astype("str").str.split(r"[|,]", regex=True).explode()
    parts = parts[parts.notna() & (parts != "")]
    if declared.amount:
        counts = (rows["amount"].reindex(parts.index) / 100).groupby(parts).sum()
    else:
        # The commonest first; of equally common parts the one that appears first.
        counts = rows["rows"].reindex(parts.index).groupby(parts, sort=False).sum()
    table = counts.rename("count").to_frame()
    known = {**enumerations(), **theme.lists}.get(declared.choice or declared.column)
    labels = [
        known.label(part, request.lang) if known and part not in words else words.get(part, part)
        for part in table.index
    ]
    table.index = pd.Index(labels, name="part")
    table = table.sort_values("count", ascending=False, kind="stable")
    households = declared.table.endswith("_household") and not declared.amount
    several = int(rows["rows"].reindex(parts.index.unique()).sum()) if households else 0
    title, own = declared.title[request.lang], bool(declared.indicators)
    return Composition(
        title, table, False, several, money=bool(declared.amount), own=own, chart=declared.chart
    )


def _stacked(declared: PartsOf, source: MonthSource, request: Asked) -> Composition:
    rows = public_rows(source, Request(declared.table, columns=INCOME_COLUMNS), request.prefixes)
    wide = rows.pivot_table(index="month", columns="part", values="amount", aggfunc="sum")
    titles = {part: title[request.lang] for part, title in declared.parts.items()}
    kept = wide[[part for part in titles if part in wide]] / 100
    kept = kept.rename(columns=titles)
    own = bool(declared.indicators)
    return Composition(
        declared.title[request.lang], kept, True, 0, money=True, own=own, chart=declared.chart
    )
