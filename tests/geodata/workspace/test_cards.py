"""What a card shows of the features of a theme, and to whom."""

from __future__ import annotations

import re
import shutil
from functools import partial

import pandas as pd
import pytest

from geodata.access import Actor, Request, data_classes
from geodata.errors import ScopeError
from geodata.tables import enumeration
from geodata.themes import own_themes
from geodata.workspace import cards, open_workspace
from geodata.workspace.household_list import HOUSEHOLD_LIST, WEIGHTS, household_request
from geodata.workspace.life_line import FINDINGS_BY_MONTH
from geodata.workspace.month_tables import month_privacy


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_feature_with_a_list_of_values_is_shown_by_their_titles(lang):
    shown = 0
    for theme in own_themes():
        for section in theme.card:
            for at, name in enumerate(section.features):
                choices = theme.choices_of(name)
                for choice in choices.choices if choices else ():
                    row = pd.DataFrame({one: [choice.value] for one in section.features})
                    row[[n for n in row if theme.features[n].unit == "yuan"]] = 100
                    none = pd.DataFrame({"rule": []})
                    facts = cards._section(theme, row, none, section, lang, frozenset()).features
                    title = theme.labels.get(choice.value, choice.title)[lang]
                    assert facts["value"].iloc[at] == title
                    assert choices == enumeration(choices.name)
                    shown += 1
    assert shown > 10


@pytest.fixture(scope="module")
def sampled(counties, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cards") / "county"
    shutil.copytree(counties.built_sample().setup.config.folder, folder)
    return open_workspace(folder)


def test_rules_that_read_health_or_disability_have_their_class(sampled):
    assert dict(sampled.setup.rule_classes) == {
        "chronic_without_contract": "health",
        "disability_allowance_not_paid": "disability",
        "disability_without_person": "disability",
        "healthy_recorded_as_weak": "health",
        "illness_all_healthy": "health",
        "margin_severe": "disability",
    }


def test_every_table_of_a_month_that_names_rules_closes_those_about_health(sampled):
    known = month_privacy(sampled.setup)
    told = {
        (name, column): privacy[column].closed({"open", "restricted"})
        for name, privacy in known.items()
        for column in ("rule", "rules")
        if column in privacy
    }
    assert {("flags", "rule"), (FINDINGS_BY_MONTH, "rule"), (HOUSEHOLD_LIST, "rules")} <= {*told}
    assert [one for one, closed in told.items() if closed != {*sampled.setup.rule_classes}] == []
    assert known[HOUSEHOLD_LIST]["rules"].listed


@pytest.mark.parametrize("role", ["leader", "analyst", "township_officer", "village_officer"])
def test_card_list_and_file_tell_of_health_only_to_whom_the_table_of_classes_says(sampled, role):
    county, classes = sampled, data_classes()
    where = county.setup.config.county.code
    actor = Actor("li", role, (where,))
    reader, leader = county.people(actor=actor), county.people()
    rule = "chronic_without_contract"
    told = leader.rows(household_request("", filters=(("rules", "has", rule),))).frame
    assert len(told) > 0
    code = told["household_code"].iloc[0]
    theirs = reader.rows(household_request("", filters=(("household_code", "is", code),))).frame
    card = county.card(code, actor=actor, lang="en")
    features = card.sections[0].features
    sees = role in classes["health"].sees
    assert (rule in theirs["rules"].iloc[0].split(",")) == sees
    assert (rule in set(card.findings["rule"])) == sees
    assert set(card.members["health"].dropna() == "***") == {not sees}
    assert set(card.members["ethnicity"].dropna() == "***") <= {
        role not in classes["ethnicity"].sees
    }
    assert len(features) > 0
    left = county.card(code, actor=actor, lang="en", leaving=True)
    assert rule not in set(left.findings["rule"])
    assert set(left.members["health"].dropna()) == {"***"}
    # What else is known of the household is the same for all.
    others = card.findings[~card.findings["rule"].isin(county.setup.rule_classes)]
    theirs = left.findings[left.findings["rule"].isin(others["rule"])]
    assert others["answer"].tolist() == theirs["answer"].tolist()
    exported = reader.export(household_request("")).frame["rules"]
    assert not exported.str.contains("|".join(county.setup.rule_classes)).any()


@pytest.mark.parametrize("role", ["leader", "analyst", "township_officer", "village_officer"])
def test_what_a_list_sums_up_of_findings_follows_from_those_it_names(sampled, role):
    rules = sampled.setup.rules
    reader = sampled.people(actor=Actor("li", role, (sampled.setup.config.county.code,)))
    asked = household_request("", page=(0, None))
    shown, left = reader.rows(asked).frame, reader.export(asked).frame
    leaving = reader.rows(asked, leaving=True).frame
    assert shown["findings"].sum() > left["findings"].sum() or role == "analyst"
    for frame in (shown, left, leaving):
        named = [[one for one in keys.split(",") if one] for keys in frame["rules"]]
        weights = [[WEIGHTS[rules[one].severity] for one in keys] for keys in named]
        assert frame["findings"].tolist() == [len(keys) for keys in named]
        assert frame["score"].tolist() == [sum(each) for each in weights]
        assert frame["high"].tolist() == [each.count(WEIGHTS["high"]) for each in weights]
        # Nor does the order tell of what is not named.
        assert frame["score"].is_monotonic_decreasing


def test_whom_a_figure_counts_by_health_is_listed_and_numbered_for_nobody_who_may_not_see_it(
    sampled,
):
    setup = sampled.setup
    where, closed = setup.config.county.code, setup.indicator_classes
    assert set(closed) >= {"record_fault_share", "entitlement_gap_share"}
    by_health = set(setup.feature_classes) | set(setup.rule_classes)
    tried = 0
    for role in ("leader", "analyst", "township_officer"):
        sees = data_classes()
        actor = Actor("li", role, (where,))
        people, places = (read(actor=actor) for read in (sampled.people, sampled.places))
        for key, one in setup.indicators.items():
            texts = (one.numerator, one.denominator, one.scope, *one.listed_where.values())
            words = {*re.findall(r"\w+", " ".join((*texts, *one.rules)))}
            assert (key in closed) == bool(words & by_health), key
            if key not in closed or not one.lists:
                continue
            for name in ("counted_", "left_out_")[: 1 + one.acts_on_rest]:
                among = (("household_code", "among", f"{name}{key}"),)
                asks = [
                    partial(people.count, household_request("", filters=among)),
                    partial(people.rows, household_request("", filters=among)),
                    partial(places.count, Request(f"{name}{key}", "")),
                ]
                for ask in asks:
                    if role in sees[closed[key]].sees:
                        ask()
                    else:
                        with pytest.raises(ScopeError):
                            ask()
                    tried += 1
    assert tried > 10


def test_glass_that_was_broken_opens_the_card_on_the_page_and_in_no_file(sampled):
    code = sampled.households(sampled.setup.config.county.code).index[0]
    why = {"ground": "visit", "reason": "核实住房安全情况"}
    on_page = sampled.card(code, **why)
    in_file = sampled.card(code, leaving=True)
    assert "*" not in str(on_page.record["head_certificate"])
    assert "*" in str(in_file.record["head_certificate"])
