"""What a card says of a household whose members nobody listed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard.content.blocks import Persons
from dashboard.content.card import card_content
from geodata.atlas import open_atlas
from geodata.i18n import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_list_of_members_it_is_not_said_that_there_are_none(county, lang):
    place = county.setup.config.county.code
    atlas = open_atlas(county.setup.config.folder)
    for household in county.households(place).index[:3]:
        card = county.card(household, lang=lang, place=place)
        blocks = card_content(replace(card, members=card.members.iloc[:0]), atlas, lang).blocks
        (persons,) = (block for block in blocks if isinstance(block, Persons))
        assert not re.search(r"\d", persons.title + persons.note)
        assert persons.note
