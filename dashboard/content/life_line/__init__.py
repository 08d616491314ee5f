"""The life line of a household as one picture, the same on the screen and on paper."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypedDict

import pandas as pd

from dashboard.texts import text
from dashboard.web.markup import filled
from geodata.cartography.words import number_text, period_text
from geodata.escaping import plain_text
from geodata.tables import enumeration, income_items
from geodata.workspace.life_line import LANES, Event, LifeLine

_TEMPLATE = Path(__file__).with_name("life_line.svg")
WIDTH = 1440
_LEFT, _RIGHT, _TOP, _PLOT = 128.0, 12.0, 26.0, 310.0
_BARS, _LANE = 56.0, 30.0
_ROWS = 4
# Sizes of the words, of the last month's figure, and of what is written there; half a dot.
_TYPE, _FIGURE, _WORDS, _DOT = 20.0, 52.0, 84.0, 10.0
COLOURS = {
    "light": {
        "ink": "#15202b",
        "soft": "#566370",
        "ground": "#ffffff",
        "hair": "#d9dde1",
        "own": "#1f5fa8",
        "below": "#8e1b1b",
        "area": "#d9502f",
        "hatch": "#b3bcc4",
        "bar": "#f2d49a",
        "good": "#2f7d5b",
        "shock": "#c2401f",
        "parts": ("#3b6ea5", "#c98a1b", "#5b8f6b", "#a0709a"),
    },
    "dark": {
        "ink": "#f1f4f6",
        "soft": "#a9b5bf",
        "ground": "#12161b",
        "hair": "#37414b",
        "own": "#7cb6f2",
        "below": "#ff9c86",
        "area": "#d9502f",
        "hatch": "#5b6873",
        "bar": "#6b5423",
        "good": "#7cc8a3",
        "shock": "#f08a68",
        "parts": ("#6fa3dc", "#e0ad4a", "#86bd97", "#c99ac3"),
    },
}


class _Step(TypedDict):
    """The line of a year: where it begins and ends, how high it is, its words and where they stand."""

    x: float
    end: float
    y: float
    unset: bool
    said: str
    text_x: float
    text_y: float
    before: float | None


@dataclass(frozen=True)
class _Frame:
    """Where months and amounts lie in the picture."""

    months: tuple[str, ...]
    low: float
    high: float

    @property
    def step(self) -> float:
        return (WIDTH - _LEFT - _RIGHT) / len(self.months)

    def edge(self, at: int) -> float:
        """Return where the month of a number begins."""
        return round(_LEFT + at * self.step, 1)

    def middle(self, at: int) -> float:
        return round(_LEFT + (at + 0.5) * self.step, 1)

    def day(self, when: str, *, end: bool = False) -> float:
        """Return where a month or day lies; of a month its middle, or its end."""
        at = _months_between(self.months[0], when[:7])
        part = (int(when[8:10]) - 0.5) / 31 if len(when) > 7 else (1.0 if end else 0.5)
        return round(_LEFT + (at + part) * self.step, 1)

    def y(self, amount: float) -> float:
        return round(_TOP + _PLOT * (self.high - amount) / (self.high - self.low), 1)


def life_svg(life: LifeLine, amounts: pd.DataFrame, lang: str, *, dark: bool = False) -> str:
    """Return the picture as SVG of WIDTH pixels, every text escaped.

    `amounts` is the income of each month in yuan, a column for each part by its title, in order.
    """
    known = [one for one in (*life.income, *life.line) if one is not None and not math.isnan(one)]
    frame = _Frame(life.months, *_span(known))
    lanes, height = _lanes(life, frame, lang)
    steps = list(_steps(life, frame, lang))
    colours = COLOURS["dark" if dark else "light"]
    return filled(
        _TEMPLATE,
        width=WIDTH,
        height=height,
        c=colours,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        top=_TOP,
        bottom=_TOP + _PLOT,
        lanes_top=_lanes_top(),
        lanes=lanes,
        ticks=[
            (frame.y(one), number_text(one, 0))
            for one in _ticks(frame.low, frame.high, min(known, default=0.0))
        ],
        months=list(_months(frame, lang)),
        unknown=list(_unknown(life, frame)),
        areas=list(_below(life, frame)),
        steps=steps,
        runs=list(_runs(life, frame)),
        points=_points(life, frame),
        last=_last(life, frame, steps, lang),
        bars=list(_bars(amounts, frame)),
        bars_at=_TOP + _PLOT + 8 + _BARS,
        said={
            "title": text("life.title", lang),
            "bars": text("life.bars", lang),
            "none": "" if known else text("life.no_income", lang),
        },
    )


def _wide(said: str, size: float = _TYPE) -> float:
    """Return how wide words are: a sign of Chinese is as wide as it is high."""
    return size * sum(1.0 if ord(sign) > 255 else 0.58 for sign in said)


def _months_between(first: str, last: str) -> int:
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7])


def _span(amounts: list[float]) -> tuple[float, float]:
    """Return the lowest and highest amount of the axis, with room for the last month's words either side."""
    low, high = (min(amounts), max(amounts)) if amounts else (0.0, 1.0)
    room = max(high - low, high * 0.2, 1.0) * 0.62
    return low - room, high + room


