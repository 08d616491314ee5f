"""Why a place is red: one sentence, the rules behind it, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from geodata import codes
from geodata.cartography.words import parts_text
from geodata.cube import Measure, explain_change
from geodata.errors import StoreError
from geodata.escaping import plain_text
from geodata.i18n import default_language, text
from geodata.periods import last_day
from geodata.rules import Rule
from geodata.workspace.display import why_html
from geodata.workspace.evidence import Evidence
from geodata.workspace.indicators import indicator_of, value_text
from geodata.workspace.inputs import Setup

_RULES_SHOWN = 3
# A name in a sentence is cut to this length.
_LONGEST = 60


@dataclass(frozen=True)
class Why:
    """The answer to "why is it red".

    `rules` has one row for each rule with findings in the place: rule, title, severity, yes,
    unknown, exempt, change (of yes since the month before), document and limits (each policy value
    it compares with, in words), worst first. `change` are the parts of the indicator's change. `responsible` lists the people who answer for the place.
    """

    place: str
    indicator: str
    sentence: str
    rules: pd.DataFrame = field(repr=False)
    change: dict[str, float] = field(repr=False)
    responsible: pd.DataFrame = field(repr=False)

    def _repr_html_(self) -> str:
        return why_html(self)


def explain_place(
    evidence: Evidence,
    place: str,
    *,
    indicator: str | None = None,
    lang: str | None = None,
    named: bool = True,
) -> Why:
    """Return why a place stands out in one indicator, by default the one it ranks worst in.

    Not `named`, the sentence leaves out who is responsible, as on a projector.
    """
    lang = lang or default_language()
    setup, month = evidence.setup, evidence.built.month
    if place not in evidence.levels:
        raise StoreError("workspace.no_place", place=place, month=month)
    key = indicator or evidence.worst(place)
    measure = evidence.measures[key]
    rules = _rules(evidence, place, lang)
    change = _change(evidence, place, measure)
    responsible = responsible_for(evidence.responsible(place), place)
    name = plain_text(evidence.name(place), _LONGEST)
    told = [
        _sentence(evidence, (place, name), measure, lang) + _moved(change, measure, lang),
        _broken(setup, rules, measure.theme, lang),
        _due(setup, rules, lang),
    ]
    if named:
        told.append(_who(responsible, lang))
    stop = {"zh": "。", "en": ". "}[lang]
    sentence = (stop.join(part for part in told if part) + stop).strip()
    return Why(place, key, sentence, rules, change, responsible)


def _sentence(evidence: Evidence, named: tuple[str, str], measure: Measure, lang: str) -> str:
    (place, name), month = named, evidence.built.month
    level = evidence.levels[place]
    ranks = evidence.ranks(measure, level)
    value = float(ranks.at[place, "value"])
    if pd.isna(value):
        return text("workspace.why_no_data", lang, place=name, title=measure.title[lang])
    given = {"place": name, "month": _month(month, lang), "title": measure.title[lang]}
    shown = indicator_of(measure, evidence.setup.themes)
    parts = (float(ranks.at[place, part]) for part in ("numerator", "denominator"))
    given["value"] = (
        value_text(value, measure) + measure.unit[lang] + parts_text(*parts, shown, lang)
    )
    said = text("workspace.why_value", lang, **given)
    known = int(ranks["rank"].notna().sum())
    if measure.worse == "none" or known < 2:
        return said
    ranked = {"rank": int(ranks.at[place, "rank"]), "places": known}
    return said + text(f"workspace.why_rank_{level}", lang, **ranked)


def _month(month: str, lang: str) -> str:
    return text("workspace.month", lang, year=month[:4], month=int(month[5:]))


def _is_none(moved: float, measure: Measure) -> bool:
    """Return whether a change would be written as zero."""
    return value_text(abs(moved), measure) == value_text(0.0, measure)


def _rules(evidence: Evidence, place: str, lang: str) -> pd.DataFrame:
    """Return the rules broken in a place with counts and their change, worst first."""
    setup, month = evidence.setup, evidence.built.month
    now, earlier = evidence.counted(place), evidence.counted_before(place)
    now["change"] = (now["yes"] - earlier.reindex(now.index)).astype("Float64")
    now = now[now["yes"] > 0]
    order = {"high": 0, "medium": 1, "low": 2}
    chosen = [setup.rules[key] for key in now.index]
    now.insert(0, "title", [rule.title[lang] for rule in chosen])
    now.insert(1, "severity", [rule.severity for rule in chosen])
    now["order"] = [order[rule.severity] for rule in chosen]
    now["document"] = [rule.document[lang] for rule in chosen]
    now["limits"] = [_limits(setup, rule, place, month, lang) for rule in chosen]
    ranked = now.rename_axis("rule").reset_index()
    ranked = ranked.sort_values(["order", "yes", "rule"], ascending=[True, False, True])
    return ranked.drop(columns="order").reset_index(drop=True)


def _limits(setup: Setup, rule: Rule, place: str, month: str, lang: str) -> str:
    """Return the policy values that a rule compares with, or why there is none."""
    told = []
    for key in rule.parameters:
        found = setup.policy.at(key, place, last_day(month))
        if isinstance(found.value, bool):
            continue  # it switches a rule, and is no limit
        missing = found.value is None
        value = found.reason(lang) if missing else _plain(found.value)
        unit = "" if missing else f" {found.parameter.unit[lang]}"
        title = found.parameter.title[lang]
        told.append(text("workspace.why_limit", lang, title=title, value=value + unit))
    return {"zh": "；", "en": "; "}[lang].join(told)


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)


def _due(setup: Setup, rules: pd.DataFrame, lang: str) -> str:
    """Return what has a date to be met in the place, by the rules that the themes name as due."""
    named = {key for theme in setup.themes for key in theme.due}
    found = rules[rules["rule"].isin(named)]
    told = [
        text(f"workspace.why_{setup.rules[key].subject}", lang, title=title, count=f"{count:,}")
        for key, title, count in found[["rule", "title", "yes"]].to_numpy()
    ]
    joined = {"zh": "、", "en": ", "}[lang].join(told)
    return text("workspace.why_due", lang, rules=joined) if told else ""


def _change(evidence: Evidence, place: str, measure: Measure) -> dict[str, float]:
    figures = evidence.figures(place)
    if figures is None:
        return {}
    before, after, old = figures
    villages = [pd.Index(frame["place"].unique()) for frame in (before, after)]
    return explain_change(
        before,
        after,
        measure,
        after_by_old_rules=old,
        villages_before=villages[0],
        villages_after=villages[1],
    )


def _moved(change: dict[str, float], measure: Measure, lang: str) -> str:
    """Return how much it moved since the month before and why, largest part first."""
    if not change or pd.isna(change["before"]) or pd.isna(change["after"]):
        return ""
    moved = change["after"] - change["before"]
    if _is_none(moved, measure):
        return text("workspace.why_same", lang)
    points = measure.unit["zh"] == "%"
    unit = text("workspace.points", lang) if points else measure.unit[lang]
    way = "up" if moved > 0 else "down"
    parts = {name: change[name] for name in ("value", "rule", "feed", "boundary")}
    parts = {n: v for n, v in parts.items() if pd.notna(v) and not _is_none(v, measure)}
    words = ""
    if set(parts) != {"value"} and parts:
        told = [
            text(
                f"workspace.why_part_{name}",
                lang,
                value=("+" if part > 0 else "-") + value_text(abs(part), measure),
            )
            for name, part in sorted(parts.items(), key=lambda item: -abs(item[1]))
        ]
        words = text("workspace.why_parts", lang, parts={"zh": "、", "en": ", "}[lang].join(told))
    return (
        text(f"workspace.why_{way}", lang, value=value_text(abs(moved), measure), unit=unit) + words
    )


def _broken(setup: Setup, rules: pd.DataFrame, theme: str, lang: str) -> str:
    if rules.empty:
        return ""
    own = rules["rule"].map(lambda key: setup.rules[key].theme == theme)
    shown = (rules[own] if own.any() else rules).head(_RULES_SHOWN)
    told = [
        text(f"workspace.why_{setup.rules[key].subject}", lang, title=title, count=f"{count:,}")
        for key, title, count in shown[["rule", "title", "yes"]].to_numpy()
    ]
    return text("workspace.why_rules", lang, rules={"zh": "、", "en": ", "}[lang].join(told))


def responsible_for(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return the people who answer for the place itself, not for what lies in it."""
    own = rows[(rows["place_code"] == place) & rows["household_code"].isna()]
    if own.empty and codes.is_code(place[:6]):
        own = rows[rows["place_code"].str.rstrip("0") == place.rstrip("0")]
        own = own[own["household_code"].isna()]
    return own[["role", "name", "unit"]].reset_index(drop=True)


def _who(responsible: pd.DataFrame, lang: str) -> str:
    if responsible.empty:
        return text("workspace.why_nobody", lang)
    told = [
        f"{role} {plain_text(name, _LONGEST)}"
        for role, name in responsible[["role", "name"]].head(2).to_numpy()
    ]
    return text("workspace.why_who", lang, people={"zh": "、", "en": ", "}[lang].join(told))
