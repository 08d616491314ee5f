"""The matters of a month: what a county has to know of it first, gravest first, and what is well."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dashboard.answers.source import Source
from dashboard.answers.strip import before_text
from dashboard.answers.titles import short_name
from dashboard.texts import text
from dashboard.view import LISTING, View
from geodata.atlas import Atlas
from geodata.cartography.headline import steps_text
from geodata.escaping import plain_text
from geodata.figures import Indicator
from geodata.figures.totals import sum_parts
from geodata.i18n import listed
from geodata.periods import last_day
from geodata.rules import Rule, Subject
from geodata.themes import Theme, ThemeMatter
from geodata.themes.base import CONCERNS, GRAVITIES
from geodata.workspace.why import responsible_for

# A leader reads so many in two minutes; the others stand in their themes.
MOST = 7
# So many places, and so many people, are named in a line.
_NAMED = 3
_PEOPLE = 2
_LONGEST = 60


@dataclass(frozen=True)
class MatterPlace:
    """One place of a matter: how many it counts there, also in words, and who answers where it may be told."""

    code: str
    name: str
    number: int
    said: str
    owner: str = ""


@dataclass(frozen=True)
class Matter:
    """One matter of a month, as numbers and in words.

    `indicator` counts it, `number` is its numerator in the viewer's own places, and as long as the
    list at `address`. `since` is the first month of those in a row in which there was any; empty
    where that is not known. `places` come most first. `post` answers for it; `owners` are those who do by name,
    where the viewer may read them; `action` is what is next.
    """

    theme: str
    indicator: str
    gravity: str
    concern: str
    number: int
    unit: str
    title: str
    sentence: str
    detail: str
    since: str
    places: tuple[MatterPlace, ...]
    post: str
    owners: str
    action: str
    address: str


@dataclass(frozen=True)
class MonthMatters:
    """What a month brings: matters, how many more there are, what is well, and what nobody can judge.

    `good` is a sentence about what has been zero for longest, or that nothing is wrong; empty where
    neither holds. `unknown` is a sentence naming what has no figure of all places; empty without any.
    """

    period: str
    matters: tuple[Matter, ...]
    more: int
    good: str
    unknown: str


@dataclass(frozen=True)
class _Told:
    """One declared matter with its course: numbers by period, and whether each is of all places."""

    theme: Theme
    declared: ThemeMatter
    indicator: Indicator
    numbers: pd.Series
    whole: pd.Series

    @property
    def number(self) -> float:
        return float(self.numbers.iloc[-1])

    @property
    def is_zero(self) -> bool:
        return self.number == 0 and bool(self.whole.iloc[-1])

    @property
    def order(self) -> tuple[int, int, float, int]:
        declared = self.declared
        gravity, concern = GRAVITIES.index(declared.gravity), CONCERNS.index(declared.concern)
        return gravity, concern, -self.number, self.theme.order


def matters_of(
    source: Source, view: View, officials: pd.DataFrame | None = None, *, theme: str = ""
) -> MonthMatters:
    """Return the matters of a view's month in the viewer's own places, gravest first.

    With `theme` only those of that theme. `officials` are those whom the viewer may read
    (`read_officials`); without them nobody is named.
    """
    told = [
        one
        for one in _courses(source, view)
        if theme in ("", one.theme.key) and _applies(source.atlas, one, view.period)
    ]
    known = sorted((one for one in told if one.number > 0), key=lambda one: one.order)
    unknown = [one for one in told if not one.number > 0 and not one.is_zero]
    zeros = [one for one in told if one.is_zero]
    return MonthMatters(
        period=view.period,
        matters=tuple(_matter(source, view, one, officials) for one in known[:MOST]),
        more=max(len(known) - MOST, 0),
        good=_good(zeros, view.lang, all_well=not known and not unknown),
        unknown=_unknown(unknown, view.lang),
    )


def _courses(source: Source, view: View) -> Iterable[_Told]:
    """Give the declared matters that the map knows, each with its course up to the month."""
    for theme in source.themes.values():
        for declared in theme.matters:
            if declared.indicator in source.atlas.indicators:
                indicator = source.atlas.indicator(declared.indicator)
                numbers, whole = _course(source.atlas, indicator)
                upto = numbers.index <= view.period
                yield _Told(theme, declared, indicator, numbers[upto], whole[upto])


def _course(atlas: Atlas, indicator: Indicator) -> tuple[pd.Series, pd.Series]:
    """Return by period how many are counted in the viewer's own places, and whether that is all.

    A number is NaN where nothing is known. It is all where every place that sends figures did, and
    nobody's answer was unknown. A viewer without places of their own sees what figures show of the whole.
    """
    lowest = atlas.places_in(None, atlas.lowest)
    own = atlas.own(lowest).to_numpy(dtype=bool)
    periods = list(atlas.periods)
    if not own.any():
        sums = atlas.series(indicator.key, None).reindex(periods)
        return sums["numerator"], sums["places_with_data"] == sums["places"]
    rows = atlas.values[atlas.values["indicator"] == indicator.key]
    rows = rows[rows["place"].isin(lowest[own])]
    sums = sum_parts(rows, rows["period"]).reindex(periods)
    sent = atlas.reported(indicator.key, atlas.lowest).loc[lowest[own], periods]
    there = pd.DataFrame(
        {one: lowest[own].isin(atlas.places_in(None, atlas.lowest, one)) for one in periods},
        index=lowest[own],
    )
    absent = (there & ~sent & sent.any(axis=1).to_numpy()[:, None]).any()
    judged = sums["numerator"].notna() & (sums["missing"] == 0)
    return sums["numerator"], judged & ~absent


def _applies(atlas: Atlas, told: _Told, period: str) -> bool:
    """Return whether the indicator counts in that month, and anybody is there to be counted.

    Where it is not so, neither zero nor unknown is said.
    """
    if not told.theme.counts_on(told.indicator, last_day(period)):
        return False
    states = atlas.states(told.indicator.key, period, atlas.lowest)
    own = atlas.own(states.index)
    return bool((states[own if own.any() else slice(None)] != "not_applicable").any())


def _matter(source: Source, view: View, told: _Told, officials: pd.DataFrame | None) -> Matter:
    lang, indicator = view.lang, told.indicator
    subject = told.theme.subjects[indicator.lists]
    number = int(told.number)
    unit = subject.counted(number, lang)
    places = _places(source.atlas, view, indicator, subject)
    rule = _rule(told)
    level = _level(source.atlas, rule)
    owners = {} if officials is None else _owners(source.atlas, officials, places, level, lang)
    since, course = _since(source.atlas, told, lang)
    title = plain_text(told.declared.text[lang], _LONGEST)
    return Matter(
        theme=told.theme.key,
        indicator=indicator.key,
        gravity=told.declared.gravity,
        concern=told.declared.concern,
        number=number,
        unit=unit,
        title=title,
        sentence=text("matters.sentence", lang, title=title, course=course) if course else title,
        detail=_detail(source.atlas, places, lang),
        since=since,
        places=tuple(replace(one, owner=owners.get(one.code, "")) for one in places),
        post="" if rule is None else plain_text(rule.office[lang], _LONGEST),
        owners=_people(owners, lang),
        action="" if rule is None else plain_text(rule.remedy[lang], 2 * _LONGEST),
        address=_address(source, view, told),
    )


def _address(source: Source, view: View, told: _Told) -> str:
    """Return the address of the list of those whom a matter counts."""
    return View(
        theme=told.theme.key,
        place=source.root,
        indicator=told.indicator.key,
        period=view.period,
        level=source.atlas.lowest,
        side=LISTING,
        lang=view.lang,
        dark=view.dark,
    ).address


def _amount(subject: Subject, number: float, lang: str) -> str:
    """Return a number of subjects in words."""
    unit = subject.counted(number, lang)
    return text("matters.amount", lang, number=f"{number:,.0f}", unit=unit)


def _places(
    atlas: Atlas, view: View, indicator: Indicator, subject: Subject
) -> tuple[MatterPlace, ...]:
    """Return the lowest places in which anybody is counted, most first."""
    frame = atlas.frame(indicator.key, view.period, atlas.lowest)
    own = atlas.own(frame.index).to_numpy(dtype=bool)
    shown = frame["numerator"].where(own | (not own.any()))
    lang = view.lang
    counted = shown[shown > 0].sort_values(ascending=False, kind="stable")
    return tuple(
        MatterPlace(
            str(code),
            short_name(atlas.name(str(code))),
            int(number),
            _amount(subject, number, lang),
        )
        for code, number in counted.items()
    )


def _detail(atlas: Atlas, places: tuple[MatterPlace, ...], lang: str) -> str:
    """Return where it is, in one line."""
    if not places:
        return ""
    if len(places) == 1:
        return text("matters.one_place", lang, name=places[0].name)
    alike = len({one.number for one in places}) == 1
    named = places[:_NAMED]
    if alike:
        said = listed((one.name for one in named), lang)
    else:
        said = listed(
            (text("matters.place", lang, name=one.name, number=one.number) for one in named), lang
        )
    left = len(places) - len(named)
    level = text(f"atlas.{atlas.lowest}", lang)
    key = "matters.more_places" if left else "matters.places"
    line = text(key, lang, names=said, count=len(places), level=level)
    return text("matters.each", lang, line=line, amount=places[0].said) if alike else line


def months_in_a_row(holds: pd.Series, known: pd.Series) -> tuple[int, bool]:
    """Return in how many months up to the last something is known to hold, and whether it ended there.

    It did not where the month before is not known, or there is none: it may have held for longer.
    """
    back = (holds & known).to_numpy(dtype=bool)[::-1]
    months = int(np.cumprod(back).sum())
    return months, months < len(back) and bool(known.iloc[len(back) - 1 - months])


def _since(atlas: Atlas, told: _Told, lang: str) -> tuple[str, str]:
    """Return the month since which there has been any, and in words how the number came about."""
    numbers, whole = told.numbers, told.whole
    # That there is any is known of a month, too, of which not all is.
    run, _ = months_in_a_row(numbers > 0, whole | (numbers > 0))
    since = str(numbers.index[-run]) if run else ""
    if len(numbers) < 2 or not whole.iloc[-2:].all():
        return since, text("matters.run", lang, months=run) if run > 1 else ""
    periods = [str(one) for one in numbers.index]
    now, last = float(numbers.iloc[-1]), float(numbers.iloc[-2])
    if last == 0:
        return since, text("matters.new", lang)
    if now == last:
        same, _ = months_in_a_row(numbers == now, whole)
        return since, text("matters.same", lang, months=same)
    changed = atlas.steps_between(told.indicator.key, periods[-2], periods[-1])
    if changed:
        return since, steps_text(changed, lang)
    # A month in which a parameter changed is not compared with the one before it.
    alike = [
        not atlas.steps_between(told.indicator.key, *pair) for pair in itertools.pairwise(periods)
    ]
    steps = numbers.diff().iloc[1:] * (1 if now > last else -1)
    sure = whole.iloc[1:] & whole.shift(fill_value=False).iloc[1:] & np.array(alike, dtype=bool)
    moved, _ = months_in_a_row(steps > 0, sure)
    before = before_text(periods[-2], periods[-1], lang)
    way = "up" if now > last else "down"
    if moved > 1:
        return since, text(f"matters.{way}_months", lang, months=moved)
    amount = _amount(told.theme.subjects[told.indicator.lists], abs(now - last), lang)
    return since, text(f"matters.{way}", lang, amount=amount, before=before)


def _good(zeros: list[_Told], lang: str, *, all_well: bool) -> str:
    """Return the good news: nothing wrong at all, or what has been zero for longest."""
    if not zeros:
        return ""
    runs = [months_in_a_row(one.numbers == 0, one.whole) for one in zeros]
    if all_well:
        months, ended = min(runs)
        key = "matters.all_well" if ended else "matters.all_well_known"
        return text(key, lang, count=len(zeros), months=months)
    # Of several equally long the gravest.
    (months, ended), told = max(
        zip(runs, zeros, strict=True),
        key=lambda pair: (pair[0][0], *(-place for place in pair[1].order[:2])),
    )
    title = plain_text(told.declared.text[lang], _LONGEST)
    key = "matters.good" if ended else "matters.good_known"
    return text(key, lang, title=title, months=months)


def _unknown(unknown: list[_Told], lang: str) -> str:
    if not unknown:
        return ""
    titles = (plain_text(one.declared.text[lang], _LONGEST) for one in unknown[:_NAMED])
    left = len(unknown) - _NAMED
    said = listed(titles, lang)
    key = "matters.unknown_more" if left > 0 else "matters.unknown"
    return text(key, lang, titles=said, left=left)


def _rule(told: _Told) -> Rule | None:
    """Return the rule that says who answers for it and what is next."""
    rules = told.theme.rules_by_key
    return next((rules[key] for key in told.indicator.own_rules if key in rules), None)


def _level(atlas: Atlas, rule: Rule | None) -> str:
    """Return the level at which someone answers: that of an office named like one, else the top."""
    return (
        rule.responsible
        if rule is not None and rule.responsible in atlas.levels
        else atlas.levels[0]
    )


def _owners(
    atlas: Atlas, officials: pd.DataFrame, places: tuple[MatterPlace, ...], level: str, lang: str
) -> dict[str, str]:
    """Return who answers first for each place of a matter, at the level of the office."""
    above = atlas.ancestors(atlas.lowest, level)[[one.code for one in places]]
    first = {place: _first(officials, str(place), lang) for place in above.unique()}
    return {str(code): first[place] for code, place in above.items()}


def _first(officials: pd.DataFrame, place: str, lang: str) -> str:
    people = responsible_for(officials, place, lang).dropna(subset=["name"])
    return plain_text(people["name"].iloc[0], _LONGEST) if len(people) else ""


def _people(owners: dict[str, str], lang: str) -> str:
    """Return the names in one line."""
    names = list(dict.fromkeys(name for name in owners.values() if name))
    if not names:
        return ""
    said = listed(names[:_PEOPLE], lang)
    return (
        text("matters.people", lang, names=said, count=len(names)) if len(names) > _PEOPLE else said
    )
