"""Why households are in another class than in an earlier month, by cause.

A theme names what puts a household into a class (`classes`). The later month is answered twice, by the
parameters of the earlier month and by its own: what differs between the months by one set of parameters
comes of the data, what differs within the later month comes of a threshold, and a rule that is applied
on one of the two days alone is a cause by itself. So no change is without one. Whose village did not
deliver its list in one of the months is not known to be in a class or out of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from sqlglot import exp

from geodata.access import Reader
from geodata.i18n import default_language, text
from geodata.periods import last_day
from geodata.policy import changes_since
from geodata.policy.policy import split_years
from geodata.rules import Rule
from geodata.rules.binding import keys_in, parse
from geodata.rules.compile import EXEMPT, NO, UNKNOWN, YES, answer
from geodata.rules.feature import in_order, shared_sets
from geodata.rules.run import make_features
from geodata.tables import enumerations
from geodata.themes import Theme
from geodata.workspace.engines import month_engine, policy_areas
from geodata.workspace.inputs import Setup

CHANGEOVER = "changeover"
CHANGEOVER_COLUMNS = ("household_code", "place_code", "class", "before", "after", "cause", "told")
CAUSES = ("rule", "threshold", "data", "list", "renamed", "register")
# A household that a rule does not judge, or that is exempt, is not in its class.
_WORDS = {YES: "yes", NO: "no", UNKNOWN: "unknown", EXEMPT: "no"}
_OUTSIDE = ("no", "")
# The list of the earlier month is lacking, and that of the later one.
_SILENT = ("told_again", "not_told")
# What these causes are is said by the two values, or by which of the lists came.
_IN_WORDS = ("list", "renamed", "register")


@dataclass(frozen=True)
class Changeover:
    """What changed between two months: the classes of households, and the parameters.

    `changes` has CHANGEOVER_COLUMNS, a row for each household, class and cause; before and after are
    yes, no, unknown, or the value of a feature ("" none). `counts` sums them by class, before, after
    and cause. `settings` has a row for each parameter with another value, or one that was set within
    the time: key, title, before, after, days (the first days), back (set and set back).
    """

    before: str
    after: str
    titles: Mapping[str, str]
    changes: pd.DataFrame = field(repr=False)
    settings: pd.DataFrame = field(repr=False)

    @property
    def counts(self) -> pd.DataFrame:
        """Return how many households changed in each way: class, before, after, cause, households."""
        by = ["class", "before", "after", "cause"]
        sizes = self.changes.groupby(by, sort=False).size().rename("households").reset_index()
        return sizes.sort_values(
            ["class", "households"], ascending=[True, False], kind="stable", ignore_index=True
        )


def explain_changeover(
    setup: Setup, before: str, after: str, *, lang: str | None = None
) -> Changeover:
    """Return every change of a class of a household between two months that have snapshots.

    Raises StoreError for a month without one.
    """
    lang = lang or default_language()
    themes = [theme for theme in setup.themes if theme.classes]
    first = _answered(setup, themes, before, before)
    held = _answered(setup, themes, after, before)
    last = _answered(setup, themes, after, after)
    days = last_day(before), last_day(after)
    changed = [
        _changes(_Asked(setup, theme, name, days, lang), first, held, last)
        for theme in themes
        for name in theme.classes
    ]
    frame = pd.concat([pd.DataFrame(columns=list(CHANGEOVER_COLUMNS)), *changed])
    frame = frame.sort_values(["place_code", "household_code", "class"], kind="stable")
    titles = {n: _title(t, n, lang) for t in themes for n in t.classes}
    settings = _settings(setup, *days, lang)
    return Changeover(before, after, titles, frame.reset_index(drop=True), settings)


def changeover_seen_by(
    reader: Reader,
    setup: Setup,
    before: str,
    after: str,
    *,
    place: str = "",
    lang: str | None = None,
) -> Changeover:
    """Return what `explain_changeover` does for the households that a reader may see, on record."""
    result = explain_changeover(setup, before, after, lang=lang)
    seen = reader.computed(result.changes, CHANGEOVER, place=place).frame
    return replace(result, changes=seen)


def _answered(setup: Setup, themes: Sequence[Theme], month: str, day_of: str) -> pd.DataFrame:
    """Return what each household's features and class rules say in a month, by values of a month.

    Index household_code; columns place_code, and THEME.NAME of every feature and class rule.
    """
    parts = []
    with month_engine(setup.store, month, setup.tables, entered=setup.entered) as (engine, _):
        areas = policy_areas(
            engine, setup.policy, setup.keys, month, setup.tables, day_of=last_day(day_of)
        )
        for area in areas:
            frames = []
            wanted = [f"{theme.key}_household" for theme in themes]
            make_features(engine, setup.sets, area.binding, wanted=wanted)
            for theme in themes:
                rules = [theme.rules_by_key[n] for n in theme.classes if n in theme.rules_by_key]
                columns = "".join(
                    f', {answer(rule, area.binding, engine.name)} AS "{rule.key}"' for rule in rules
                )
                rows = engine.frame(f"SELECT *{columns} FROM {theme.key}_household")
                rows = rows.set_index("household_code")
                places = rows.pop("place_code")
                frames += [rows.add_prefix(f"{theme.key}."), places]
            wide = pd.concat(frames, axis=1)
            parts.append(wide.loc[:, ~wide.columns.duplicated()])
    return pd.concat(parts)


@dataclass(frozen=True)
class _Asked:
    """One class of a theme, the two days, and the language its causes are told in."""

    setup: Setup
    theme: Theme
    name: str
    days: tuple[datetime.date, datetime.date]
    lang: str

    @property
    def column(self) -> str:
        return f"{self.theme.key}.{self.name}"

    @property
    def rule(self) -> Rule | None:
        return self.theme.rules_by_key.get(self.name)


def _changes(
    asked: _Asked, first: pd.DataFrame, held: pd.DataFrame, last: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of one class."""
    rule, codes = asked.rule, first.index.union(last.index)
    applied = [rule is None or rule.holds_on(day) for day in asked.days]
    before, middle, after = _answers(asked, codes, first, held, last)
    shown = [
        each if on else each.mask(each != "", "no")
        for each, on in zip((before, after), applied, strict=True)
    ]
    differ = (shown[0] != shown[1]) & ~(shown[0].isin(_OUTSIDE) & shown[1].isin(_OUTSIDE))
    both = codes.isin(first.index) & codes.isin(last.index)
    place = last["place_code"].reindex(codes).fillna(first["place_code"].reindex(codes))
    lists = _lists(place, first, last)
    shown = [one.mask(lists == word, "unknown") for one, word in zip(shown, _SILENT, strict=True)]
    renamed = (rule is None) & (before.map(_new_names(asked.name)) == after)
    by_cause = {
        "register": differ & ~both,
        "rule": differ & both & (applied[0] != applied[1]),
        "renamed": differ & both & renamed,
        "list" if rule is None else "data": differ & both & (before != middle) & ~renamed,
        "threshold": differ & both & (middle != after),
    }
    if applied[0] != applied[1]:
        by_cause = {name: by_cause[name] for name in ("register", "rule")}
    parts = [
        pd.DataFrame(
            {
                "household_code": chosen,
                "place_code": place[chosen].to_numpy(),
                "class": asked.name,
                "before": shown[0][chosen].to_numpy(),
                "after": shown[1][chosen].to_numpy(),
                "cause": cause,
                "told": _in_words(asked, cause, *(one[chosen] for one in (*shown, lists)))
                if cause in _IN_WORDS
                else _told(asked, cause, first.reindex(chosen), held.reindex(chosen)),
            }
        )
        for cause, mask in by_cause.items()
        if len(chosen := codes[mask.to_numpy()])
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=list(CHANGEOVER_COLUMNS))