def _ticks(low: float, high: float, lowest: float) -> list[float]:
    rough = (high - low) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough)
    # What is below nothing is room for words.
    first = max(math.ceil(low / step), 0) if lowest >= 0 else math.ceil(low / step)
    return [step * at for at in range(first, math.floor(high / step) + 1)]


def _months(frame: _Frame, lang: str) -> Iterator[dict[str, object]]:
    """Give the ticks of the months: each January in full, each quarter in short."""
    for at, month in enumerate(frame.months):
        first = month[5:] == "01" or at == 0
        if first or (month[5:] in ("04", "07", "10") and at > 1):
            number = str(int(month[5:]))
            said = period_text(month, lang) if first else text("life.month", lang, month=number)
            year = month[5:] == "01" and at > 0
            yield {"x": frame.edge(at), "said": said, "first": first, "year": year}


def _unknown(life: LifeLine, frame: _Frame) -> Iterator[tuple[float, float]]:
    """Give where runs of months that were not reported begin, and how wide they are."""
    at, count = 0, len(life.months)
    while at < count:
        end = at
        while end < count and math.isnan(life.income[end]):
            end += 1
        if end > at:
            yield frame.edge(at), round(frame.edge(end) - frame.edge(at), 1)
        at = max(end, at + 1)


def _below(life: LifeLine, frame: _Frame) -> Iterator[str]:
    """Give the areas between the line and an income below it, each half a month at most."""
    for at in range(len(life.months) - 1):
        first, last = life.income[at], life.income[at + 1]
        halfway = (first + last) / 2
        edge = frame.edge(at + 1)
        yield from _piece(frame, (frame.middle(at), first), (edge, halfway), life.line[at])
        yield from _piece(frame, (edge, halfway), (frame.middle(at + 1), last), life.line[at + 1])


def _piece(
    frame: _Frame, start: tuple[float, float], end: tuple[float, float], line: float | None
) -> Iterator[str]:
    if line is None or math.isnan(start[1]) or math.isnan(end[1]):
        return
    under = [start[1] < line, end[1] < line]
    if not any(under):
        return
    if not all(under):
        share = (line - start[1]) / (end[1] - start[1])
        crossing = (start[0] + share * (end[0] - start[0]), line)
        start, end = (start, crossing) if under[0] else (crossing, end)
    corners = ((start[0], line), start, end, (end[0], line))
    yield " ".join(f"{round(x, 1)},{frame.y(amount)}" for x, amount in corners)


def _steps(life: LifeLine, frame: _Frame, lang: str) -> Iterator[_Step]:
    """Give the line of each year: where it begins and ends, how high it is, what it is called."""
    at, count, before = 0, len(life.months), None
    while at < count:
        end = at
        while (
            end < count
            and life.line[end] == life.line[at]
            and life.months[end][:4] == life.months[at][:4]
        ):
            end += 1
        amount, year = life.line[at], life.months[at][:4]
        y = _TOP + 18 if amount is None else frame.y(amount)
        near = life.income[at]
        above = amount is not None and not math.isnan(near) and near < amount
        said = (
            text("life.line_unset", lang, year=year)
            if amount is None
            else text("life.line", lang, year=year, amount=number_text(amount, 0))
        )
        yield {
            "x": frame.edge(at),
            "end": frame.edge(end),
            "y": y,
            "unset": amount is None,
            "said": said,
            "text_x": frame.edge(at) + 8,
            "text_y": y - 9 if above or amount is None else y + 24,
            "before": None if before is None or amount is None else frame.y(before),
        }
        before, at = amount, end


