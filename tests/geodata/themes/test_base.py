"""What a theme says of its features and words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.rules import FeatureSet
from geodata.tables import enumeration
from geodata.themes import own_themes


@pytest.mark.parametrize(
    ("selected", "choice"),
    [
        ("house_grade", "house_grade"),
        ("h.house_grade AS house_grade", "house_grade"),
        ("h.house_grade AS grade", "house_grade"),
        ("MAX(COALESCE(h.house_grade, 'a')) AS grade", "house_grade"),
        ("UPPER(h.house_grade) AS grade", ""),
        ("h.persons AS grade", ""),
    ],
)
def test_a_feature_that_is_a_column_has_the_allowed_values_of_it(selected, choice):
    sql = f"SELECT household_code, place_code, {selected} FROM household AS h"
    theme = replace(own_themes()[0], feature_sets=(FeatureSet("monitoring_household", sql),))
    name = selected.rpartition(" ")[2]
    assert theme.choices_of(name) == (enumeration(choice) if choice else None)
