"""What a card shows of the features of a theme."""

from __future__ import annotations

import pandas as pd
import pytest

from geodata.tables import enumeration
from geodata.themes import own_themes
from geodata.workspace import cards


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
                    facts = cards._section(theme, row, none, section, lang).features
                    title = theme.labels.get(choice.value, choice.title)[lang]
                    assert facts["value"].iloc[at] == title
                    assert choices == enumeration(choices.name)
                    shown += 1
    assert shown > 10
