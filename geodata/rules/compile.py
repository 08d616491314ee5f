"""Rules as SQL: one query for all findings of a month, one for the counts of a kind of subject.

An answer is 1 for yes, 0 for no, 2 for unknown, 3 for broken but exempt; NULL where the rule does
not judge the subject. Expressions are read and written by sqlglot, each once for a dialect.
"""

from __future__ import annotations

from collections.abc import Sequence

from geodata.errors import ThemeError
from geodata.rules.binding import Binding, literal
from geodata.rules.exemption import is_place
from geodata.rules.rule import Rule

YES, NO, UNKNOWN, EXEMPT = 1, 0, 2, 3
ANSWERS = {"yes": YES, "no": NO, "unknown": UNKNOWN, "exempt": EXEMPT}


def features_table(rule: Rule) -> str:
    """Return the name of the feature set that a rule reads."""
    return f"{rule.theme}_{rule.subject}"


def answer(rule: Rule, binding: Binding, dialect: str) -> str:
    """Return the three-valued answer of a rule as an expression.

    A subject outside the scope is not judged; an unknown scope makes a broken rule unknown, while a
    rule that is kept is kept whether or not it applies.
    """
    scope, when = (binding.sql(sql, dialect) for sql in (rule.scope, rule.when))
    exempt = _exempt(rule, binding)
    held = f" WHEN ({scope}) AND ({when}) AND ({exempt}) THEN {EXEMPT}" if exempt else ""
    return (
        f"CASE WHEN NOT ({scope}) THEN CAST(NULL AS INT) WHEN NOT ({when}) THEN {NO}{held}"
        f" WHEN ({scope}) AND ({when}) THEN {YES} ELSE {UNKNOWN} END"
    )


def _exempt(rule: Rule, binding: Binding) -> str:
    """Return whether a subject is exempt from a rule; empty when nobody is."""
    named = binding.exempt.get(rule.key, ())
    if not named:
        return ""
    listed = ", ".join(literal(name) for name in named)
    places = [f"place_code LIKE {literal(name + '%')}" for name in named if is_place(name)]
    return " OR ".join([f"{rule.about.key} IN ({listed})", *places])


def findings_query(rules: Sequence[Rule], binding: Binding, dialect: str) -> str:
    """Return one SELECT of all broken rules: subject_kind, subject, place, rule, value ... .

    `value` and `threshold` are numbers (money in fen), `detail` is text.
    """
    return "\nUNION ALL\n".join(
        f"SELECT {_columns(rule, binding, dialect)} FROM {features_table(rule)}"
        f" WHERE ({binding.sql(rule.scope, dialect)}) AND ({binding.sql(rule.when, dialect)})"
        for rule in rules
    )


def _columns(rule: Rule, binding: Binding, dialect: str) -> str:
    told = ", ".join(f"{sql} AS {name}" for name, sql in _told(rule, binding, dialect).items())
    return (
        f"'{rule.subject}' AS subject_kind, {rule.about.key} AS subject,"
        f" place_code AS place, '{rule.key}' AS rule, {told}"
    )


def _told(rule: Rule, binding: Binding, dialect: str) -> dict[str, str]:
    """Return what the sentence of a finding tells, as expressions."""
    value, threshold, detail = (
        binding.sql(sql, dialect) for sql in (rule.value, rule.threshold, rule.detail)
    )
    return {
        "value": f"CAST({value} AS DOUBLE)",
        "threshold": f"CAST({threshold} AS DOUBLE)",
        "detail": f"CAST({detail} AS STRING)",
    }


def counts_query(rules: Sequence[Rule], binding: Binding, dialect: str) -> str:
    """Return one SELECT by place with columns ANSWER__KEY for each rule and each of ANSWERS.

    All rules must read the same feature set. Raises ThemeError otherwise.
    """
    tables = {features_table(rule) for rule in rules}
    if len(tables) != 1:
        raise ThemeError("rules.fault_mixed", names=", ".join(sorted(tables)))
    answers = ", ".join(f"{answer(rule, binding, dialect)} AS {rule.key}" for rule in rules)
    counts = ", ".join(
        f"COUNT(CASE WHEN {rule.key} = {code} THEN 1 END) AS {name}__{rule.key}"
        for rule in rules
        for name, code in ANSWERS.items()
    )
    return (
        f"SELECT place_code AS place, {counts}"
        f" FROM (SELECT place_code, {answers} FROM {tables.pop()}) AS answered GROUP BY place_code"
    )


def answers_query(rules: Sequence[Rule], binding: Binding, dialect: str) -> str:
    """Return one SELECT with the answer of every rule for every row of its feature set."""
    return "\nUNION ALL\n".join(
        f"SELECT {_columns(rule, binding, dialect)}, {answer(rule, binding, dialect)} AS answer"
        f" FROM {features_table(rule)}"
        for rule in rules
    )


def wide_answers_query(rules: Sequence[Rule], binding: Binding, dialect: str) -> str:
    """Return one SELECT with columns COLUMN__KEY for value, threshold, detail, answer of each rule.

    For few rows it is planned much faster than one SELECT for each rule.
    """
    columns = [
        f"{sql} AS {name}__{rule.key}"
        for rule in rules
        for name, sql in (
            *_told(rule, binding, dialect).items(),
            ("answer", answer(rule, binding, dialect)),
        )
    ]
    return f"SELECT {', '.join(columns)} FROM {features_table(rules[0])}"
