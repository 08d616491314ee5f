"""Every theme folder holds together, and its cases and examples are answered as written."""

from __future__ import annotations

import string
from dataclasses import replace
from functools import cache

import pytest

from geodata.policy import Policy, load_policy
from geodata.rules.base_tables import BASE_TABLES
from geodata.rules.case import Outcome, read_cases, run_cases
from geodata.rules.example import Example, find_differences, read_examples
from geodata.rules.feature import in_order, shared_sets
from geodata.rules.run import needed_keys
from geodata.tables import tables
from geodata.themes import Theme, own_themes
from geodata.themes.checking import Checked, theme_faults

THEMES = own_themes()
BASE = set(BASE_TABLES)
every_theme = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.key)


@cache
def policy() -> Policy:
    return load_policy()


@cache
def outcomes(key: str) -> tuple[Outcome, ...]:
    theme = next(theme for theme in THEMES if theme.key == key)
    cases = read_cases(theme.folder / "cases")
    return run_cases(cases, theme.rules_by_key, theme.feature_sets, theme.features, policy())


def examples() -> list[tuple[Theme, Example]]:
    return [(t, example) for t in THEMES for example in read_examples(t.folder / "examples.yaml")]


def test_the_six_themes_are_found_with_at_least_eighty_rules() -> None:
    assert [theme.key for theme in THEMES] == [
        "monitoring",
        "relocation",
        "water",
        "rectification",
        "assistance",
        "survey",
    ]
    assert sum(len(theme.rules) for theme in THEMES) >= 80


@every_theme
def test_every_case_is_answered_as_written(theme: Theme) -> None:
    wrong = [
        f"{o.case.rule}: {o.case.name}: {o.answer}" for o in outcomes(theme.key) if not o.passed
    ]
    assert wrong == []


@every_theme
def test_every_rule_has_cases_on_both_sides(theme: Theme) -> None:
    answers = {(o.case.rule, o.answer) for o in outcomes(theme.key)}
    missing = [
        f"{rule.key}: {side}"
        for rule in theme.rules
        for side in ("yes", "no")
        if (rule.key, side) not in answers
    ]
    assert missing == []


@every_theme
def test_every_compared_threshold_has_a_case_at_its_edge(theme: Theme) -> None:
    at_edge = {outcome.case.rule for outcome in outcomes(theme.key) if outcome.edge}
    compared = [r for r in theme.rules if r.threshold != "NULL" and r.threshold in r.when]
    assert [rule.key for rule in compared if rule.key not in at_edge] == []
    assert compared


@every_theme
def test_the_rules_of_an_indicator_are_rules_of_the_theme(theme: Theme) -> None:
    for measure in theme.indicators:
        assert set(measure.own_rules) <= set(theme.rules_by_key), measure.key
        assert not (measure.rules and measure.explained_by), measure.key


@every_theme
def test_every_parameter_a_rule_or_feature_names_is_known(theme: Theme) -> None:
    for key in needed_keys(theme.feature_sets, theme.rules):
        assert policy()[key].title["zh"]


@pytest.mark.parametrize(
    ("theme", "example"), examples(), ids=lambda value: getattr(value, "name", "")
)
def test_the_example_is_found_as_written(theme: Theme, example: Example) -> None:
    assert find_differences(example, theme.rules_by_key, theme.feature_sets, policy()) == ()


@every_theme
def test_features_are_read_from_known_tables_and_described(theme: Theme) -> None:
    sets = (*shared_sets(), *theme.feature_sets)
    names = {feature_set.name for feature_set in sets}
    for feature_set in sets:
        assert feature_set.reads <= names | set(tables()) | BASE, feature_set.name
    subjects = {f"{theme.key}_{subject}" for subject in theme.subjects}
    columns = {c for s in theme.feature_sets if s.name in subjects for c in s.columns}
    assert columns - {subject.key for subject in theme.subjects.values()} == set(theme.features)


@every_theme
def test_a_theme_of_ours_holds_together_as_one_from_outside_must(theme: Theme) -> None:
    assert [fault.sentence() for fault in theme_faults(Checked(theme, policy()))] == []


@every_theme
def test_no_theme_reads_the_features_of_another(theme: Theme) -> None:
    others = tuple(f"{other.key}_" for other in THEMES if other.key != theme.key)
    read = {name for feature_set in theme.feature_sets for name in feature_set.reads}
    assert [name for name in read if name.startswith(others)] == []


