"""What a card shows of the features of a theme, and to whom."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from geodata.access import Actor, data_classes
from geodata.tables import enumeration
from geodata.themes import own_themes
from geodata.workspace import cards, open_workspace
from geodata.workspace.household_list import HOUSEHOLD_LIST, household_request
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


def test_glass_that_was_broken_opens_the_card_on_the_page_and_in_no_file(sampled):
    code = sampled.households(sampled.setup.config.county.code).index[0]
    why = {"ground": "visit", "reason": "核实住房安全情况"}
    on_page = sampled.card(code, **why)
    in_file = sampled.card(code, leaving=True)
    assert "*" not in str(on_page.record["head_certificate"])
    assert "*" in str(in_file.record["head_certificate"])
