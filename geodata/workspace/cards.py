"""The card of one household: who it is, its accounts, and what every rule says about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pandas as pd
from sqlglot import exp

from geodata.access import Guard, MonthSource, Reader, Request, Rows
from geodata.access.masking import HIDDEN
from geodata.errors import StoreError
from geodata.i18n import default_language, listed, text
from geodata.periods import last_day
from geodata.rules import Binding, Rule, reasons
from geodata.rules.binding import parse
from geodata.rules.compile import features_table
from geodata.rules.dry_run import ENGINE_ERRORS
from geodata.rules.exemption import held_on
from geodata.rules.one_row import answer_row
from geodata.tables import Table
from geodata.themes import Theme
from geodata.themes.base import CardSection
from geodata.workspace import display
from geodata.workspace.answerable import answerable, unanswered_in, unknown_rule
from geodata.workspace.household_list import HOUSEHOLD_LIST
from geodata.workspace.income_account import IncomeAccount, four_records, income_account
from geodata.workspace.inputs import Setup
from geodata.workspace.life_line import (
    FINDINGS_BY_MONTH,
    INCOME_BY_MONTH,
    LifeLine,
    LifeRows,
    broken_since,
    life_line,
)
from geodata.workspace.month_tables import month_source
from geodata.workspace.saved import Built
from geodata.workspace.surroundings import Surrounding, measures_fit, surrounding_of

# Those that the county's tables do not know are left out.
_TABLES = ("household", "person", "ledger", "visit", "measure", "responsibility")
_WORDS = {0: "no", 1: "yes", 2: "unknown", 3: "exempt"}


@dataclass(frozen=True)
class ShownSection:
    """One section of a card: a theme's title, features (label, value, unit) and its findings."""

    theme: str
    title: str
    features: pd.DataFrame = field(repr=False)
    findings: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class CardRows:
    """Rows of one table about a household, and which of its columns a card shows."""

    title: str
    table: Table
    columns: tuple[str, ...]
    frame: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Card:
    """All that is known about one household at the end of a month.

    `findings` has one row for each rule that judges it and whose data the actor may see: rule,
    title, severity, answer, reason, document, remedy, responsible; the reason of an unknown answer
    says what is missing, `since` of a broken rule the month from which it was broken without a
    break. `life` are the last 24 months. `account`
    and `records` are of geodata.workspace.income_account; `fits` and `surroundings` of
    geodata.workspace.surroundings. `more` are rows about the household of the tables that themes
    put on its card.
    """

    household: str
    month: str
    record: pd.Series = field(repr=False)
    members: pd.DataFrame = field(repr=False)
    accounts: pd.DataFrame = field(repr=False)
    visits: pd.DataFrame = field(repr=False)
    measures: pd.DataFrame = field(repr=False)
    findings: pd.DataFrame = field(repr=False)
    sections: tuple[ShownSection, ...] = field(repr=False)
    account: IncomeAccount = field(repr=False)
    records: pd.DataFrame = field(repr=False)
    fits: pd.DataFrame = field(repr=False)
    surroundings: tuple[Surrounding, ...] = field(repr=False)
    responsible: pd.DataFrame = field(repr=False)
    more: tuple[CardRows, ...] = field(repr=False)
    life: LifeLine = field(repr=False)

    @property
    def broken(self) -> pd.DataFrame:
        """Return the findings that are answered yes, worst first."""
        order = {"high": 0, "medium": 1, "low": 2}
        rows = self.findings[self.findings["answer"] == "yes"]
        return rows.sort_values("severity", key=lambda names: names.map(order), kind="stable")

    def _repr_html_(self) -> str:
        return _html(self)


def village_of(reader: Reader, household: str, *, place: str = "", month: str) -> str:
    """Return the village of a household within a place, on record.

    Raises StoreError when it is not there or out of the actor's reach.
    """
    asked = Request(HOUSEHOLD_LIST, place, household, columns=("household_code",))
    rows = reader.rows(asked).frame
    if rows.empty:
        raise StoreError("workspace.no_household", household=household, month=month)
    return str(rows["place_code"].iloc[0])