def _answers(asked: _Asked, codes: pd.Index, *frames: pd.DataFrame) -> list[pd.Series]:
    """Return what each of several frames says of a class, in a word for each household; "" for nothing."""
    columns = [frame[asked.column] for frame in frames]
    values = pd.concat([column.dropna().astype(object) for column in columns])
    flag = len(values) > 0 and values.map(lambda one: isinstance(one, (bool, np.bool_))).all()
    said = (_said(column, asked.rule, flag=bool(flag)) for column in columns)
    return [one.reindex(codes).fillna("") for one in said]


def _lists(place: pd.Series, first: pd.DataFrame, last: pd.DataFrame) -> pd.Series:
    """Return in a word which of two lists lacks each household (index), and whether its village has none."""
    codes = place.index
    silent = [
        ~codes.isin(frame.index) & ~place.isin(frame["place_code"]) for frame in (first, last)
    ]
    came = ~codes.isin(first.index)
    return pd.Series(np.select([*silent, came], [*_SILENT, "came"], default="left"), index=codes)


def _said(column: pd.Series, rule: Rule | None, *, flag: bool) -> pd.Series:
    """Return an answer in a word, or a feature as text; unknown of a yes or no (`flag`) is said."""
    if rule is not None:
        return column.map(_WORDS).fillna("no")
    if flag:
        return column.map({True: "yes", False: "no"}).fillna("unknown")
    return column.astype("string").fillna("").astype("str")


def _new_names(name: str) -> dict[str, str]:
    """Return the values of a list of that name that policy has since put others in the place of."""
    known = enumerations().get(name)
    return {one.value: one.successor for one in known.choices if one.successor} if known else {}


