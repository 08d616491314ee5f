"""Why a place is red: a few words, the rules behind it, and who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geodata import codes
from geodata.access import Reader, Request
from geodata.cartography.decimals import indicator_decimals
from geodata.cartography.words import figure_text, parts_text, period_text
from geodata.errors import StoreError
from geodata.escaping import plain_text
from geodata.figures import Indicator
from geodata.i18n import default_language, listed, parted, text
from geodata.periods import last_day
from geodata.rules import Rule
from geodata.tables import enumeration
from geodata.workspace import display
from geodata.workspace.change_parts import change_of, moved_text, split_text
from geodata.workspace.evidence import Evidence
from geodata.workspace.inputs import Setup

OFFICIAL = ("place_code", "household_code", "role", "name", "unit")
# The others are in `responsible`.
_NAMED = 4
# A name in a sentence is cut to this length.
_LONGEST = 60


@dataclass(frozen=True)
class Why:
    """The answer to "why is it red".

    `lines` is read in seconds: figure and rank, change, main reason, what is due, who is
    responsible. `split` tells what the change is made of, `details` what else is due, who else
    answers, and the hot spots. `rules` has one row for each rule with findings in the place: rule,
    title, severity, own (whether the indicator counts by it), yes, unknown, exempt, change (of yes
    since the month before), document and limits (each policy value it compares with, in words),
    own first, worst first; found and not_known are yes and unknown with the unit of each. `change` are the parts of the indicator's change. `responsible` lists
    the people who answer for the place. `shared` says of those whom the figure counts what else
    holds for how many: title and number, most first. `by_rules` says whether the indicator has rules of its own.
    """

    place: str
    indicator: str
    lines: tuple[str, ...]
    split: str
    details: tuple[str, ...]
    rules: pd.DataFrame = field(repr=False)
    change: dict[str, float] = field(repr=False)
    responsible: pd.DataFrame = field(repr=False)
    by_rules: bool = False
    lang: str = "zh"
    shared: tuple[tuple[str, int], ...] = ()

    @property
    def sentence(self) -> str:
        """Return the lines in a row."""
        return _told(self.lines, self.lang)

    @property
    def whole(self) -> str:
        """Return the lines and all that stands below them in a row."""
        return _told((*self.lines, *filter(None, (self.split,)), *self.details), self.lang)

    def _repr_html_(self) -> str:
        return _html(self)


def _told(parts: Sequence[str], lang: str) -> str:
    stop = {"zh": "。", "en": ". "}[lang]
    return (stop.join(parts) + stop).strip() if parts else ""


def explain_place(
    evidence: Evidence,
    place: str,
    *,
    indicator: str | None = None,
    lang: str | None = None,
    officials: pd.DataFrame | None = None,
    named: bool = True,
) -> Why:
    """Return why a place stands out in one indicator, by default the one it ranks worst in.

    `officials` are the rows of `read_officials` of whoever asks; without them nobody is named. Not
    `named`, the lines leave out who is responsible, as on a projector.
    """
    lang = lang or default_language()
    setup, month = evidence.setup, evidence.built.month
    if place not in evidence.levels:
        raise StoreError("workspace.no_place", place=place, month=month)
    key = indicator or evidence.worst(place)
    shown = evidence.indicators[key]
    rules = _rules(evidence, place, shown, lang)
    change, decimals = change_of(evidence, place, shown), indicator_decimals(evidence.cube, shown)
    known = pd.DataFrame(columns=list(OFFICIAL)) if officials is None else officials
    responsible = responsible_for(known, place, lang)
    name = plain_text(evidence.name(place), _LONGEST)
    due, due_else = _due(setup, rules, shown, lang)
    who, who_else = _who(responsible, lang) if named else ("", "")
    lines = (
        _figure(evidence, (place, name), shown, lang),
        moved_text(change, shown, lang, decimals=decimals),
        _reason(evidence, place, shown, lang) or _unfound(evidence, place, shown, lang),
        due,
        who,
    )
    return Why(
        place,
        key,
        tuple(filter(None, lines)),
        split_text(change, shown, lang, decimals=decimals),
        tuple(filter(None, (due_else, who_else))),
        rules,
        change,
        responsible,
        bool(shown.own_rules),
        lang,
        tuple(
            (setup.rules[str(rule)].title[lang], int(number))
            for rule, number in _holding(evidence, place, shown).items()
        ),
    )


def _figure(evidence: Evidence, named: tuple[str, str], shown: Indicator, lang: str) -> str:
    """Return the figure of a place, what it is made of, and its rank."""
    (place, name), month = named, evidence.built.month
    level = evidence.levels[place]
    ranks = evidence.ranks(shown, level)

    def number(column: str) -> float:
        cell: Any = ranks.at[place, column]
        return float(cell)

    value = number("value")
    if pd.isna(value):
        state = evidence.cube.states(shown.key, month, level)[place]
        key = "not_applicable" if state == "not_applicable" else "no_data"
        return text(f"workspace.why_{key}", lang, place=name, title=shown.title[lang])
    given = {"place": name, "month": period_text(month, lang), "title": shown.title[lang]}
    made_of = parts_text(number("numerator"), number("denominator"), shown, lang)
    decimals = indicator_decimals(evidence.cube, shown)
    figure = figure_text(value, shown, decimals=decimals, lang=lang)
    said = text("workspace.why_value", lang, value=figure + made_of, **given)
    known = int(ranks["rank"].notna().sum())
    rank: Any = ranks.at[place, "rank"]
    if shown.worse == "none" or known < 2 or pd.isna(rank):
        return said
    return said + text(f"workspace.why_rank_{level}", lang, rank=rank, places=known)


def _rules(evidence: Evidence, place: str, indicator: Indicator, lang: str) -> pd.DataFrame:
    """Return the rules broken in a place with counts and their change, its own first."""
    setup, month = evidence.setup, evidence.built.month
    now, earlier = evidence.counted(place), evidence.counted_before(place)
    now["change"] = (now["yes"] - earlier.reindex(now.index)).astype("Float64")
    now = now[now["yes"] > 0]
    order = {"high": 0, "medium": 1, "low": 2}
    chosen = [setup.rules[key] for key in now.index]
    now.insert(0, "title", [rule.title[lang] for rule in chosen])
    now.insert(1, "severity", [rule.severity for rule in chosen])
    now.insert(2, "own", [rule.key in indicator.own_rules for rule in chosen])
    now["order"] = [order[rule.severity] for rule in chosen]
    now["found"] = _of_each(chosen, now["yes"], lang)
    now["not_known"] = _of_each(chosen, now["unknown"], lang)
    now["document"] = [rule.document[lang] for rule in chosen]
    now["limits"] = [_limits(setup, rule, place, month, lang) for rule in chosen]
    ranked = now.rename_axis("rule").reset_index()
    by = {"own": False, "order": True, "yes": False, "rule": True}
    ranked = ranked.sort_values(list(by), ascending=list(by.values()))
    return ranked.drop(columns="order").reset_index(drop=True)


def _of_each(rules: Sequence[Rule], numbers: pd.Series, lang: str) -> list[str]:
    """Return each number of what a rule judges with its own unit."""
    return [
        f"{number:,.0f} {rule.about.counted(number, lang)}"
        for rule, number in zip(rules, numbers, strict=True)
    ]


def _limits(setup: Setup, rule: Rule, place: str, month: str, lang: str) -> str:
    """Return the policy values that a rule compares with, or why there is none."""
    told = []
    for key in rule.parameters:
        lookup = setup.policy.at(key, place, last_day(month))
        if isinstance(lookup.value, bool):
            continue  # it switches a rule, and is no limit
        if lookup.value is None and f"{key}.default" in rule.parameters:
            continue  # what holds instead is said
        missing = lookup.value is None
        value = lookup.reason(lang) if missing else _plain(lookup.value)
        unit = "" if missing else f" {lookup.parameter.unit.text(lang)}".rstrip()
        title = lookup.parameter.title[lang]
        told.append(text("workspace.why_limit", lang, title=title, value=value + unit))
    return parted(told, lang)


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)


def _counted(setup: Setup, rules: pd.DataFrame, lang: str) -> list[str]:
    """Return each rule with how many households, tasks or works break it."""
    return [
        text(f"workspace.why_{setup.rules[key].subject}", lang, title=title, count=f"{count:,}")
        for key, title, count in rules[["rule", "title", "yes"]].to_numpy()
    ]


def _due(setup: Setup, rules: pd.DataFrame, indicator: Indicator, lang: str) -> tuple[str, str]:
    """Return what has a date to be met, by the rules that the theme of the indicator names as due:
    first that of those whom it counts, and the others. What is due by another theme is not why.
    """
    named = {key for theme in setup.themes if theme.key == indicator.theme for key in theme.due}
    due = rules[rules["rule"].isin(named)]
    other = due["rule"].map(lambda key: setup.rules[key].subject != indicator.lists).astype(bool)
    told = _counted(setup, pd.concat([due[~other], due[other]]), lang)
    return _first(told, "due", "rules", lang)


def _first(told: list[str], key: str, name: str, lang: str) -> tuple[str, str]:
    """Return the sentence about the first and the one about the others; empty without any."""
    joined = listed(told[1:], lang)
    first = text(f"workspace.why_{key}", lang, **{name: told[0]}) if told else ""
    return first, text(f"workspace.why_{key}_else", lang, **{name: joined}) if joined else ""


def _reason(evidence: Evidence, place: str, indicator: Indicator, lang: str) -> str:
    """Return for how many of those whom a figure counts the rule holds that holds for most of them.

    Empty where it holds for less than the stated share of them.
    """
    holds, setup = _shared(evidence, place, indicator), evidence.setup
    counted = _numerator(evidence, place, indicator)
    key = "why.least_share"
    least = setup.policy.at(key, place, last_day(evidence.built.month)).value
    if holds.empty or not isinstance(least, (int, float)) or holds.iloc[0] * 100 < least * counted:
        return ""
    rule, number = setup.rules[str(holds.index[0])], int(holds.iloc[0])
    return text(
        "workspace.why_cause",
        lang,
        base=f"{counted:,.0f}",
        counted=rule.about.counted(counted, lang),
        part=f"{number:,}",
        of_them=rule.about.counted(number, lang),
        title=rule.title[lang],
    )


def _holding(evidence: Evidence, place: str, indicator: Indicator) -> pd.Series:
    """Return as `_shared` what holds for those counted: what explains it, else what its theme finds of them."""
    explained = _shared(evidence, place, indicator)
    return _shared(evidence, place, indicator, besides=True) if explained.empty else explained


def _shared(
    evidence: Evidence, place: str, indicator: Indicator, *, besides: bool = False
) -> pd.Series:
    """Return for how many of those whom a figure counts each rule holds, most first.

    Rules that hold for all whom the figure counts are how they are counted, and left out. `besides`
    are the other findings of its theme, which do not say why they are counted.
    """
    nothing = pd.Series(dtype="int64")
    if not indicator.lists or indicator.worse == "low":
        return nothing
    if not _numerator(evidence, place, indicator) > 0:
        return nothing
    among, setup = evidence.found_among(place, indicator), evidence.setup
    top = evidence.cube.path(place)[0]
    # What holds for all who are counted in the county is how they are counted.
    whole, all_of_them = evidence.found_among(top, indicator), _numerator(evidence, top, indicator)
    known = [
        key
        for key in among.index
        if _may_explain(setup.rules.get(key), indicator, besides=besides)
        and whole[key] < all_of_them
    ]
    return among[known].sort_values(ascending=False, kind="stable")


def _numerator(evidence: Evidence, place: str, indicator: Indicator) -> float:
    cell: Any = evidence.ranks(indicator, evidence.levels[place]).at[place, "numerator"]
    return float(cell)


def _may_explain(rule: Rule | None, indicator: Indicator, *, besides: bool = False) -> bool:
    """Return whether a rule can say why somebody is counted, and is not what counts them."""
    if rule is None or rule.subject != indicator.lists or indicator.rules == (rule.key,):
        return False
    if indicator.own_rules and not besides:
        return rule.key in indicator.own_rules
    return rule.theme == indicator.theme and rule.kind == "finding"


def _unfound(evidence: Evidence, place: str, indicator: Indicator, lang: str) -> str:
    """Return that the rules of an indicator found nothing here, or that they could not answer."""
    if not indicator.own_rules:
        return ""
    told = evidence.counted(place)
    if (told["yes"].reindex(list(indicator.own_rules)) > 0).any():
        return ""
    setup, own = evidence.setup, [evidence.setup.rules[key] for key in indicator.own_rules]
    counted = told["unknown"].reindex(list(indicator.own_rules))
    unknown = int(counted.fillna(0).sum())
    if not unknown:
        return text("workspace.why_no_reason", lang)
    day = last_day(evidence.built.month)
    asked = [setup.policy.at(key, place, day) for rule in own for key in rule.parameters]
    unset = dict.fromkeys(one.parameter.title[lang] for one in asked if one.value is None)
    given = {"count": f"{unknown:,}", "unit": own[0].about.counted(unknown, lang)}
    if not unset:
        return text("workspace.why_unanswered", lang, **given)
    titles = listed(unset, lang)
    return text("workspace.why_unset", lang, titles=titles, **given)


def read_officials(reader: Reader, place: str) -> pd.DataFrame:
    """Return the officials of all places within a place, on record; columns OFFICIAL.

    Nobody where the actor may not read rows there.
    """
    asked = (("household_code", "missing", True),)
    return reader.rows(Request("responsibility", place, columns=OFFICIAL, filters=asked)).frame


def responsible_for(rows: pd.DataFrame, place: str, lang: str) -> pd.DataFrame:
    """Return the people who answer for the place itself, not for what lies in it.

    Columns role (in words of the language), name and unit.
    """
    own = rows[(rows["place_code"] == place) & rows["household_code"].isna()]
    if own.empty and codes.is_code(place[:6]):
        own = rows[rows["place_code"].str.rstrip("0") == place.rstrip("0")]
        own = own[own["household_code"].isna()]
    roles = enumeration("responsibility_role")
    said = own["role"].map(lambda role: roles.label(str(role), lang), na_action="ignore")
    return own[["role", "name", "unit"]].assign(role=said).reset_index(drop=True)


def _who(responsible: pd.DataFrame, lang: str) -> tuple[str, str]:
    """Return who answers for the place first, and who else does."""
    if responsible.empty:
        return text("workspace.why_nobody", lang), ""
    told = [
        f"{role} {plain_text(name, _LONGEST)}"
        for role, name in responsible[["role", "name"]].head(_NAMED).to_numpy()
    ]
    return _first(told, "who", "people", lang)


def _html(why: Why) -> str:
    """Return the sentence, the worst rules with their counts, and who is responsible."""
    shown = why.rules.head(display.MOST_RULES)
    severities = [text(f"rules.severity_{name}") for name in shown["severity"]]
    counts = ([display.number(one) for one in shown[name]] for name in ("yes", "unknown", "change"))
    rows = list(zip(shown["title"], severities, *counts, strict=True))
    people = [
        " ".join(str(one) for one in row if not pd.isna(one))
        for row in why.responsible[["role", "name", "unit"]].itertuples(index=False)
    ]
    said = display.paragraph(why.whole) + display.table(
        ("rule", "severity", "yes", "unknown", "change"), rows
    )
    return said + (
        display.paragraph(text("display.responsible", people="、".join(people))) if people else ""
    )