def household_card(
    setup: Setup,
    built: Built,
    household: str,
    *,
    reader: Reader,
    guard: Guard,
    place: str,
    lang: str | None = None,
    leaving: bool = False,
) -> Card:
    """Return the card of a household of a village as an actor may see it, on record.

    It is in full while the actor has opened the household for a reason, but never as it is
    `leaving` in a file. Raises StoreError when the household is not there.
    """
    lang, source = lang or default_language(), month_source(setup, built)
    setup = answerable(setup, unanswered_in(built))
    read, now = _tables(setup, built, source), guard.trail.clock()
    frames = reader.card(read, household=household, place=place, now=now, leaving=leaving)

    def rows(table: str) -> pd.DataFrame:
        return frames[table].frame

    first = _record(rows("household"), household, built.month)
    village = str(first["place_code"])
    judging = [theme.key for theme in setup.themes if _judges(theme, built)]
    features = {key: _readable(frames[f"{key}_household"]) for key in judging}
    closed = frozenset(name for key in features for name in frames[f"{key}_household"].masked)
    findings = _findings(setup, built, village, features, lang, closed)
    income, ledger = rows(INCOME_BY_MONTH), rows("ledger")
    findings = _dated(setup, findings, rows(FINDINGS_BY_MONTH), income, built.month)
    members, visits, measures = (rows(name) for name in ("person", "visit", "measure"))
    accounts = _by_month(ledger)
    persons = _persons(setup, features)
    account = income_account(first, accounts, built.month, persons=persons, lang=lang)
    life = LifeRows(first, income, ledger, measures, visits)
    return Card(
        household,
        built.month,
        first,
        members,
        accounts,
        visits,
        measures,
        findings,
        _sections(setup, features, findings, lang, closed),
        account,
        four_records(first, account, members, visits, lang=lang),
        _fits(setup, features, measures, built.month, lang),
        _surroundings(setup, first, source, lang),
        rows("responsibility"),
        tuple(_more(setup, rows, lang)),
        life_line(setup, built.month, village, life),
    )


def _record(record: pd.DataFrame, household: str, month: str) -> pd.Series:
    if record.empty:
        raise StoreError("workspace.no_household", household=household, month=month)
    return record.iloc[0]


def _dated(
    setup: Setup, findings: pd.DataFrame, before: pd.DataFrame, income: pd.DataFrame, month: str
) -> pd.DataFrame:
    """Return findings with the month since when each has held, empty where it does not."""
    told = setup.registry.told("income_per_person")
    by_income = {
        key
        for key, rule in setup.rules.items()
        if told is not None and told.feature in _features_of(rule)
    }
    since = [
        broken_since(before, income, rule, month, by_income=rule in by_income)
        if answer == "yes"
        else ""
        for rule, answer in zip(findings["rule"], findings["answer"], strict=True)
    ]
    return findings.assign(since=since)


def _tables(setup: Setup, built: Built, source: MonthSource) -> list[str]:
    """Return what a card reads; a month built before a theme was added has no features of it."""
    sets = [f"{theme.key}_household" for theme in setup.themes if _judges(theme, built)]
    own = [one.table for theme in setup.themes for one in theme.card if one.table]
    months = (INCOME_BY_MONTH, FINDINGS_BY_MONTH)
    return [name for name in (*_TABLES, *own, *sets, *months) if name in source.privacy]


def _persons(setup: Setup, features: Mapping[str, pd.DataFrame]) -> float:
    """Return how many persons a household has, as the theme that knows it says; else NaN."""
    told = setup.registry.told("persons")
    return (
        float("nan")
        if told is None
        else _number(_first(features.get(told.theme)).get(told.feature))
    )


def _surroundings(
    setup: Setup, record: pd.Series, source: MonthSource, lang: str
) -> tuple[Surrounding, ...]:
    """Return what a household lives by, in order; nothing of it is about a person."""
    chains = [chain for theme in setup.themes for chain in theme.households.surroundings]
    return tuple(
        surrounding_of(source, record, chain, lang)
        for chain in sorted(chains, key=lambda chain: chain.order)
    )


def _more(setup: Setup, rows: Callable[[str], pd.DataFrame], lang: str) -> Iterator[CardRows]:
    """Give the rows about a household of the tables that themes put on its card."""
    for theme in setup.themes:
        for section in theme.card:
            if section.table:
                table = setup.tables[section.table]
                yield CardRows(section.title[lang], table, section.columns, rows(table.name))