def _runs(life: LifeLine, frame: _Frame) -> Iterator[dict[str, object]]:
    """Give the course of income: whole where months follow, dotted over those not reported."""
    reported = [at for at, one in enumerate(life.income) if not math.isnan(one)]
    for first, last in pairwise(reported):
        ends = ((frame.middle(at), frame.y(life.income[at])) for at in (first, last))
        yield {"points": " ".join(f"{x},{y}" for x, y in ends), "dotted": last - first > 1}


def _points(life: LifeLine, frame: _Frame) -> list[dict[str, object]]:
    """Return a point for each month that was reported."""
    return [
        {"x": frame.middle(at), "y": frame.y(one), "below": _is_below(one, life.line[at])}
        for at, one in enumerate(life.income)
        if not math.isnan(one)
    ]


def _is_below(income: float, line: float | None) -> bool:
    return line is not None and income < line


def _last(
    life: LifeLine, frame: _Frame, steps: Sequence[_Step], lang: str
) -> dict[str, object] | None:
    """Return what is written at the last month that was reported, off the lines and their words."""
    reported = [at for at, one in enumerate(life.income) if not math.isnan(one)]
    if not reported:
        return None
    at = reported[-1]
    income, line = life.income[at], life.line[at]
    below, figure, said = _is_below(income, line), number_text(income, 0), ""
    if line is not None:
        by = number_text(abs(income - line), 0)
        said = text("life.below" if below else "life.above", lang, amount=by)
    wide = max(_wide(figure, _FIGURE), _wide(said))
    x = max(frame.middle(at) - 4, _LEFT + wide + 4)
    top, bottom = _reach(life, frame, steps, (x - wide, x + _DOT))
    room_under, room_over = _TOP + _PLOT - bottom, top - _TOP
    under = room_under >= min(_WORDS, room_over) if below else room_over < min(_WORDS, room_under)
    y = bottom + _FIGURE * 0.8 + 8 if under else top - 38
    return {
        "x": round(x, 1),
        "y": round(y, 1),
        "text_y": round(y + 26, 1),
        "size": _FIGURE,
        "figure": figure,
        "said": said,
        "below": below,
    }


def _reach(
    life: LifeLine, frame: _Frame, steps: Sequence[_Step], span: tuple[float, float]
) -> tuple[float, float]:
    """Return how high and how low the lines and their words reach over a span of the picture."""
    first, last = span
    near = range(
        max(int((first - _LEFT) / frame.step - 0.5), 0),
        min(int((last - _LEFT) / frame.step + 1.5), len(life.months)),
    )
    known = [one for at in near for one in (life.income[at], life.line[at])]
    ys = [frame.y(one) for one in known if one is not None and not math.isnan(one)]
    for step in steps:
        start = step["text_x"]
        if start < last and start + _wide(step["said"]) > first:
            ys += [step["text_y"] - _TYPE * 0.9, step["text_y"] + 4]
    return min(ys) - _DOT, max(ys) + _DOT


def _bars(amounts: pd.DataFrame, frame: _Frame) -> Iterator[dict[str, object]]:
    """Give the income of each month stacked by part; a month without an account has none."""
    shown = amounts.reindex(frame.months).clip(lower=0).fillna(0)
    highest = float(shown.sum(axis=1).max()) if len(shown.columns) else 0.0
    if highest <= 0:
        return
    for at, month in enumerate(frame.months):
        y = _TOP + _PLOT + 8 + _BARS
        for part, amount in enumerate(shown.loc[month]):
            height = round(float(amount) / highest * (_BARS - 4), 1)
            if height > 0:
                y = round(y - height, 1)
                width = round(frame.step * 0.58, 1)
                x = round(frame.middle(at) - width / 2, 1)
                yield {"x": x, "y": y, "width": width, "height": height, "part": part % 4}


