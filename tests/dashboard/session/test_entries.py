"""What officers write in the app: forms, two at once, and reading a household in full."""

from __future__ import annotations

import datetime
import functools
import re
import sqlite3

import pytest

from dashboard.panels.why.view import WhyView
from dashboard.session.entries import Entries
from dashboard.session.people import People
from dashboard.session.state import State
from dashboard.views.card import CardView
from dashboard.views.card.household_entries import CardEntries
from dashboard.views.entry_form import EntryForm
from geodata.access import Actor, Database, open_guard
from geodata.atlas import open_atlas
from geodata.errors import ScopeError
from tests.hostile_names import NAMES
from tests.invented_county import COUNTY, HOSTILE_HOUSEHOLD, VILLAGES

OFFICER = Actor("li", "township_officer", (COUNTY,))
OTHER = Actor("wang", "township_officer", (COUNTY,))
ANALYST = Actor("fen", "analyst", (COUNTY,))


@pytest.fixture(scope="module")
def county(counties, tmp_path_factory):
    return counties.copy(tmp_path_factory.mktemp("written") / "county")


@pytest.fixture
def people_as(county):
    folder = county.setup.config.folder

    def make(actor: Actor) -> People:
        state = State(open_atlas(folder), "?side=households&everyone=1", themes=county.setup.themes)
        people = People(state, county, actor, open_guard(folder))
        people.household = HOSTILE_HOUSEHOLD
        return people

    return make


def shown_by(people: People) -> CardEntries:
    people.card()
    return CardEntries(people, lambda: None)


def form_of(people: People, kind: str, saved=lambda: None) -> EntryForm:
    card = people.card()
    place = str(card.record["place_code"])
    entries = Entries(people, household=card.household, place=place)
    return EntryForm(entries, kind, lang="zh", saved=saved)


def fill(form: EntryForm, **values: str) -> EntryForm:
    for name, value in values.items():
        form.fields[name].value = value
    return form


def test_a_note_shows_on_the_card_as_it_was_typed(people_as):
    people = people_as(OFFICER)
    form = form_of(people, "note")
    for text in NAMES.values():
        fill(form, text=text).save.clicks += 1
    shown = shown_by(people).list.object
    tags = set(re.findall(r"<\s*(\w+)", shown))
    assert tags == {"h2", "ul", "li", "small"}
    assert len(form.seen) == len([text for text in NAMES.values() if text.strip()])
    assert "li，" in shown


def test_two_officers_at_once_see_both_texts_and_lose_nothing(people_as):
    first = form_of(people_as(OFFICER), "visit")
    fill(first, day="2025-06-30", found="漏雨").save.clicks += 1
    number = max(first.seen)
    mine, other = form_of(people_as(OFFICER), "visit"), form_of(people_as(OTHER), "visit")
    for form in (mine, other):
        form.which.value = number
    fill(other, found="漏雨，已联系施工队").save.clicks += 1
    fill(mine, found="漏雨，墙裂").save.clicks += 1
    assert "wang 已在" in mine.said.object
    assert "已联系施工队" in mine.said.object
    assert "墙裂" in mine.said.object
    assert mine.fields["found"].value == "漏雨，墙裂"
    fill(mine, found="漏雨，墙裂，已联系施工队").save.clicks += 1
    kept = form_of(people_as(OTHER), "visit").seen[number]
    assert (kept.version, kept.fields["found"]) == (3, "漏雨，墙裂，已联系施工队")


def test_faults_of_a_form_are_said_and_nothing_is_kept(people_as):
    people = people_as(OFFICER)
    form = form_of(people, "exemption")
    before = len(form.seen)
    fill(form, until="2025-02-30").save.clicks += 1
    for part in ("“规则”必填", "“理由”必填", "2025-02-30"):
        assert part in form.said.object
    assert len(form_of(people, "exemption").seen) == before


