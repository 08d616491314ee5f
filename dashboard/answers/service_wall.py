"""The wall of a service: each point from the first step to the people it reaches, and where it breaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.answers.source import Source
from dashboard.answers.titles import short_name
from dashboard.answers.wall_rows import FINDINGS, LONGEST, whole_number
from dashboard.texts import text
from dashboard.view import View
from geodata.access import Request
from geodata.cartography.words import number_text
from geodata.escaping import plain_text
from geodata.i18n import listed, places_of
from geodata.tables import tables
from geodata.themes import Theme
from geodata.themes.base import ServiceLine
from geodata.workspace.points import STATES, theme_points

_UNKNOWN = "—"


@dataclass(frozen=True)
class ServedStep:
    """One step at one point: its state (of STATES), what it says, and what the rules found, gravest first."""

    state: str
    said: str
    findings: tuple[str, ...]


@dataclass(frozen=True)
class ServedPoint:
    """One point with its steps in their order; `state` is the worst of them, `people` how many it serves."""

    key: str
    name: str
    where: str
    state: str
    people: int | None
    steps: tuple[ServedStep, ...]


@dataclass(frozen=True)
class ServiceHead:
    """The head of a step: how many points break there, gravely or at all."""

    title: str
    grave: int
    broken: int


@dataclass(frozen=True)
class ServiceWall:
    """The points of a month in the viewer's own places, worst first, those that serve most before others.

    `points` are those with a finding, `fine` counts the others; `heads` are of all.
    """

    period: str
    sentence: str
    kind: str
    heads: tuple[ServiceHead, ...]
    points: tuple[ServedPoint, ...]
    fine: int


def service_of(source: Source, view: View) -> ServiceWall | None:
    """Return the service of the view's theme in the viewer's own places; None where it tells none.

    Raises ScopeError where the viewer may read no rows.
    """
    theme = source.themes.get(view.theme)
    if theme is None or theme.service is None or view.period not in source.county.months:
        return None
    line = theme.service
    kind = next(one for one in theme.points if one.table == line.points)
    reader = source.county.places(view.period, actor=source.actor, guard=source.guard)

    def read(request: Request) -> pd.DataFrame:
        return reader.rows(request).frame

    rows = theme_points(theme, read, source.atlas, source.county.setup.rules, view.period)
    key = theme.subjects[kind.subject].key
    asked = dict.fromkeys((key, "place_code", line.people, *_told(line)))
    features = read(Request(f"{theme.key}_{kind.subject}", columns=tuple(asked)))
    told = features.drop_duplicates(key).set_index(key)
    flags = read(FINDINGS)
    flags = flags[flags["subject_kind"] == kind.subject]
    broken = flags.groupby("subject")["rule"].agg(set).to_dict()
    points = [
        _point(source, view, theme, row, told.loc[row["key"]].to_dict(), broken.get(row["key"], ()))
        for row in rows[rows["kind"] == kind.table].to_dict("records")
        if row["key"] in told.index
    ]
    points.sort(
        key=lambda one: (STATES.index(one.state), -_breaks(one), -(one.people or 0), one.key)
    )
    bad = [point for point in points if _breaks(point)]
    heads = tuple(
        ServiceHead(
            step.title[view.lang],
            sum(point.steps[at].state == STATES[0] for point in points),
            sum(bool(point.steps[at].findings) for point in points),
        )
        for at, step in enumerate(line.steps)
    )
    title = kind.title[view.lang]
    sentence = _sentence(view.lang, title, heads, len(points), len(bad))
    return ServiceWall(view.period, sentence, title, heads, tuple(bad), len(points) - len(bad))


def _told(line: ServiceLine) -> list[str]:
    """Return the features that the steps tell."""
    return sorted(
        {name for step in line.steps for said in step.says.values() for name in places_of(said)}
    )


def _point(
    source: Source,
    view: View,
    theme: Theme,
    row: Mapping[Any, Any],
    told: Mapping[Any, Any],
    broken: Collection[str],
) -> ServedPoint:
    line, lang = theme.service, view.lang
    assert line is not None
    named = {rule for step in line.steps for rule in step.rules}
    rules = sorted(
        (rule for rule in theme.rules if rule.key in broken),
        key=lambda one: STATES.index(one.severity),
    )
    words = {name: _word(theme, name, told.get(name), lang) for name in _told(line)}
    steps = []
    for step in line.steps:
        own = [
            rule
            for rule in rules
            if rule.key in step.rules or (step.rest and rule.key not in named)
        ]
        said = step.says[lang].format(**{name: words[name] for name in places_of(step.says[lang])})
        state = own[0].severity if own else STATES[3]
        titles = tuple(plain_text(rule.title[lang], LONGEST) for rule in own)
        steps.append(ServedStep(state, plain_text(said, 2 * LONGEST), titles))
    place, people = row["place"], told.get(line.people)
    known = not pd.isna(place) and place in source.atlas.places.index
    return ServedPoint(
        key=str(row["key"]),
        name=plain_text(row["name"], LONGEST),
        where=short_name(source.atlas.name(str(place))) if known else "",
        state=min((step.state for step in steps), key=STATES.index),
        people=whole_number(people),
        steps=tuple(steps),
    )


def _breaks(point: ServedPoint) -> int:
    return sum(bool(step.findings) for step in point.steps)


def _word(theme: Theme, name: str, value: Any, lang: str) -> str:
    """Return the value of a feature as it stands in a sentence; a dash where nobody knows."""
    if value is None or pd.isna(value):
        return _UNKNOWN
    assert theme.service is not None
    # A column of the points themselves may share its name with one of another table.
    own = {**tables(), **theme.tables}[theme.service.points].columns.get(name)
    choices = own.choices if own is not None and own.choice else theme.choices_of(name)
    if choices is not None:
        return choices.label(str(value), lang)
    return str(value) if isinstance(value, str) else number_text(float(value), 0)


def _sentence(lang: str, kind: str, heads: tuple[ServiceHead, ...], count: int, bad: int) -> str:
    """Return at which step most points break gravely, else at all; or that none does."""
    if not bad:
        return text(
            "service.title_good" if count else "service.title_none", lang, kind=kind, count=count
        )
    grave = max(head.grave for head in heads)
    number = grave or max(head.broken for head in heads)
    worst = [head.title for head in heads if (head.grave if grave else head.broken) == number]
    key = f"service.title_{'grave' if grave else 'broken'}{'_tied' if len(worst) > 1 else ''}"
    return text(key, lang, kind=kind, count=count, steps=listed(worst, lang), number=number)