def _in_words(
    asked: _Asked, cause: str, before: pd.Series, after: pd.Series, lists: pd.Series
) -> list[str]:
    """Return for each household what changed: which of two lists lacks it and why, or both values."""
    if cause == "register":
        return [text(f"changeover.{key}", asked.lang) for key in lists]
    title, lang = _title(asked.theme, asked.name, asked.lang), asked.lang
    return [
        text(
            f"changeover.{cause}",
            lang,
            title=title,
            before=_worded(a, lang),
            after=_worded(b, lang),
        )
        for a, b in zip(before, after, strict=True)
    ]


def _worded(value: str, lang: str) -> str:
    """Return a class as it is read: yes, no and unknown in words, a value of a list as it is."""
    if value in ("", "yes", "no", "unknown"):
        return text(f"changeover.class_{value or 'none'}", lang)
    return value


def _told(asked: _Asked, cause: str, first: pd.DataFrame, held: pd.DataFrame) -> list[str] | str:
    """Return what a cause is in words, for the households (rows) given."""
    rule, lang = asked.rule, asked.lang
    if cause == "rule" and rule is not None:
        begun = rule.since is not None and rule.since > asked.days[0]
        key, day = ("rule_begins", rule.since) if begun else ("rule_ends", rule.until)
        return text(f"changeover.{key}", lang, day=day, document=rule.document[lang])
    if cause == "threshold":
        return _thresholds(asked, rule)
    if cause != "data" or rule is None:
        return ""
    columns = sorted(
        {
            name
            for sql in (rule.scope, rule.when)
            for name in (column.name for column in parse(sql).find_all(exp.Column))
            if f"{asked.theme.key}.{name}" in first
        }
    )
    moved = [_moved(asked, name, first, held) for name in columns]
    return ["; ".join(filter(None, parts)) for parts in zip(*moved, strict=True)]


def _thresholds(asked: _Asked, rule: Rule | None) -> str:
    """Return the parameters that a class reads and that have another value, with both."""
    sets = in_order((*shared_sets(), *asked.setup.sets), [f"{asked.theme.key}_household"])
    named = {*(rule.parameters if rule else ()), *(k for one in sets for k in keys_in(one.sql))}
    keys = {split_years(key)[0] for key in named}
    changed = changes_since(
        asked.setup.policy,
        asked.setup.config.county.code,
        since=asked.days[0],
        day=asked.days[1],
    )
    none = text("changeover.unset", asked.lang)
    own = [one for one in changed if rule is None or one.key in rule.parameters]
    return "; ".join(
        f"{one.before.parameter.title[asked.lang]} {_value(one.before.value, none)} → "
        f"{_value(one.after.value, none)}"
        for one in (own or changed)
        if one.key in keys
    )


def _moved(asked: _Asked, name: str, first: pd.DataFrame, held: pd.DataFrame) -> list[str]:
    """Return for each household how one feature changed, "" where it did not."""
    column = f"{asked.theme.key}.{name}"
    title = asked.theme.features[name].title[asked.lang]
    scale = 100 if asked.theme.features[name].unit == "yuan" else 1
    none = text("changeover.unknown", asked.lang)
    told = []
    for old, new in zip(first[column], held[column], strict=True):
        same = (pd.isna(old) and pd.isna(new)) or (
            not pd.isna(old) and not pd.isna(new) and old == new
        )
        told.append(
            "" if same else f"{title} {_value(old, none, scale)} → {_value(new, none, scale)}"
        )
    return told


def _value(value: object, none: str, scale: int = 1) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return none
    if isinstance(value, float):
        return f"{value / scale:,.2f}".rstrip("0").rstrip(".")
    return str(value)


def _title(theme: Theme, name: str, lang: str) -> str:
    known = theme.rules_by_key.get(name)
    return known.title[lang] if known else theme.features[name].title[lang]


def _settings(setup: Setup, since: datetime.date, day: datetime.date, lang: str) -> pd.DataFrame:
    """Return the parameters that have another value at the end, or were set between the two days."""
    place = setup.config.county.code
    rows = []
    for parameter in setup.policy:
        before, after = parameter.at(place, since), parameter.at(place, day)
        between = sorted(
            {
                value.since
                for value in parameter.values
                if value.since
                and since < value.since <= day
                and value.prefix_for(place) is not None
            }
        )
        differs = (before.state, before.value) != (after.state, after.value)
        if differs or between:
            rows.append(
                {
                    "key": parameter.key,
                    "title": parameter.title[lang],
                    "before": _value(before.value, ""),
                    "after": _value(after.value, ""),
                    "days": ", ".join(map(str, between)),
                    "back": not differs and len(between) > 1,
                }
            )
    columns = ["key", "title", "before", "after", "days", "back"]
    return pd.DataFrame(rows, columns=columns)
