"""The list of bulletins: numbers without gaps or doubles, each on record, seen within one's own places."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geodata.access import Actor, open_guard
from geodata.access.bulletins import BulletinList, IssuedBulletin
from geodata.errors import WriteError
from tests.invented_county import COUNTY, TOWNSHIP

FIRST = IssuedBulletin(
    kind="week",
    place=TOWNSHIP,
    number=1,
    day=date(2025, 1, 6),
    month="2024-12",
    late=False,
    file="b",
    told={"figures": {"a": [1, None, 2.5, "1"]}},
    by="w",
    at="2025-01-06T00:00:00+00:00",
)


@pytest.fixture
def guard(tmp_path):
    return open_guard(tmp_path)


def test_what_was_entered_is_read_back_and_on_record(guard):
    kept, actor = BulletinList(guard.trail), Actor("w", "leader", (COUNTY,))
    assert kept.last("week", TOWNSHIP) is None
    kept.add(actor, FIRST)
    assert kept.last("week", TOWNSHIP) == FIRST
    assert (kept.last("month", TOWNSHIP), kept.last("week", COUNTY)) == (None, None)
    kept.add(actor, replace(FIRST, number=2, late=True))
    assert kept.last("week", TOWNSHIP).late
    acts = [one.act for one in guard.trail.records()]
    assert acts.count("bulletin") == 2


def test_a_number_is_given_once(guard):
    kept, actor = BulletinList(guard.trail), Actor("w", "leader", (COUNTY,))
    kept.add(actor, FIRST)
    with pytest.raises(WriteError, match="1"):
        kept.add(actor, replace(FIRST, by="another"))
    assert kept.last("week", TOWNSHIP).by == "w"


def test_each_sees_those_of_the_own_places(guard):
    kept, actor = BulletinList(guard.trail), Actor("w", "leader", (COUNTY,))
    kept.add(actor, FIRST)
    kept.add(actor, replace(FIRST, place=COUNTY))
    seen = kept.seen_by(Actor("t", "township_officer", (TOWNSHIP,)))
    assert [one.place for one in seen] == [TOWNSHIP]
    assert len(kept.seen_by(actor)) == 2
    assert kept.seen_by(Actor("d", "data_officer", (COUNTY,))) == []