def test_an_exemption_waits_on_the_card_for_a_second_person(people_as):
    proposer = people_as(OFFICER)
    form = form_of(proposer, "exemption")
    now = proposer.guard.trail.clock().date()
    until = (now + datetime.timedelta(days=30)).isoformat()
    fill(form, rule="income_below_line", reason="核实无误", until=until).save.clicks += 1
    number = max(form.seen)
    form.which.value = number
    assert not form.approve.visible
    assert "待第二人批准" in shown_by(proposer).list.object
    second = form_of(people_as(Actor("lead", "leader", (COUNTY,))), "exemption")
    second.which.value = number
    assert second.approve.visible
    second.approve.clicks += 1
    assert "已批准" in second.said.object
    assert second.seen[number].fields["approver"] == "lead"
    assert "待第二人批准" not in shown_by(people_as(OFFICER)).list.object


def test_a_withdrawn_entry_leaves_the_list(people_as):
    form = form_of(people_as(OFFICER), "note")
    fill(form, text="写错了").save.clicks += 1
    number = max(form.seen)
    form.which.value = number
    form.withdraw.clicks += 1
    assert number not in form.seen


def test_only_forms_of_ones_own_rights_stand_on_the_card(people_as):
    shown = {}
    for actor in (OFFICER, ANALYST):
        people = people_as(actor)
        shown[actor.role] = set(shown_by(people).forms)
    assert shown == {"township_officer": {"visit", "note", "exemption"}, "analyst": set()}


def test_the_card_is_readable_for_a_reason_and_says_so(people_as):
    people = people_as(Actor("glass", "leader", (COUNTY,)))
    view = CardView(people)
    people.param.trigger("household")
    before = people.card()
    entries = CardEntries(people, lambda: None)
    entries.ground.value, entries.reason.value = "visit", "看"
    entries.open.clicks += 1
    assert "理由" in entries.fault.object
    entries.reason.value = "今天上门核查住房安全"
    entries.open.clicks += 1
    after = people.card()
    assert "*" in str(before.record["head_name"])
    assert "*" not in str(after.record["head_name"])
    assert "明文" in CardEntries(people, lambda: None).banner.object
    records = people.guard.trail.records(act="unmask", actor="glass")
    assert [(one.outcome, one.reason) for one in records] == [
        ("refused", "看"),
        ("allowed", "今天上门核查住房安全"),
    ]
    assert view.is_open


def test_a_card_read_in_full_is_not_open_to_another_person(people_as):
    people = people_as(OTHER)
    assert "*" in str(people.card().record["head_name"])


def test_without_the_right_nothing_is_written_past_the_form(people_as):
    people = people_as(ANALYST)
    place = str(people.card().record["place_code"])
    entries = Entries(people, household=people.household, place=place)
    with pytest.raises(ScopeError):
        entries.add("note", {"text": "x"})
    with pytest.raises(ScopeError):
        entries.unmask("visit", "今天上门核查住房安全")


def test_a_sentence_is_pinned_to_its_place_month_and_indicator(people_as):
    people = people_as(Actor("lead", "leader", (COUNTY,)))
    people.state.param.update(place=VILLAGES[0], side="why")
    entries = Entries(people)
    values = {"text": "<b>已派工作组</b>", "period": people.state.period}
    entries.add("pin", values | {"indicator": people.state.indicator})
    shown = WhyView(people).written.pinned.object
    assert "&lt;b&gt;已派工作组" in shown
    people.state.param.update(place=VILLAGES[1])
    assert entries.listed("pin") == []


def test_while_the_database_is_held_an_entry_is_refused_in_a_sentence(people_as, monkeypatch):
    quick = functools.partial(Database, wait_seconds=0.2)
    monkeypatch.setattr("geodata.access.guard.Database", quick)
    people = people_as(OFFICER)
    form = fill(form_of(people, "note"), text="漏雨")
    before = people.guard.trail.count(), len(form.seen)
    with sqlite3.connect(people.guard.trail.database.url.database, isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        form.save.clicks += 1
        holder.execute("ROLLBACK")
    holder.close()
    assert "正被占用，这次操作没有执行" in form.said.object
    assert form.fields["text"].value == "漏雨"
    assert (people.guard.trail.count(), len(form_of(people, "note").seen)) == before
    form.save.clicks += 1
    assert len(form.seen) == before[1] + 1
