"""Why an indicator has no figure anywhere: what was not reported, and what is not set."""

from __future__ import annotations

from sqlglot import exp

from geodata.figures import Indicator
from geodata.i18n import listed, parted, text
from geodata.periods import last_day
from geodata.rules.binding import parse
from geodata.rules.feature import in_order
from geodata.themes import Theme
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built

_SHOWN = 6


def absence_text(setup: Setup, built: Built, indicator: Indicator, lang: str) -> str:
    """Return why an indicator has no figure in a month; empty where the reason is not known.

    It says that none of its rules is applied in the month, else which features nobody has a value
    of, which tables of the month have no row, and which parameters are not set, else that nobody
    is in its scope, or that of all in it something that it needs is unknown.
    """
    theme = next(one for one in setup.themes if one.key == indicator.theme)
    if not theme.counts_on(indicator, last_day(built.month)):
        rules = [theme.rules_by_key[key] for key in indicator.rules]
        ruled = [rule.title[lang] for rule in rules]
        since = min((str(rule.since) for rule in rules if rule.since), default="—")
        return text("workspace.absent_rules", lang, names=listed(ruled[:_SHOWN], lang), day=since)
    empty = set(built.unknown_columns(indicator.table)) & _features(setup, indicator)
    titles = {
        "features": [
            theme.features[name].title[lang] for name in sorted(empty & set(theme.features))
        ],
        "tables": [setup.tables[name].title[lang] for name in _unreported(setup, built, indicator)],
        "parameters": _unset(setup, built, indicator, lang),
    }
    told = [
        text(f"workspace.absent_{kind}", lang, names=listed(names[:_SHOWN], lang))
        for kind, names in titles.items()
        if names
    ]
    if not told:
        figures = built.frame("figures")
        own = figures[figures["indicator"] == indicator.key]
        if own.empty:
            told = [text("workspace.absent_subjects", lang)]
        elif own["denominator"].isna().all():
            # Without a number: it may be one that is too small to leave.
            told = [_unjudged(theme, indicator, lang)]
    return parted(told, lang)


def _unjudged(theme: Theme, indicator: Indicator, lang: str) -> str:
    """Return that an indicator cannot be judged yet, or that what it needs is unknown of all."""
    if not indicator.known:
        return text("workspace.absent_values", lang)
    named = parse(f"SELECT {indicator.known}").find_all(exp.Column)
    titles = [theme.features[one.name].title[lang] for one in named]
    return text("workspace.absent_yet", lang, names=listed(titles, lang))


def _features(setup: Setup, indicator: Indicator) -> set[str]:
    """Return the names that the SQL of an indicator and of its rules mentions."""
    rules = [setup.rules[key] for key in indicator.own_rules]
    told = [indicator.numerator, indicator.denominator, indicator.scope, indicator.known]
    told += [part for rule in rules for part in (rule.scope, rule.when)]
    return {
        column.name
        for sql in filter(None, told)
        for column in parse(f"SELECT {sql}").find_all(exp.Column)
    }


def _unreported(setup: Setup, built: Built, indicator: Indicator) -> list[str]:
    """Return the tables behind an indicator that have no row in the month, in order."""
    behind = in_order(setup.sets, [indicator.table])
    read = {name for one in behind for name in one.reads}
    rows = setup.store.manifest(setup.store.snapshot_of(built.month)).rows()
    return [name for name in setup.tables if name in read and not rows.get(name)]


def _unset(setup: Setup, built: Built, indicator: Indicator, lang: str) -> list[str]:
    day, county = last_day(built.month), setup.config.county.code
    keys = dict.fromkeys(
        key for rule in indicator.own_rules for key in setup.rules[rule].parameters
    )
    asked = [setup.policy.at(key, county, day) for key in keys]
    return [one.parameter.title[lang] for one in asked if one.value is None]
