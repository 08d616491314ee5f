"""What people write: checked, versioned, in the audit, and nothing lost when two write at once."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from geodata.access import Actor, AuditTrail, Writes
from geodata.access.entry_kinds import kinds
from geodata.errors import AccessError, ScopeError, WriteError
from tests.geodata.access.county import NOW, TOWNSHIPS, VILLAGES, trail

OFFICER = Actor("li", "township_officer", (TOWNSHIPS[0],))
OTHER = Actor("wang", "village_officer", (VILLAGES[0],))
SECOND = Actor("zhou", "leader", ("990101",))
HOME = {"place": VILLAGES[0], "household": f"{VILLAGES[0]}-1", "now": NOW}
NOTE = {"text": "已联系 <b>户主</b>"}


@pytest.fixture
def writes(tmp_path):
    return Writes(trail(tmp_path))


def test_a_note_is_kept_with_who_when_and_its_record(tmp_path, writes):
    written = writes.add(OFFICER, "note", NOTE, **HOME)
    assert (written.version, written.by, written.at) == (1, "li", "2025-06-30T09:00:00+00:00")
    assert writes.entries(OFFICER, "note") == [written]
    (entry,) = trail(tmp_path).records()
    assert (entry.act, entry.subject, entry.outcome) == ("note", HOME["household"], "done")
    assert "户主" not in entry.detail


def test_a_change_of_an_old_version_is_refused_naming_who_was_first(writes):
    number = writes.add(OFFICER, "note", NOTE, **HOME).id
    writes.change(OTHER, number, {"text": "wang"}, version=1, now=NOW)
    with pytest.raises(WriteError, match="wang 已在"):
        writes.change(OFFICER, number, {"text": "li"}, version=1, now=NOW)
    again = writes.change(OFFICER, number, {"text": "wang, li"}, version=2, now=NOW)
    assert (again.version, again.fields) == (3, {"text": "wang, li"})
    history = writes.history(OFFICER, number)
    assert [(one["by"], one["old"], one["new"]) for one in history] == [
        ("li", {}, NOTE),
        ("wang", NOTE, {"text": "wang"}),
        ("li", {"text": "wang"}, {"text": "wang, li"}),
    ]


def test_many_at_once_lose_nothing(tmp_path, writes):
    number = writes.add(OFFICER, "note", {"text": "0"}, **HOME).id

    def add_one(name):
        actor, kept = replace(OFFICER, name=name), Writes(trail(tmp_path))
        while True:
            seen = kept.entries(OFFICER, "note")[0]
            try:
                text = f"{seen.fields['text']} {name}"
                return kept.change(actor, number, {"text": text}, version=seen.version, now=NOW)
            except WriteError:
                continue

    names = [f"w{n}" for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, names))
    final = writes.entries(OFFICER, "note")[0]
    assert (final.version, sorted(final.fields["text"].split())) == (13, sorted(["0", *names]))
    assert len(writes.history(OFFICER, number)) == 13
    assert trail(tmp_path).verify().records == 13


def test_all_faults_of_an_entry_are_said_at_once(writes):
    wrong = {"rule": "x" * 101, "until": "2025-02-30", "colour": "red"}
    with pytest.raises(WriteError) as refused:
        writes.add(OFFICER, "exemption", wrong, **HOME)
    for part in ("“规则”最多 100 字", "“理由”必填", "“2025-02-30”", "“colour”"):
        assert part in str(refused.value)


@pytest.mark.parametrize("day", ["20250630", "2025-6-30", "2025-06-31", "明天", "=NOW()"])
def test_a_day_is_written_as_a_day(writes, day):
    with pytest.raises(WriteError, match="2025-06-30 这样的日期"):
        writes.add(OFFICER, "visit", {"day": day, "found": "正常"}, **HOME)


def test_a_decision_is_one_of_those_there_are(writes):
    clerk = Actor("chen", "analyst", ("990101",))
    values = {"table_name": "刘老人村", "decision": "maybe"}
    with pytest.raises(WriteError, match="same, different, later"):
        writes.add(clerk, "join_decision", values, place="990101", now=NOW)
    made = writes.add(
        clerk, "join_decision", values | {"decision": "same"}, place="990101", now=NOW
    )
    assert made.fields["decision"] == "same"


def test_an_unknown_kind_names_those_there_are(writes):
    with pytest.raises(WriteError, match="exemption"):
        writes.add(OFFICER, "gossip", NOTE, **HOME)


@pytest.mark.parametrize(
    ("actor", "kind", "values"),
    [
        (Actor("li", "township_officer", (TOWNSHIPS[1],)), "note", NOTE),
        (Actor("fen", "analyst", ("99",)), "note", NOTE),
        (Actor("shen", "auditor"), "note", NOTE),
        (Actor("root", "administrator", ("99",)), "note", NOTE),
    ],
)
def test_without_the_right_nothing_is_written_but_the_refusal(
    tmp_path, writes, actor, kind, values
):
    with pytest.raises(ScopeError):
        writes.add(actor, kind, values, **HOME)
    number = writes.add(OFFICER, "note", NOTE, **HOME).id
    with pytest.raises(ScopeError):
        writes.change(actor, number, values, version=1, now=NOW)
    assert writes.entries(OFFICER, "note")[0].fields == NOTE
    outcomes = [one.outcome for one in trail(tmp_path).records()]
    assert outcomes == ["refused", "done", "refused"]


def test_entries_of_other_places_are_not_listed(writes):
    writes.add(OFFICER, "note", NOTE, **HOME)
    assert len(writes.entries(OTHER, "note")) == 1
    assert writes.entries(Actor("v", "village_officer", (VILLAGES[1],)), "note") == []
    assert writes.entries(Actor("shen", "auditor", ("99",)), "note") == []


def test_a_withdrawn_entry_keeps_its_history(writes):
    number = writes.add(OFFICER, "note", NOTE, **HOME).id
    gone = writes.change(OFFICER, number, NOTE, version=1, now=NOW, state="withdrawn")
    assert gone.state == "withdrawn"
    assert [one["state"] for one in writes.history(OFFICER, number)] == ["open", "withdrawn"]


def test_no_entry_without_its_record(tmp_path, writes):
    with sqlite3.connect(tmp_path / "access.sqlite") as raw:
        raw.execute("DELETE FROM audit_head")
    raw.close()
    kept = Writes.__new__(Writes)
    kept._trail = AuditTrail.__new__(AuditTrail)
    vars(kept._trail).update(vars(writes._trail))
    with pytest.raises(AccessError, match="审计记录不完整"):
        kept.add(OFFICER, "note", NOTE, **HOME)
    assert kept.entries(OFFICER, "note") == []


def test_every_field_of_every_kind_has_a_title():
    from geodata import i18n

    names = {field.name for kind in kinds().values() for field in kind.fields}
    assert [name for name in names if f"access.field_{name}" not in i18n.CATALOGUE] == []


def test_an_exemption_counts_from_its_day_until_it_is_withdrawn(tmp_path):
    from geodata.access import open_guard
    from geodata.workspace.exempted import written_exemptions

    assert written_exemptions(tmp_path, {"r"}) == ()
    guard = open_guard(tmp_path, clock=lambda: NOW)
    values = {"rule": "r", "reason": "已核实", "until": "2025-12-31"}
    kept = guard.writes.add(OFFICER, "exemption", values, **HOME)
    gone = guard.writes.add(OFFICER, "exemption", values | {"rule": "gone"}, **HOME)
    # What one person alone wrote counts for nothing.
    assert written_exemptions(tmp_path, {"r"}) == ()
    for one in (kept, gone):
        guard.writes.approve(SECOND, one.id, version=1, now=NOW)
    (found,) = written_exemptions(tmp_path, {"r"})
    assert (found.rule, found.subject, found.approver) == ("r", HOME["household"], "zhou")
    assert (str(found.since), str(found.until)) == ("2025-06-30", "2025-12-31")
    # What was changed afterwards waits for a second person again.
    guard.writes.change(OFFICER, kept.id, values | {"until": "2025-11-30"}, version=2, now=NOW)
    assert written_exemptions(tmp_path, {"r"}) == ()
    guard.writes.approve(SECOND, kept.id, version=3, now=NOW)
    guard.writes.change(OFFICER, kept.id, values, version=4, now=NOW, state="withdrawn")
    assert written_exemptions(tmp_path, {"r"}) == ()
    guard.trail.database.close()


@pytest.mark.parametrize(
    ("approver", "error"),
    [
        (OFFICER, WriteError),
        (replace(OFFICER, name=f"cli:{OFFICER.name}"), WriteError),
        (Actor("zhou", "township_officer", ("990102001",)), ScopeError),
        (Actor("shen", "auditor"), ScopeError),
        (Actor("cun", "village_officer", (HOME["place"],)), ScopeError),
    ],
)
def test_nobody_approves_his_own_or_without_the_right(tmp_path, approver, error):
    writes = Writes(trail(tmp_path))
    values = {"rule": "r", "reason": "已核实", "until": "2025-12-31"}
    kept = writes.add(OFFICER, "exemption", values, **HOME)
    with pytest.raises(error):
        writes.approve(approver, kept.id, version=1, now=NOW)
    assert writes.standing("exemption") == []


@pytest.mark.parametrize(
    ("until", "within"),
    [("2025-06-29", False), ("2025-06-30", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_an_exemption_ends_within_the_longest_time(tmp_path, until, within):
    writes = Writes(trail(tmp_path), exemption_months=12)
    values = {"rule": "r", "reason": "已核实", "until": until}
    if within:
        assert writes.add(OFFICER, "exemption", values, **HOME).state == "proposed"
    else:
        with pytest.raises(WriteError, match="2025-06-30 至 2026-06-30"):
            writes.add(OFFICER, "exemption", values, **HOME)
