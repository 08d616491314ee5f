"""The one door: no sequence of reads shows a foreign household or an unmasked name."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from geodata.access import Actor, Reader, Request, Unmasking, load_roles
from geodata.errors import AccessError, ScopeError
from tests.geodata.access.county import (
    COUNTIES,
    NOW,
    PARENT,
    TOWNSHIPS,
    VILLAGES,
    door,
    households,
    limits,
    trail,
)

WHY = {"ground": "visit", "reason": "核实住房安全情况"}
HOUR = datetime.timedelta(hours=1)
OFFICER = Actor("li", "township_officer", (TOWNSHIPS[0],))
LIST = Request("household")
HOUSEHOLD = f"{VILLAGES[0]}-1"


def reader(folder, actor=OFFICER) -> Reader:
    return Reader(actor, door(folder))


def records(folder, **equal) -> list:
    return door(folder).trail.records(**equal)


def test_a_list_holds_the_actors_places_masked_whatever_the_store_gives(tmp_path):
    rows = reader(tmp_path).rows(LIST)
    assert set(rows.frame["place_code"].str[:9]) == {TOWNSHIPS[0]}
    assert len(rows.frame) == 6
    assert rows.foreign == len(households()) - 6
    assert set(rows.frame["head_name"]) == {"王*"}
    assert rows.frame["head_certificate"].str.fullmatch(r"99\*{13}\d{3}").all()
    assert set(rows.frame["new_column"]) == {"***"}
    assert rows.frame["per_capita_income"].tolist()[:2] == [500_001, 500_002]


def test_a_place_above_is_narrowed_to_ones_own(tmp_path):
    rows = reader(tmp_path).rows(Request("household", place=COUNTIES[0]))
    assert set(rows.frame["place_code"].str[:9]) == {TOWNSHIPS[0]}


@pytest.mark.parametrize("place", [TOWNSHIPS[1], VILLAGES[-1], COUNTIES[1], "110101001001", "x"])
def test_another_place_is_refused_and_recorded(tmp_path, place):
    with pytest.raises(ScopeError, match="不在您的数据范围内"):
        reader(tmp_path).rows(Request("household", place=place))
    assert [(one.place, one.outcome) for one in records(tmp_path)] == [(place, "refused")]


@pytest.mark.parametrize("act", ["rows", "card", "export", "computed"])
def test_nothing_leaves_when_the_record_cannot_be_written(tmp_path, act):
    shared = door(tmp_path)
    with shared.trail.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE audit_head")
    mine = Reader(OFFICER, shared)
    calls = {
        "rows": lambda: mine.rows(LIST),
        "card": lambda: mine.card(["household"], household=HOUSEHOLD, place=VILLAGES[0], now=NOW),
        "export": lambda: mine.export(LIST),
        "computed": lambda: mine.computed(households(), "household"),
    }
    with pytest.raises(AccessError, match="没有执行"):
        calls[act]()


def test_a_read_that_fails_is_on_record(tmp_path):
    def read(request, starts):
        raise KeyError("no such table")

    with pytest.raises(KeyError):
        Reader(OFFICER, door(tmp_path, read)).rows(LIST)
    assert [(one.act, one.outcome) for one in records(tmp_path)] == [("rows", "failed")]


def test_a_record_says_from_where_what_exactly_and_whom_it_showed(tmp_path):
    seated = Actor("li", "township_officer", (TOWNSHIPS[0],), "3f0c", "10.1.2.3")
    own = ("per_capita_income", "at_least", 500_002)
    secret = ("phone", "is", "13912345678")
    asked = Request("household", filters=(own, secret), order=("-place_code",), limit=20)
    rows = Reader(seated, door(tmp_path)).rows(asked, reason="核查")
    (record,) = records(tmp_path)
    detail = json.loads(record.detail)
    assert (record.session, record.address, record.reason) == ("3f0c", "10.1.2.3", "核查")
    assert detail["by"] == ["per_capita_income at_least", "phone is"]
    assert (detail["order"], detail["from"], detail["limit"]) == (["-place_code"], 0, 20)
    assert detail["rows"] == len(rows.frame)
    shown = door(tmp_path).trail.shown([record])[record.seq]
    assert shown.codes == tuple(rows.frame["household_code"])
    assert shown.filters == (own, ("phone", "is", "***"))
    assert records(tmp_path, showing=HOUSEHOLD) == [record]
    assert records(tmp_path, showing=HOUSEHOLD[:-1]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_shown SET content = replace(content, '001200-1', '001200-9')",
        "DELETE FROM audit_shown",
    ],
)
def test_what_was_shown_cannot_be_changed_without_being_found(tmp_path, statement):
    shared = door(tmp_path)
    rows = Reader(OFFICER, shared).rows(LIST)
    assert shared.trail.verify().whole
    with shared.trail.database.writing() as connection:
        connection.exec_driver_sql(statement)
    faults = [(one.seq, one.kind) for one in shared.trail.verify().faults]
    assert faults == [(rows.record, "shown")]


def test_exports_of_a_day_have_an_end_and_lists_do_not(tmp_path):
    few = replace(door(tmp_path), limits=replace(door(tmp_path).limits, exports_per_day=3))
    mine = Reader(OFFICER, few)
    for _ in range(3):
        mine.export(LIST)
    with pytest.raises(AccessError, match="已达上限"):
        mine.export(LIST)
    assert records(tmp_path)[-1].outcome == "refused"
    assert len(mine.rows(LIST).frame) == 6
    tomorrow = replace(few, trail=trail(tmp_path, NOW + 25 * HOUR))
    assert len(Reader(OFFICER, tomorrow).export(LIST).frame) == 6
    other = Actor("zhou", "township_officer", (TOWNSHIPS[0],))
    assert len(Reader(other, few).export(LIST).frame) == 6


@pytest.mark.parametrize("column", ["head_name", "head_certificate", "phone", "new_column"])
def test_masked_columns_are_neither_sorted_nor_searched_in_part(tmp_path, column):
    for request in (
        Request("household", order=(column,)),
        Request("household", order=(f"-{column}",)),
        Request("household", filters=((column, "contains", "王"),)),
        Request("household", filters=((column, "at_least", "9"),)),
    ):
        with pytest.raises(ScopeError, match="脱敏"):
            reader(tmp_path).rows(request)
    assert len(reader(tmp_path).rows(Request("household", filters=((column, "is", "王"),))).frame)


def test_a_card_is_masked_until_the_glass_is_broken_and_again_after_three_hours(tmp_path):
    shared = door(tmp_path)
    mine = Reader(OFFICER, shared)

    def name(now):
        card = mine.card(["household"], household=HOUSEHOLD, place=VILLAGES[0], now=now)
        assert card["household"].frame["household_code"].tolist() == [HOUSEHOLD]
        return card["household"].frame["head_name"].item()

    assert name(NOW) == "王*"
    shared.unmasking.open(OFFICER, HOUSEHOLD, place=VILLAGES[0], **WHY, now=NOW)
    assert name(NOW) == "王0012001"
    assert name(NOW + 3 * HOUR - datetime.timedelta(seconds=1)) == "王0012001"
    assert name(NOW + 3 * HOUR) == "王*"
    opened = records(tmp_path, act="unmask")
    assert [(one.subject, one.reason) for one in opened] == [(HOUSEHOLD, "核实住房安全情况")]
    assert [one.until for one in shared.unmasking.of(OFFICER, NOW)] == [NOW + 3 * HOUR]


def test_a_broken_glass_is_for_one_household_and_one_actor(tmp_path):
    shared = door(tmp_path)
    shared.unmasking.open(OFFICER, HOUSEHOLD, place=VILLAGES[0], **WHY, now=NOW)
    other = Reader(Actor("wang", "township_officer", (TOWNSHIPS[0],)), shared)
    ask = {"place": VILLAGES[0], "now": NOW}
    theirs = other.card(["household"], household=HOUSEHOLD, **ask)["household"].frame
    next_door = Reader(OFFICER, shared).card(["household"], household=f"{VILLAGES[0]}-2", **ask)
    assert theirs["head_name"].item() == "王*"
    assert next_door["household"].frame["head_name"].item() == "王*"
    assert set(Reader(OFFICER, shared).rows(LIST).frame["head_name"]) == {"王*"}


@pytest.mark.parametrize(
    ("actor", "place", "reason", "error"),
    [
        (OFFICER, VILLAGES[-1], "核实住房安全情况", ScopeError),
        (OFFICER, VILLAGES[0], " 看 看 ", AccessError),
        (OFFICER, VILLAGES[0], "", AccessError),
        (OFFICER, VILLAGES[0], "aaaaaaaaaaaaaaaa", AccessError),
        (OFFICER, VILLAGES[0], "看看看看看看看看", AccessError),
        (OFFICER, VILLAGES[0], "。，！？；：、…", AccessError),
        (Actor("fen", "analyst", ("99",)), VILLAGES[0], "核实住房安全情况", ScopeError),
        (Actor("shen", "auditor"), VILLAGES[0], "核实住房安全情况", ScopeError),
    ],
)
def test_the_glass_stays_whole_without_right_or_reason(tmp_path, actor, place, reason, error):
    with pytest.raises(error):
        door(tmp_path).unmasking.open(
            actor, HOUSEHOLD, place=place, ground="visit", reason=reason, now=NOW
        )
    assert [one.outcome for one in records(tmp_path)] == ["refused"]
    assert door(tmp_path).unmasking.of(actor, NOW) == []


@pytest.mark.parametrize("ground", ["", "because", "VISIT"])
def test_the_glass_needs_a_ground_of_the_list(tmp_path, ground):
    with pytest.raises(AccessError, match="事由"):
        door(tmp_path).unmasking.open(
            OFFICER, HOUSEHOLD, place=VILLAGES[0], ground=ground, reason=WHY["reason"], now=NOW
        )
    assert [one.outcome for one in records(tmp_path)] == ["refused"]


def test_beyond_some_households_the_auditor_is_alerted_and_beyond_the_quota_none_is_opened(
    tmp_path,
):
    few = replace(limits(), unmask_per_day=4, unmask_alert=2)
    written = trail(tmp_path)
    glass = Unmasking(written, few)
    homes = [f"{VILLAGES[0]}-{number}" for number in range(6)]
    for home in homes[:4]:
        glass.open(OFFICER, home, place=VILLAGES[0], **WHY, now=NOW)
    with pytest.raises(AccessError, match="已达上限（4 户）"):
        glass.open(OFFICER, homes[4], place=VILLAGES[0], **WHY, now=NOW)
    alerts = [(one.subject, json.loads(one.detail)) for one in records(tmp_path, act="alert")]
    assert alerts == [("li", {"times": 3}), ("li", {"times": 4})]
    other = Actor("zhou", "township_officer", (TOWNSHIPS[0],))
    assert glass.open(other, homes[5], place=VILLAGES[0], **WHY, now=NOW)
    later = NOW + 25 * HOUR
    assert glass.open(OFFICER, homes[4], place=VILLAGES[0], **WHY, now=later)


def test_a_right_that_is_taken_away_closes_the_glass(tmp_path):
    shared = door(tmp_path)
    shared.unmasking.open(OFFICER, HOUSEHOLD, place=VILLAGES[0], **WHY, now=NOW)
    moved = Actor("li", "township_officer", (TOWNSHIPS[1],))
    assert not shared.unmasking.is_open(moved, HOUSEHOLD, place=VILLAGES[0], now=NOW)


def test_an_export_is_masked_hashed_and_recorded(tmp_path):
    shared = door(tmp_path)
    shared.unmasking.open(OFFICER, HOUSEHOLD, place=VILLAGES[0], **WHY, now=NOW)
    first = Reader(OFFICER, shared).export(LIST, reason="入户走访")
    again = Reader(OFFICER, shared).export(LIST)
    assert set(first.frame["head_name"]) == {"王*"}
    entry = records(tmp_path, act="export")[0]
    number, digest = first.watermark.split("-")
    assert (int(number), entry.reason) == (entry.seq, "入户走访")
    assert f'"sha256":"{digest}' in entry.detail
    assert again.watermark.split("-")[1] == digest


def test_an_administrator_reads_no_household_and_an_auditor_none(tmp_path):
    for role in ("administrator", "auditor"):
        with pytest.raises(ScopeError, match="没有"):
            reader(tmp_path, Actor("a", role, ("99",))).rows(LIST)


def test_rows_that_the_engine_computed_are_scoped_masked_and_recorded(tmp_path):
    rows = reader(tmp_path).computed(households(), "household")
    read = reader(tmp_path).rows(LIST)
    pd.testing.assert_frame_equal(rows.frame, read.frame)
    assert (rows.masked, rows.foreign) == (read.masked, read.foreign)
    assert [one.act for one in records(tmp_path)] == ["rows", "rows"]
    with pytest.raises(ScopeError):
        reader(tmp_path).computed(households(), "household", place=TOWNSHIPS[1])
    assert records(tmp_path)[-1].outcome == "refused"


roles = st.sampled_from(sorted(load_roles()))
places = st.sampled_from(["", *PARENT, "990103", "x"])
homes = st.sampled_from(sorted(households()["household_code"]))


class Screens(RuleBasedStateMachine):
    """One browser after another: people sign in, wander, and ask for anything."""

    @initialize()
    def open(self):
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.door = door(Path(self.folder.name))
        self.shown, self.now, self.open_homes = [], NOW, set()
        self.actor = OFFICER

    @rule(role=roles, own=st.lists(st.sampled_from(sorted(PARENT)), max_size=2))
    def sign_in(self, role, own):
        self.actor = Actor(f"{role}-{'-'.join(own)}", role, tuple(own))

    @rule(hours=st.integers(1, 4))
    def wait(self, hours):
        self.now += hours * HOUR

    @rule(place=places, act=st.sampled_from(["rows", "export"]))
    def ask(self, place, act):
        mine = Reader(self.actor, self.door)
        request = Request("household", place)
        try:
            rows = getattr(mine, act)(request)
        except ScopeError:
            return
        self.shown.append((self.actor, rows.frame, set()))

    @rule(home=homes, place=places)
    def card(self, home, place):
        try:
            card = Reader(self.actor, self.door).card(
                ["household"], household=home, place=place or "x", now=self.now
            )
        except ScopeError:
            return
        readable = {grant.household for grant in self.door.unmasking.of(self.actor, self.now)}
        self.shown.append((self.actor, card["household"].frame, readable))

    @rule(home=homes, place=places)
    def break_glass(self, home, place):
        try:
            self.door.unmasking.open(self.actor, home, place=place, **WHY, now=self.now)
        except (ScopeError, AccessError):  # outside, or no more today
            return

    @invariant()
    def nothing_foreign_is_shown(self):
        for actor, frame, readable in self.shown:
            own = frame["place_code"].map(lambda code, own=actor.prefixes: _inside(code, own))
            assert own.all()
            assert actor.role not in ("auditor", "administrator")
            plain = frame[frame["head_name"] != "王*"]
            assert set(plain["household_code"]) <= readable
            for code in frame["household_code"][:1]:
                who = {one.actor for one in self.door.trail.records(showing=code)}
                assert actor.name in who
        self.shown.clear()

    def teardown(self):
        self.door.trail.database.close()
        self.folder.cleanup()


def _inside(code, own):
    while code:
        if code in own:
            return True
        code = PARENT[code]
    return False


TestScreens = Screens.TestCase
TestScreens.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@given(st.lists(st.sampled_from(VILLAGES), max_size=4), places)
@settings(max_examples=60, deadline=None)
def test_a_store_that_ignores_the_scope_gives_nothing_away(tmp_path_factory, own, place):
    mine = reader(tmp_path_factory.mktemp("door"), Actor("v", "village_officer", tuple(own)))
    try:
        rows = mine.rows(Request("household", place)).frame
    except ScopeError:
        return
    assert set(rows["place_code"]) <= set(own)


def test_entries_of_the_audit_name_no_person(tmp_path):
    mine = reader(tmp_path)
    mine.rows(Request("household", filters=(("head_name", "is", "王0012001"),)))
    mine.export(LIST)
    text = " ".join(str(one) for one in records(tmp_path))
    assert "王" not in text
    assert "9901011950" not in text
