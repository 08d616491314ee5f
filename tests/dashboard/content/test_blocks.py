"""A value of a feature in words."""

from __future__ import annotations

import pytest

from dashboard.content.blocks import with_unit
from dashboard.texts import CATALOGUE
from geodata.themes import own_themes

UNITS = {feature.unit for theme in own_themes() for feature in theme.features.values()}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_unit_of_a_feature_is_said_in_the_language_of_the_card(lang):
    plain = with_unit(2, "", {}, lang)
    assert len(UNITS) > 20
    for unit in sorted(UNITS - {"", "grade"}):
        assert f"card.unit_{unit}" in CATALOGUE, unit
        assert with_unit(2, unit, {}, lang).removeprefix(plain).strip()
