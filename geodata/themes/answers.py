"""Whether the rules of a theme answer its cases and examples as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from geodata.errors import ThemeError
from geodata.i18n import text
from geodata.policy import load_policy
from geodata.rules.case import read_cases, run_cases
from geodata.rules.dry_run import ENGINE_ERRORS, engine_words
from geodata.rules.example import find_differences, read_examples
from geodata.tables import tables
from geodata.themes.base import Theme
from geodata.themes.registry import Registry


def wrong_answers(theme: Theme) -> Iterator[str]:
    """Give a sentence for each case or example that is answered otherwise, and each rule without.

    A rule needs a case that breaks it and one that does not. Parameters have their shipped values.
    Raises ThemeError for cases or examples that cannot be read.
    """
    policy = load_policy(more=Registry((theme,)).parameters)
    known = {**tables(), **theme.tables}
    rules, sets = theme.rules_by_key, theme.feature_sets
    cases = read_cases(theme.folder / "cases", rules)
    try:
        outcomes = run_cases(cases, rules, sets, theme.features, policy, known)
    except ThemeError as fault:
        yield fault.sentence()
        return
    for outcome in outcomes:
        if not outcome.passed:
            case = outcome.case
            values = {"case": case.name, "expected": case.answer, "found": outcome.answer}
            yield text("themes.case_differs", rule=case.rule, **values)
    answered = {(outcome.case.rule, outcome.answer) for outcome in outcomes}
    for rule in rules:
        for answer in ("yes", "no"):
            if (rule, answer) not in answered:
                yield text("themes.case_missing", folder=theme.folder, rule=rule, answer=answer)
    examples = theme.folder / "examples.yaml"
    for example in read_examples(examples) if examples.is_file() else ():
        try:
            differences = find_differences(example, rules, sets, policy, known)
        except ENGINE_ERRORS as problem:
            differences = (engine_words(problem),)
        for difference in differences:
            yield text("themes.example_differs", name=example.name, difference=difference)