@every_theme
def test_layers_card_and_briefing_show_what_the_theme_defines(theme: Theme) -> None:
    indicators = {measure.key for measure in theme.indicators}
    rules = set(theme.rules_by_key)
    assert {layer.indicator for layer in theme.layers} <= indicators
    assert {sentence.indicator for sentence in theme.briefing} <= indicators
    assert {rule for measure in theme.indicators for rule in measure.rules} <= rules
    for section in theme.card:
        assert set(section.features) <= set(theme.features), section.key
        assert set(section.rules) <= rules, section.key
    for measure in theme.indicators:
        if measure.target:
            policy()[measure.target]
    for kind in theme.points:
        assert set(kind.features) | set(kind.columns) <= set(theme.features), kind.table
        assert kind.subject or not kind.columns, kind.table
    for layer in theme.layers:
        for cut in layer.breaks:
            assert isinstance(cut, (int, float)) or policy()[cut]


@every_theme
def test_every_indicator_is_in_one_topic_and_the_layers_come_first(theme: Theme) -> None:
    told = [key for topic in theme.topics for key in topic.indicators]
    assert sorted(told) == sorted(measure.key for measure in theme.indicators)
    layers = {layer.indicator for layer in theme.layers}
    assert theme.topics[0].indicators[0] in layers
    for topic in theme.topics:
        later = [key not in layers for key in topic.indicators]
        assert later == sorted(later), topic.title["zh"]
        assert all(topic.title[lang].strip() for lang in ("zh", "en"))


@every_theme
def test_the_strip_begins_with_the_indicator_that_opens(theme: Theme) -> None:
    assert theme.strip[0] == theme.layers[0].indicator
    assert 4 <= len(theme.strip) <= 6


@every_theme
def test_every_sentence_is_there_in_both_languages_with_the_same_places(theme: Theme) -> None:
    known = {"value", "threshold", "detail", "year", "month"}
    for rule in theme.rules:
        for pair in (rule.title, rule.reason, rule.remedy, rule.document):
            assert pair["zh"].strip(), rule.key
            assert pair["en"].strip(), rule.key
        places = [_places(rule.reason[lang]) for lang in ("zh", "en")]
        assert places[0] == places[1] <= known, rule.key
        assert ("value" in places[0]) <= (rule.value != "NULL"), rule.key
        assert ("threshold" in places[0]) <= (rule.threshold != "NULL"), rule.key
        assert ("detail" in places[0]) <= (rule.detail != "NULL"), rule.key
    for sentence in theme.briefing:
        assert _places(sentence.text["zh"]) >= {"place", "value", "worst"}


@every_theme
def test_a_theme_is_data_alone(theme: Theme) -> None:
    assert [file.name for file in theme.folder.rglob("*.py")] == []


def test_feature_sets_come_after_what_they_read() -> None:
    sets = [feature_set for theme in THEMES for feature_set in theme.feature_sets]
    every = (*shared_sets(), *sets)
    made: set[str] = set()
    for feature_set in in_order(every, [one.name for one in sets]):
        assert feature_set.reads & {one.name for one in every} <= made, feature_set.name
        made.add(feature_set.name)


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("theme", own_themes(), ids=lambda theme: theme.key)
def test_what_explains_an_indicator_is_of_its_theme(theme):
    measures = {measure.key for measure in theme.indicators}
    for measure in theme.indicators:
        assert set(measure.explained_by) <= set(theme.rules_by_key)
    for made in theme.composition:
        assert {*made.indicators, *made.series, *made.down} <= measures
        assert bool(made.table) != bool(made.series)


@every_theme
def test_points_that_rows_about_households_name_list_these(theme: Theme) -> None:
    about = [t for t in tables().values() if {"household_code", "place_code"} <= set(t.columns)]
    for kind in theme.points:
        named = [t.name for t in about if kind.key in t.columns and t.nature == "state"]
        assert bool(named) == bool(kind.households), (kind.table, named)


def test_a_step_of_a_service_names_what_is_there_and_says_the_same_in_both_languages() -> None:
    water = next(theme for theme in THEMES if theme.service is not None)
    assert water.service is not None
    assert list(theme_faults(Checked(water, policy()))) == []
    step = replace(
        water.service.steps[0], rules=("no_rule",), says={"zh": "{source}", "en": "good"}
    )
    spoilt = replace(water, service=replace(water.service, people="peple", steps=(step,)))
    told = [fault.sentence("en") for fault in theme_faults(Checked(spoilt, policy()))]
    assert len(told) == 3
    assert all(any(word in one for one in told) for word in ("no_rule", "peple", "source"))
