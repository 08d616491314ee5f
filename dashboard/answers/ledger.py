"""The wall of a ledger: every village by its most urgent open entry, and those to be dealt with first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pandas as pd

from dashboard.answers.ledger_reading import BANDS, LedgerRead, read_ledger
from dashboard.answers.source import Source
from dashboard.answers.titles import short_name
from dashboard.answers.wall_rows import LONGEST, whole_number, word_of
from dashboard.texts import text
from dashboard.view import LISTING, View
from geodata.cartography.words import period_text
from geodata.escaping import plain_text
from geodata.i18n import listed
from geodata.periods import last_day
from geodata.themes.base import Ledger

URGENT = BANDS[:3]
STAGES = ("found", "handed_over", "under_way", "accepted", "closed")


@dataclass(frozen=True)
class LedgerEntry:
    """One open entry: how urgent it is, what is wrong, what is done, who answers and what is next.

    `days` are those to the day that makes it urgent, below zero after it, None without one; `said`
    tells them short, `number` and `unit` as they stand large. `owners` are units, with the person where the viewer may
    read it, and empty where nobody is named; `lacking` says which unit is not.
    """

    code: str
    place: str
    village: str
    band: str
    days: int | None
    said: str
    number: str
    unit: str
    title: str
    origin: str
    measure: str
    owners: str
    lacking: str
    next_step: str
    evidence: int | None
    quiet_days: int | None


@dataclass(frozen=True)
class LedgerCell:
    """One village: how many entries are open and closed, and the band and words of the most urgent."""

    place: str
    name: str
    open: int
    closed: int
    band: str
    said: str


@dataclass(frozen=True)
class LedgerRow:
    """The villages under one heading, most urgent first; `open` entries of it in all."""

    key: str
    name: str
    note: str
    open: int
    cells: tuple[LedgerCell, ...]


@dataclass(frozen=True)
class LedgerBand:
    """How many open entries lie in a band, what it is called, and what is to be known beside it."""

    key: str
    count: int
    title: str
    days: int | None = None
    note: str = ""


@dataclass(frozen=True)
class LedgerStage:
    """How many entries stand at a stage on the way from found to closed."""

    key: str
    count: int
    title: str


@dataclass(frozen=True)
class LedgerWall:
    """The ledger of a month in the viewer's own places.

    The counts of `bands` add up to the open entries, those of `stages` to all. `townships` and
    `departments` order the same villages; `entries` are the open ones, most urgent first.
    `address` is that of the list of all open ones. `day` is the one as of which all is told, `note`
    says until when data are known where that is earlier; empty where it is not.
    """

    period: str
    day: str
    note: str
    sentence: str
    open: int
    closed: int
    bands: tuple[LedgerBand, ...]
    stages: tuple[LedgerStage, ...]
    townships: tuple[LedgerRow, ...]
    departments: tuple[LedgerRow, ...]
    entries: tuple[LedgerEntry, ...]
    address: str


def ledger_of(source: Source, view: View) -> LedgerWall | None:
    """Return the ledger of the view's theme in the viewer's own places; None where the theme keeps none.

    Raises ScopeError where the viewer may read no rows.
    """
    theme = source.themes.get(view.theme)
    if theme is None or theme.ledger is None or view.period not in source.county.months:
        return None
    read = read_ledger(source, view, theme, theme.ledger)
    entries = sorted((_entry(read, row) for row in _open(read)), key=_urgency)
    return LedgerWall(
        period=view.period,
        day=read.day.isoformat(),
        note=_known_until(read),
        sentence=_sentence(read, entries),
        open=len(entries),
        closed=int(read.entries["closed"].sum()),
        bands=_bands(read, entries),
        stages=_stages(read),
        townships=_townships(read, entries),
        departments=_departments(read, entries),
        entries=tuple(entries),
        address=_address(source, view, theme.ledger),
    )


def _open(read: LedgerRead) -> Iterable[Any]:
    """Give the open entries as rows."""
    return read.entries[~read.entries["closed"]].itertuples()


def _entry(read: LedgerRead, row: Any) -> LedgerEntry:
    """Return one open entry by its most urgent task."""
    own = read.tasks[read.tasks["entry"] == row.Index]
    waiting = own[own["open"]]
    task: Any = None if own.empty else (own if waiting.empty else waiting).iloc[0]
    band, days = _band(row, None if waiting.empty else waiting.iloc[0])
    shown = not (read.view.presenting or read.view.public)
    department = None if task is None else word_of(task["department"])
    area = "" if task is None else word_of(task["area"])
    person = "" if task is None or not shown else word_of(task["person"])
    units = [f"{area} {person}".strip(), department]
    lacking = [
        read.said(f"no_{name}")
        for name, unit in (("area", area), ("department", department))
        if task is not None and not unit
    ]
    number, unit = _large(read, band, days, row)
    return LedgerEntry(
        code=str(row.Index),
        place=str(row.place_code),
        village=read.village(str(row.place_code)),
        band=band,
        days=days,
        said=_short(read, band, days, row),
        number=number,
        unit=unit,
        title=read.choice("title", row.title),
        origin=_origin(read, row),
        measure="" if task is None else word_of(task["action"]),
        owners=listed(filter(None, units), read.lang),
        lacking=listed(lacking, read.lang),
        next_step=_next_step(read, row, band, waiting),
        evidence=whole_number(row.evidence),
        quiet_days=whole_number(row.quiet_days),
    )


def _band(row: Any, task: Any) -> tuple[str, int | None]:
    """Return the band of an entry and the days that put it there: the bottom line goes before any task."""
    line = whole_number(row.bottom_line)
    if line is not None and line < 0:
        return BANDS[0], line
    days = None if task is None else whole_number(task["days"])
    if days is None:
        return BANDS[-1], None
    colour = str(task["colour"])
    return (colour if colour in BANDS else "later"), days


def _urgency(entry: LedgerEntry) -> tuple[int, int, str]:
    return BANDS.index(entry.band), 0 if entry.days is None else entry.days, entry.code


def _short(read: LedgerRead, band: str, days: int | None, row: Any) -> str:
    """Return the days as they stand in a cell, else why there are none."""
    if days is None:
        state = str(row.state)
        return read.said(
            f"cell_{state if state in ('found', 'reopened', 'accepted') else 'undated'}"
        )
    if band == BANDS[0]:
        return read.said("cell_past", days=-days)
    if days == 0:
        return read.said("cell_today")
    return read.said("cell_over" if days < 0 else "cell_left", days=abs(days))


def _large(read: LedgerRead, band: str, days: int | None, row: Any) -> tuple[str, str]:
    """Return the number that stands before an entry and what it counts."""
    if days is None:
        return "—", _short(read, band, days, row)
    if band == BANDS[0]:
        return str(-days), read.said("days_past")
    if days == 0:
        return read.said("today"), read.said("today_due")
    return str(abs(days)), read.said("days_over" if days < 0 else "days_left")


def _origin(read: LedgerRead, row: Any) -> str:
    """Return who found it and when."""
    origin = read.choice("origin", row.origin)
    if pd.isna(row.found_day):
        return origin
    day = pd.Timestamp(row.found_day).date()
    key = "found" if day.year == read.day.year else "found_year"
    return read.said(key, origin=origin, day=read.day_text(day), year=day.year)


def _next_step(read: LedgerRead, row: Any, band: str, waiting: pd.DataFrame) -> str:
    """Return what is next: for a day beyond the bottom line that it is set anew, else the remedy."""
    late = waiting["days"].min() if band == BANDS[0] else pd.NA
    if not pd.isna(late) and late > row.bottom_line and late >= 0:
        return read.said("reset", day=read.day_text(read.day + timedelta(days=int(late))))
    return plain_text(read.steps.get(str(row.Index), ""), 2 * LONGEST)


def _bands(read: LedgerRead, entries: list[LedgerEntry]) -> tuple[LedgerBand, ...]:
    counts = pd.Series([one.band for one in entries], dtype=str).value_counts()
    bands = []
    for key in BANDS:
        days = read.limit(key)
        title = read.said(f"band_{key}" if days is not None else f"band_{key}_plain", days=days)
        bands.append(LedgerBand(key, int(counts.get(key, 0)), title, days))
    worst = next((one.days for one in entries if one.band == BANDS[0]), None)
    past = replace(bands[0], days=None if worst is None else -worst, note=_next_line(read))
    return (past, *bands[1:])


def _next_line(read: LedgerRead) -> str:
    """Return when the next bottom line is of those that are open; empty without one."""
    lines = read.entries.loc[~read.entries["closed"], "bottom_line"]
    ahead = lines[lines.notna() & (lines >= 0)]
    if ahead.empty:
        return ""
    days = int(ahead.min())
    day = read.day + timedelta(days=days)
    said = read.said("day_year", year=day.year, month=day.month, day=day.day)
    return read.said("next_line", day=said, days=days)


def _stages(read: LedgerRead) -> tuple[LedgerStage, ...]:
    """Return how many stand at each stage; those that were opened again are told beside."""
    rows = read.entries
    begun = pd.to_numeric(rows["begun"], errors="coerce")
    state = rows["state"].where(~rows["closed"], "closed").fillna("under_way")
    again = int((state == "reopened").sum())
    waits = ~state.isin((*STAGES, "reopened")) | (state == "under_way")
    stage = state.replace("reopened", "under_way").where(~waits, "under_way")
    stage = stage.where(~(waits & (begun == 0)), "handed_over")
    counts = stage.value_counts()
    titles = {key: read.said(f"stage_{key}") for key in STAGES}
    if again:
        titles["under_way"] = read.said("stage_again", count=again)
    return tuple(LedgerStage(key, int(counts.get(key, 0)), titles[key]) for key in STAGES)


def _cells(
    read: LedgerRead, places: Iterable[str], entries: list[LedgerEntry], closed: pd.Series
) -> tuple[LedgerCell, ...]:
    """Return the cells of some villages, most urgent first, then those done, then those without any."""
    first: dict[str, LedgerEntry] = {}
    count: dict[str, int] = {}
    for one in entries:
        first.setdefault(one.place, one)
        count[one.place] = count.get(one.place, 0) + 1
    cells = []
    for place in places:
        done, top = int(closed.get(place, 0)), first.get(place)
        band = top.band if top else "done" if done else "none"
        said = top.said if top else read.said("cell_closed", count=done) if done else ""
        cells.append(LedgerCell(place, read.village(place), count.get(place, 0), done, band, said))
    order = (*BANDS, "done", "none")

    def urgent(cell: LedgerCell) -> tuple[int, int]:
        days = first[cell.place].days if cell.place in first else None
        return order.index(cell.band), 0 if days is None else days

    return tuple(sorted(cells, key=urgent))


def _townships(read: LedgerRead, entries: list[LedgerEntry]) -> tuple[LedgerRow, ...]:
    """Return the villages of the viewer by township, in the order of the register."""
    atlas = read.source.atlas
    villages = atlas.places_in(None, atlas.lowest, read.view.period)
    villages = villages[atlas.own(villages).to_numpy(dtype=bool)]
    closed = read.entries.loc[read.entries["closed"], "place_code"].value_counts()
    told = {*map(str, villages)}
    strange = sorted({*read.entries["place_code"].dropna().map(str)} - told)
    groups: dict[str, list[str]] = {}
    for village in map(str, villages):
        path = atlas.path(village)
        groups.setdefault(path[-2] if len(path) > 1 else village, []).append(village)
    # What lies in no village of the map is shown, too: nothing is dropped.
    named = [(key, short_name(atlas.name(key)), places) for key, places in groups.items()]
    named += [("", read.said("elsewhere"), strange)] if strange else []
    level = text(f"atlas.{atlas.lowest}", read.lang)
    return tuple(
        LedgerRow(
            key,
            name,
            read.said("villages", count=len(places), level=level),
            sum(one.place in places for one in entries),
            _cells(read, places, entries, closed),
        )
        for key, name, places in named
    )


def _departments(read: LedgerRead, entries: list[LedgerEntry]) -> tuple[LedgerRow, ...]:
    """Return the villages by the department that answers for their entries, the most open ones first."""
    first = read.tasks.dropna(subset=["department"]).drop_duplicates("entry")
    department = first.set_index("entry")["department"].reindex(read.entries.index)
    groups = read.entries.assign(department=department.fillna("")).groupby("department")
    rows = []
    for name, own in groups:
        codes = set(map(str, own.index))
        mine = [one for one in entries if one.code in codes]
        closed = own.loc[own["closed"], "place_code"].value_counts()
        # Those that are done are counted and not drawn: a department has them in every village.
        places = sorted({one.place for one in mine})
        title = plain_text(str(name), LONGEST) or read.said("no_department")
        note = read.said("closed", count=int(own["closed"].sum()))
        rows.append(
            LedgerRow(str(name), title, note, len(mine), _cells(read, places, mine, closed))
        )
    return tuple(sorted(rows, key=lambda row: (-row.open, not row.key, row.key)))


def _sentence(read: LedgerRead, entries: list[LedgerEntry]) -> str:
    """Return the gravest fact of the ledger."""
    groups = {key: [one for one in entries if one.band == key] for key in BANDS}
    past = groups["past"]
    if past:
        worst = -min(one.days or 0 for one in past)
        said = read.said("title_past", count=len(past), days=worst)
        later = _dated_later(read, past)
        return said + (read.said("title_later", day=later) if later else "")
    for key in ("red", "yellow", "blue"):
        if groups[key]:
            days = groups[key][0].days or 0
            return read.said(f"title_{key}", count=len(groups[key]), days=abs(days))
    return read.said("title_open" if entries else "title_none", count=len(entries))


def _known_until(read: LedgerRead) -> str:
    """Return until when data are known where the day is later."""
    end = last_day(read.view.period)
    if read.day <= end:
        return ""
    return read.said("known_until", year=end.year, month=end.month, day=end.day)


def _dated_later(read: LedgerRead, past: list[LedgerEntry]) -> str:
    """Return the month in which the first task of any of them is due where all are due later."""
    waiting = read.tasks[read.tasks["open"]]
    own = waiting[waiting["entry"].isin([one.code for one in past])]
    days = own.groupby("entry")["days"].min()
    if len(days) < len(past) or days.isna().any() or (days < 0).any():
        return ""
    day = read.day + timedelta(days=int(days.min()))
    return period_text(f"{day:%Y-%m}", read.lang)


def _address(source: Source, view: View, ledger: Ledger) -> str:
    """Return the address of the list of open entries."""
    return replace(
        View(lang=view.lang, dark=view.dark, presenting=view.presenting),
        theme=view.theme,
        place=view.place,
        indicator=ledger.indicator,
        period=view.period,
        level=source.atlas.lowest,
        side=LISTING,
    ).address