def _lanes_top() -> float:
    return _TOP + _PLOT + 8 + _BARS


def _lanes(life: LifeLine, frame: _Frame, lang: str) -> tuple[list[dict[str, object]], float]:
    """Return the lanes with their marks, and the height of the picture."""
    lanes: list[dict[str, object]] = []
    y = _lanes_top()
    for name in LANES:
        events = life.lane(name)
        rows = min(max(len(events), 1), _ROWS) if name == "measure" else 1
        marks = [
            _mark(one, frame, y + _LANE * ((number % rows) + 0.5), lang)
            for number, one in enumerate(events)
        ]
        note = "" if events else text("life.nothing", lang, months=len(life.months))
        height = _LANE * rows
        # What hollow marks mean stands in a line of its own below them.
        note_y = y
        if any(one.short for one in events) and life.least_minutes is not None:
            note = text("life.short", lang, minutes=number_text(life.least_minutes, 0))
            note_y = y + height - 4
            height += _LANE - 6
        lanes.append(
            {
                "name": name,
                "title": text(f"life.lane_{name}", lang),
                "marks": _apart(marks),
                "y": y,
                "height": height,
                "note": note,
                "note_y": note_y,
                "empty": not events,
            }
        )
        y += height
    return lanes, y + 34


@dataclass(frozen=True)
class _Mark:
    """A mark in a lane: where it begins and ends, and its words with where they stand.

    `text_x` is None where the words would lie over another; they are `inside` a long mark.
    """

    lane: str
    x: float
    end: float
    y: float
    said: str
    moment: bool
    hollow: bool
    clipped: bool
    ongoing: bool
    unknown: bool
    text_x: float | None = None
    inside: bool = False

    @property
    def width(self) -> float:
        """Return how wide the words are."""
        return _wide(self.said)

    @property
    def tail(self) -> float:
        return self.x + 12 if self.moment and self.lane != "shock" else self.end + 4


def _mark(event: Event, frame: _Frame, y: float, lang: str) -> _Mark:
    """Return a mark without a place for its words."""
    clipped = event.start[:7] < frame.months[0]
    ongoing = not event.end or event.end[:7] > frame.months[-1]
    x = _LEFT if clipped else frame.day(event.start)
    whole = event.lane == "shock" and len(event.start) == 7
    if whole and not clipped:
        x -= frame.step / 2
    last = WIDTH - _RIGHT if ongoing else frame.day(event.end, end=whole)
    return _Mark(
        event.lane,
        round(x, 1),
        round(max(last, x + (12 if event.lane == "shock" else 0)), 1),
        round(y, 1),
        plain_text(_said(event, lang), 40),
        event.end == event.start,
        event.short,
        clipped,
        ongoing,
        math.isnan(event.amount),
    )


def _apart(marks: list[_Mark]) -> list[_Mark]:
    """Return the marks with a place for their words, where no other mark or word lies."""
    taken = [(mark.x - 10, mark.tail, mark.y) for mark in marks]
    placed = []
    for mark in marks:
        known = mark
        spots = (mark.tail + 6, mark.x - mark.width - 16) if mark.said else ()
        for x in spots:
            end = x + mark.width
            over = any(y == mark.y and x < to and end > since for since, to, y in taken)
            if x >= _LEFT and end <= WIDTH - _RIGHT and not over:
                known = replace(mark, text_x=round(x, 1))
                taken.append((x, end, mark.y))
                break
        else:
            if mark.said and mark.end - mark.x > mark.width + 40:
                known = replace(mark, text_x=round(mark.x + 20, 1), inside=True)
        placed.append(known)
    return placed


def _said(event: Event, lang: str) -> str:
    """Return the words of a mark; a visit has none."""
    if event.lane == "visit":
        return ""
    if event.lane == "measure":
        return enumeration("measure_kind").label(event.kind, lang)
    if event.lane == "claim":
        item = income_items().get(event.detail)
        named = item.title[lang] if item is not None else event.detail
        return f"{named} {number_text(event.amount, 0)}"
    count = 0 if math.isnan(event.amount) else int(event.amount)
    over = "_over" if event.kind == "monitored" and event.end else ""
    return text(f"life.{event.kind}{over}", lang, count=count)