def _fits(
    setup: Setup,
    features: Mapping[str, pd.DataFrame],
    measures: pd.DataFrame,
    month: str,
    lang: str,
) -> pd.DataFrame:
    """Return whether the help that a household has answers its risks, as themes say it."""
    parts = [
        measures_fit(_first(features.get(theme.key)), theme.households.fits, measures, month, lang)
        for theme in setup.themes
    ]
    return pd.concat(parts, ignore_index=True)


def _first(rows: pd.DataFrame | None) -> pd.Series:
    """Return the first row, an empty one when there is none."""
    return pd.Series(dtype="object") if rows is None or rows.empty else rows.iloc[0]


def _sections(
    setup: Setup,
    features: Mapping[str, pd.DataFrame],
    findings: pd.DataFrame,
    lang: str,
    closed: frozenset[str],
) -> tuple[ShownSection, ...]:
    return tuple(
        _section(theme, features[theme.key], findings, section, lang, closed)
        for theme in setup.themes
        if theme.key in features and len(features[theme.key])
        for section in theme.card
        if not section.table
    )


def _by_month(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return amounts in yuan: a row for each month, a column for each item."""
    summed = ledger.pivot_table(index="month", columns="item", values="amount", aggfunc="sum")
    return summed / 100


def _number(value: float | None) -> float:
    return float("nan") if value is None or pd.isna(value) else float(value)


def _readable(rows: Rows) -> pd.DataFrame:
    """Return features with what is masked as unknown, which SQL can read."""
    return rows.frame.assign(**dict.fromkeys(rows.masked))


def _judges(theme: Theme, built: Built) -> bool:
    """Return whether a theme judges households, and did when the month was built."""
    name = f"{theme.key}_household"
    known = {feature_set.name for feature_set in theme.feature_sets}
    return name in known and bool(built.files(name))


def _findings(
    setup: Setup,
    built: Built,
    village: str,
    features: Mapping[str, pd.DataFrame],
    lang: str,
    closed: frozenset[str],
) -> pd.DataFrame:
    """Return what each rule answers about the household, with its sentence.

    A rule that reads a feature which is `closed` to the actor is not answered.
    """
    day = last_day(built.month)
    values = setup.policy.comparable(setup.keys, village, day)
    texts = setup.policy.texts(setup.keys)
    binding = Binding(built.month, values, exempt=held_on(setup.exemptions, day), texts=texts)
    failed = {one.name: one.fault(built.month).error for one in unanswered_in(built)}
    parts = []
    for theme in setup.themes:
        row = features.get(theme.key)
        rules = [r for r in theme.rules if r.subject == "household" and r.holds_on(day)]
        rules = [rule for rule in rules if not rule.features & closed]
        if row is None or row.empty or not rules:
            continue
        _check_built(theme, row, built.month)
        answers = _answers(built, rules, binding, row)
        words = theme.words(lang)
        answers["reason"] = reasons(
            answers, theme.rules_by_key, built.month, words=words, lang=lang
        )
        unknown = answers["answer"] == "unknown"
        asked = (village, built.month, lang)
        answers.loc[unknown, "reason"] = [
            failed[key].sentence(lang)
            if key in failed
            else _unknown(setup, theme, theme.rules_by_key[key], row.iloc[0], asked)
            for key in answers.loc[unknown, "rule"]
        ]
        answers.loc[answers["answer"] == "no", "reason"] = ""
        parts.append(answers.assign(theme=theme.key))
    return _described(pd.concat(parts, ignore_index=True), setup.rules, lang)


def _check_built(theme: Theme, row: pd.DataFrame, month: str) -> None:
    """Raise StoreError for features of an older version, which lack what the rules name."""
    name = f"{theme.key}_household"
    wanted = next(one.columns for one in theme.feature_sets if one.name == name)
    if not set(wanted) <= set(row.columns):
        raise StoreError("workspace.old_build", month=month)


def _answers(
    built: Built, rules: Sequence[Rule], binding: Binding, row: pd.DataFrame
) -> pd.DataFrame:
    """Return value, threshold, detail and answer of each rule that judges a row of features."""
    file = built.files(features_table(rules[0]))[0]
    ask = partial(answer_row, binding=binding, row=row.head(1), file=file, digest=built.digest)
    try:
        wide = ask(rules)
    except ENGINE_ERRORS:
        # A value is worked out only for who breaks the rule, so that a build may not meet the row.
        wide = dict(each for rule in rules for each in _alone(ask, rule).items())
    names = ("value", "threshold", "detail", "answer")
    told = [[wide[f"{name}__{rule.key}"] for name in names] for rule in rules]
    answers = pd.DataFrame(told, columns=list(names))
    answers.insert(0, "rule", [rule.key for rule in rules])
    for name in ("value", "threshold"):
        answers[name] = pd.to_numeric(answers[name])
    answers = answers[answers["answer"].notna()].copy()
    answers["answer"] = answers["answer"].astype(int).map(_WORDS)
    return answers


def _alone(
    ask: Callable[[Sequence[Rule]], Mapping[str, object]], rule: Rule
) -> Mapping[str, object]:
    """Return what one rule answers; unknown where an engine cannot run it over the row."""
    try:
        return ask([rule])
    except ENGINE_ERRORS:
        return ask([unknown_rule(rule)])


def _described(findings: pd.DataFrame, rules: Mapping[str, Rule], lang: str) -> pd.DataFrame:
    chosen = [rules[key] for key in findings["rule"]]
    return findings.assign(
        title=[rule.title[lang] for rule in chosen],
        severity=[rule.severity for rule in chosen],
        document=[rule.document[lang] for rule in chosen],
        remedy=[rule.remedy[lang] for rule in chosen],
        responsible=[rule.office[lang] for rule in chosen],
    )


def _unknown(
    setup: Setup, theme: Theme, rule: Rule, row: pd.Series, context: tuple[str, str, str]
) -> str:
    """Return why a rule cannot be answered: a parameter that is not usable, else missing features."""
    village, month, lang = context
    day = last_day(month)
    for key in rule.parameters:
        lookup = setup.policy.at(key, village, day)
        if lookup.comparable is None:
            values = {"reason": lookup.reason(lang), "advice": lookup.advice(lang)}
            return text("rules.unknown_parameter", lang, **values)
    named = {name for name in _features_of(rule) if name in row.index and pd.isna(row[name])}
    labels = [theme.features[name].title[lang] for name in sorted(named) if name in theme.features]
    joined = listed(labels, lang) or "-"
    return text("rules.unknown_data", lang, features=joined)


def _features_of(rule: Rule) -> set[str]:
    """Return the features that a rule is answered by."""
    return {
        column.name for sql in (rule.scope, rule.when) for column in parse(sql).find_all(exp.Column)
    }


def _section(
    theme: Theme,
    row: pd.DataFrame,
    findings: pd.DataFrame,
    section: CardSection,
    lang: str,
    closed: frozenset[str],
) -> ShownSection:
    values: list[tuple[str, object, str]] = []
    for name in section.features:
        feature = theme.features[name]
        value = row[name].iloc[0]
        choices = theme.choices_of(name)
        if name in closed:
            values.append((feature.title[lang], HIDDEN, ""))
            continue
        if feature.unit == "yuan" and pd.notna(value):
            value = value / 100
        elif choices is not None and pd.notna(value):
            kept = (one for one in str(value).split(",") if one)
            value = ",".join(
                theme.labels[one][lang] if one in theme.labels else choices.label(one, lang)
                for one in kept
            )
        values.append((feature.title[lang], None if pd.isna(value) else value, feature.unit))
    shown = findings[findings["rule"].isin(section.rules)]
    columns = ["label", "value", "unit"]
    return ShownSection(
        theme.key, section.title[lang], pd.DataFrame(values, columns=columns), shown
    )


def _html(card: Card) -> str:
    """Return the findings of a household by its code; no name, no number of a person."""
    title = text("display.card", household=card.household, month=card.month)
    columns = ["title", "reason", "document", "remedy", "responsible"]
    rows = list(card.broken[columns].itertuples(index=False, name=None))
    unknown = int((card.findings["answer"] == "unknown").sum())
    counts = text("display.findings", yes=len(rows), unknown=unknown, all=len(card.findings))
    heads = ("rule", "reason", "document", "remedy", "who")
    return display.heading(title) + display.paragraph(counts) + display.table(heads, rows)
