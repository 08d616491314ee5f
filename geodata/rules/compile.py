"""Rules as SQL: one query for all findings of a month, one for the counts of a kind of subject.

An answer is 1 for yes, 0 for no, 2 for unknown, 3 for broken but exempt; NULL where the rule does
not judge the subject. Expressions are read and written by sqlglot, each once for a dialect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from sqlglot import exp

from geodata.errors import ThemeError
from geodata.rules.binding import Binding, literal
from geodata.rules.exemption import Exemption, is_place
from geodata.rules.rule import Rule
from geodata.store.engine import no_rows

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


def findings_query(
    rules: Sequence[Rule], binding: Binding, dialect: str, exemptions: Sequence[Exemption] = ()
) -> str:
    """Return one SELECT of all broken rules: subject_kind, subject, place, rule, value ... .

    `value` and `threshold` are numbers (money in fen), `detail` is text. `answer` is exempt where an
    exemption holds, with its words in `exemption`, and yes otherwise; where one has run out
    `exemption_ended` gives its last day.
    """
    return "\nUNION ALL\n".join(
        f"SELECT {_columns(rule, binding, dialect)}, {_exempted(rule, exemptions, binding, dialect)}"
        f" FROM {features_table(rule)}"
        f" WHERE ({binding.sql(rule.scope, dialect)}) AND ({binding.sql(rule.when, dialect)})"
        for rule in rules
    )


def _exempted(rule: Rule, exemptions: Sequence[Exemption], binding: Binding, dialect: str) -> str:
    """Return answer, exemption and exemption_ended of a finding; of several exemptions the last to end counts."""
    own = sorted((e for e in exemptions if e.rule == rule.key), key=lambda e: (e.until, e.subject))
    told: dict[str, list[str]] = {"holds": [], "expired": [], "early": []}
    for one in reversed(own):
        words = f"{one.reason} ({one.approver}, {one.until})"
        state = one.state_on(binding.day)
        said = written(words if state == "holds" else str(one.until), dialect)
        subject = written(one.subject, dialect)
        about = f"{rule.about.key} = {subject}"
        if is_place(one.subject):
            about += f" OR place_code LIKE {literal(one.subject + '%')}"
        told[state].append(f"WHEN {about} THEN {said}")
    words, ended = (
        f"CASE {' '.join(told[state])} ELSE '' END" if told[state] else "''"
        for state in ("holds", "expired")
    )
    answer = f"CASE WHEN {words} <> '' THEN 'exempt' ELSE 'yes' END" if told["holds"] else "'yes'"
    return f"{answer} AS answer, {words} AS exemption, {ended} AS exemption_ended"


def written(text: str, dialect: str) -> str:
    """Return any text as a literal of a dialect."""
    return exp.Literal.string(text).sql(dialect=dialect)


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


def long_counts_query(rules: Sequence[Rule], binding: Binding, dialect: str) -> str:
    """Return one SELECT of the counts of every place and rule: place, rule and ANSWERS; no rules, no rows."""
    names = ", ".join(ANSWERS)
    queries = [no_rows({"place": "STRING", "rule": "STRING", **dict.fromkeys(ANSWERS, "BIGINT")})]
    for _, group in groupby(sorted(rules, key=features_table), key=features_table):
        chosen = list(group)
        listed = {rule.key: [f"{name}__{rule.key}" for name in ANSWERS] for rule in chosen}
        wide = counts_query(chosen, binding, dialect)
        queries.append(
            f"SELECT place, rule, {names} FROM {unpivoted(wide, ANSWERS, 'rule', listed, dialect)}"
        )
    return "\nUNION ALL\n".join(queries)


def unpivoted(
    wide: str, parts: Iterable[str], label: str, columns: Mapping[str, Sequence[str]], dialect: str
) -> str:
    """Return what stands after FROM for a query whose rows are turned into one for each of `columns`.

    `columns` gives for a value of the column `label` the columns of the query that are its `parts`.
    """
    listed = ", ".join(
        f"({', '.join(names)}) AS {exp.to_identifier(key, quoted=True).sql(dialect=dialect)}"
        for key, names in columns.items()
    )
    return (
        f"({wide}) AS wide UNPIVOT INCLUDE NULLS (({', '.join(parts)}) FOR {label} IN ({listed}))"
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
