"""Rules as SQL: one query for all findings of a month, one for the counts of a kind of subject.

An answer is 1 for yes, 0 for no, 2 for unknown; NULL where the rule does not judge the subject.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from geodata.errors import ThemeError
from geodata.rules.binding import Binding
from geodata.rules.rule import SUBJECTS, Rule

YES, NO, UNKNOWN = 1, 0, 2


def features_table(rule: Rule) -> str:
    """Return the name of the feature set that a rule reads."""
    return f"{rule.theme}_{rule.subject}"


def answer(rule: Rule, binding: Binding) -> exp.Expression:
    """Return the three-valued answer of a rule.

    A subject outside the scope is not judged; an unknown scope makes a broken rule unknown, while a
    rule that is kept is kept whether or not it applies.
    """
    scope, when = (exp.paren(binding.fill(sql)) for sql in (rule.scope, rule.when))
    return (
        exp.case()
        .when(exp.not_(scope), exp.cast(exp.Null(), "INT"))
        .when(exp.not_(when.copy()), exp.convert(NO))
        .when(exp.and_(scope.copy(), when.copy()), exp.convert(YES))
        .else_(exp.convert(UNKNOWN))
    )


def findings_query(rules: Sequence[Rule], binding: Binding) -> exp.Expression:
    """Return one SELECT of all broken rules: subject_kind, subject, place, rule, value ... .

    `value` and `threshold` are numbers (money in fen), `detail` is text.
    """
    return _one_query([_branch(rule, binding) for rule in rules])


def _one_query(selects: Sequence[exp.Select]) -> exp.Expression:
    if len(selects) == 1:
        return selects[0]
    return exp.union(*selects, distinct=False, copy=False)


def _branch(rule: Rule, binding: Binding) -> exp.Select:
    broken = exp.and_(*(exp.paren(binding.fill(sql)) for sql in (rule.scope, rule.when)))
    named = {
        "subject_kind": exp.Literal.string(rule.subject),
        "subject": exp.column(SUBJECTS[rule.subject]),
        "place": exp.column("place_code"),
        "rule": exp.Literal.string(rule.key),
        "value": exp.cast(binding.fill(rule.value), "DOUBLE"),
        "threshold": exp.cast(binding.fill(rule.threshold), "DOUBLE"),
        "detail": exp.cast(binding.fill(rule.detail), "TEXT"),
    }
    columns = [exp.alias_(expression, name) for name, expression in named.items()]
    return exp.select(*columns).from_(features_table(rule)).where(broken)


def counts_query(rules: Sequence[Rule], binding: Binding) -> exp.Select:
    """Return one SELECT by place with columns yes__KEY, no__KEY and unknown__KEY for each rule.

    All rules must read the same feature set. Raises ThemeError otherwise.
    """
    tables = {features_table(rule) for rule in rules}
    if len(tables) != 1:
        raise ThemeError("rules.fault_mixed", names=", ".join(sorted(tables)))
    answers = [exp.alias_(answer(rule, binding), rule.key) for rule in rules]
    inner = exp.select("place_code", *answers).from_(tables.pop()).subquery("answered")
    counts = [
        exp.alias_(_count(rule.key, code), f"{name}__{rule.key}")
        for rule in rules
        for name, code in (("yes", YES), ("no", NO), ("unknown", UNKNOWN))
    ]
    place = exp.alias_(exp.column("place_code"), "place")
    return exp.select(place, *counts).from_(inner).group_by("place_code")


def _count(key: str, code: int) -> exp.Expression:
    found = exp.case().when(exp.EQ(this=exp.column(key), expression=exp.convert(code)), "1")
    return exp.Count(this=found)


def answers_query(rules: Sequence[Rule], binding: Binding, *, subject: str) -> exp.Expression:
    """Return one SELECT with the answer of every rule about one subject: rule, answer, value ... ."""
    return _one_query([_single(rule, binding, subject) for rule in rules])


def _single(rule: Rule, binding: Binding, subject: str) -> exp.Select:
    key = exp.column(SUBJECTS[rule.subject])
    return case_query(rule, binding).where(exp.EQ(this=key, expression=exp.Literal.string(subject)))


def case_query(rule: Rule, binding: Binding) -> exp.Select:
    """Return one SELECT with the answer of one rule for every row of its feature set."""
    branch = _branch(rule, binding)
    branch.set("where", None)
    return branch.select(exp.alias_(answer(rule, binding), "answer"))
