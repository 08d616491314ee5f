"""Settings changed as a person would: the lines concerned, everything else as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.config import (
    PlaceDecision,
    add_place_decision,
    change_settings,
    make_workspace,
    read_config,
    take_back_place_decision,
)
from geodata.errors import ConfigError

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
# Signs that mean something in TOML, and others that only have to come through.
TEXT = st.text(alphabet="\"'\\#=[]{}\n\r\t\x00\x7f .甲a1é🙂", min_size=1, max_size=30)


@FEW
@given(name=TEXT, file=TEXT, only=st.dictionaries(TEXT, TEXT, max_size=3), assign=st.booleans())
def test_what_is_set_is_read_and_other_lines_stay(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    file: str,
    only: dict[str, str],
    assign: bool,
) -> None:
    folder = make_workspace(tmp_path_factory.mktemp("c") / "county", code="990301", name="某县")
    before = (folder / "guatu.toml").read_text(encoding="utf-8").split("\n")
    changes = {
        "county": {"name": name},
        "boundaries": {"file": file, "only": only or ""},
        "places": {"assign": assign},
    }
    config = change_settings(folder, changes)
    assert (config.county.code, config.county.name) == ("990301", name)
    assert (config.boundaries.file, config.boundaries.only) == (file, only)
    assert config.places.assign is assign
    after = (folder / "guatu.toml").read_text(encoding="utf-8").split("\n")
    kept = [line for line in before if not line.startswith("name =")]
    assert [line for line in after if line in kept] == kept
    again = change_settings(folder, {"boundaries": {"file": "", "only": ""}})
    assert (again.boundaries.file, again.boundaries.only) == ("", {})


def test_a_section_that_is_not_there_is_added(tmp_path: Path) -> None:
    (tmp_path / "guatu.toml").write_text("# mine", encoding="utf-8")
    assert change_settings(tmp_path, {"map": {"approval": "一号"}}).maps.approval == "一号"
    assert (tmp_path / "guatu.toml").read_text(encoding="utf-8").startswith("# mine")


@pytest.mark.parametrize(
    "content",
    ['[county]\nlanguages = [\n"zh"]\nname = """a\nb"""\n', 'county = {name = "甲"}\n'],
)
def test_a_form_that_cannot_be_changed_leaves_the_file_as_it_was(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "guatu.toml").write_text(content, encoding="utf-8")
    before = read_config(tmp_path)
    with pytest.raises(ConfigError):
        change_settings(tmp_path, {"county": {"name": "乙", "code": "99"}})
    assert read_config(tmp_path) == before


@FEW
@given(township=TEXT, name=TEXT, code=st.sampled_from(["", "990301100201"]))
def test_a_decision_about_a_name_is_added_and_read(
    tmp_path_factory: pytest.TempPathFactory, township: str, name: str, code: str
) -> None:
    folder = make_workspace(tmp_path_factory.mktemp("c") / "county")
    first = PlaceDecision("甲", "", "乙")
    second = PlaceDecision(name, code, township)
    add_place_decision(folder, first)
    assert add_place_decision(folder, second).places.decisions == (first, second)


def test_a_decision_in_settings_of_another_form_leaves_them_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "guatu.toml").write_text("[places]\ndecisions = []\n", encoding="utf-8")
    before = read_config(tmp_path)
    with pytest.raises(ConfigError):
        add_place_decision(tmp_path, PlaceDecision("甲", "", ""))
    assert read_config(tmp_path) == before


def test_a_decision_that_was_added_is_taken_back_and_the_file_is_as_it_was(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "county", code="990301")
    file = folder / "guatu.toml"
    first, second = PlaceDecision("甲“一”", "990301001001", "乙镇"), PlaceDecision("丙", "", "")
    add_place_decision(folder, first)
    before = file.read_bytes()
    add_place_decision(folder, second)
    assert take_back_place_decision(folder, second).places.decisions == (first,)
    assert file.read_bytes() == before
    # What is no longer there, or was edited since, stays as it is.
    assert take_back_place_decision(folder, second).places.decisions == (first,)
    assert file.read_bytes() == before
