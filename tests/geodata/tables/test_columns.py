"""The tables hold together: keys, labels, choices, privacy."""

from __future__ import annotations

import pytest
import yaml

from geodata.errors import ThemeError
from geodata.tables import enumerations, income_items, read_definition, table, tables
from geodata.themes import own_themes
from tests.conftest import ROOT

GEODATA = ROOT / "geodata"
COLUMNS = [(name, column) for name, entry in tables().items() for column in entry.columns.values()]


@pytest.mark.parametrize(
    ("name", "column"), COLUMNS, ids=lambda value: getattr(value, "name", value)
)
def test_column_has_two_titles_and_an_english_name(name, column):
    assert set(column.title) == {"zh", "en"}
    assert all(column.title.values())
    assert column.name.isascii()
    assert column.name.islower()


@pytest.mark.parametrize("name", tables())
def test_one_header_names_one_column_of_a_table(name):
    headers = [text for column in table(name).columns.values() for text in column.source_names]
    assert sorted({text for text in headers if headers.count(text) > 1}) == []


@pytest.mark.parametrize("name", enumerations())
def test_values_of_an_enumeration_are_unique(name):
    values = enumerations()[name].values
    assert len(values) == len(set(values))


def test_spelling_that_is_a_value_stands_for_itself():
    spellings = enumerations()["schooling"].spellings()
    assert spellings["小学"] == "小学"
    assert spellings["高中一年级"] == "普通高中"


def test_provincial_code_of_a_risk_is_read_as_its_word():
    assert enumerations()["risk"].spellings()["0203"] == "因自然灾害-旱灾"
    assert "缺土地" not in enumerations()["risk"].spellings()


def test_names_phones_and_certificates_are_identity():
    person = table("person")
    assert {person.column(name).privacy for name in ("name", "certificate", "phone")} == {
        "identity"
    }
    assert "name" not in person.names(privacy="restricted")


FILES = [*GEODATA.glob("tables/definitions/*.yaml"), *GEODATA.glob("themes/*/tables/*.yaml")]
FILES += ROOT.glob("dashboard/examples/*/themes/*/tables/*.yaml")
# What is told of health in a title, and is no health: insurance, help and the category of a risk.
NO_HEALTH = {"serious_illness_insurance", "insurance_problem", "removed_insurance_problem"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}-{file.stem}")
def test_every_column_declares_its_class_of_data(file):
    columns = yaml.safe_load(file.read_text(encoding="utf-8"))["columns"]
    assert [name for name, entry in columns.items() if "privacy" not in entry] == []


def test_what_is_called_by_health_disability_ethnicity_or_account_has_that_class():
    words = {"病": "health", "健康": "health", "残疾": "disability", "民族": "ethnicity"}
    words |= dict.fromkeys(("账号", "卡号", "银行"), "account")
    named = [(one.name, one) for _, one in COLUMNS]
    columns = [(name, one.privacy, " ".join(one.source_names)) for name, one in named]
    features = [one for theme in own_themes() for one in theme.features.values()]
    columns += [(one.name, one.privacy, one.title["zh"]) for one in features]
    open_still = {
        name: called
        for name, privacy, called in columns
        for word, wanted in words.items()
        if word in called and privacy not in (wanted, "identity") and name not in NO_HEALTH
    }
    # The category of a risk says why a household is monitored; how many say nothing of health is
    # about the record, and help is given.
    risks = {"risk_illness", "serious_uninsured", "serious_illness_gap"}
    assert set(open_still) == {*risks, "health_unknown", "health_help"}


def test_column_without_a_privacy_class_is_identity(tmp_path):
    file = tmp_path / "pet.yaml"
    file.write_text(
        "title: {zh: 宠物, en: pet}\nnature: state\nkey: [pet]\n"
        "columns: {pet: {kind: text, zh: 宠物, en: pet}}\n",
        encoding="utf-8",
    )
    assert read_definition(file).column("pet").privacy == "identity"


def test_unknown_key_of_a_column_is_refused(tmp_path):
    file = tmp_path / "pet.yaml"
    file.write_text(
        "title: {zh: 宠物, en: pet}\nnature: state\nkey: [pet]\n"
        "columns: {pet: {kind: text, zh: 宠物, en: pet, colour: red}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ThemeError, match="colour"):
        read_definition(file)


def test_policy_items_are_those_of_the_form():
    items = income_items()
    strict = {code for code, item in items.items() if item.policy == "strict"}
    assert {"a2", "a3", "a4", "d1", "d6n", "d6p"} <= strict
    assert strict.isdisjoint({"a1", "a5", "d6j", "d6o", "c1", "b1"})
    assert items["c1"].policy == "broad"
    assert [items[code].cost for code in ("b1", "b2", "b3", "b4")] == ["e1", "e2", "e3", "e4"]
    assert len(items) == 43
