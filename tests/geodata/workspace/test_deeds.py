"""What is written on the page and what is delivered are one ledger: nothing lost, nothing counted twice."""

from __future__ import annotations

import datetime
import random
import shutil
from dataclasses import dataclass, field

import pyarrow as pa
import pytest

from geodata.access import Actor, AuditTrail, Database, Writes
from geodata.access.guard import database_of
from geodata.errors import WriteError
from geodata.periods import last_day
from geodata.store import SnapshotStore, new_snapshot
from geodata.store.embedded import DuckDBEngine
from geodata.store.months import add_month, stored_columns
from geodata.tables import Table
from geodata.themes import find_themes
from geodata.themes.base import DECISION
from geodata.workspace import open_workspace
from geodata.workspace.as_of import tables_on
from geodata.workspace.clocks import due_on
from geodata.workspace.deed_conflicts import deed_conflicts
from geodata.workspace.deeds import digest_until, entered_rows

VILLAGE, HOUSEHOLD = "990101100201", "H1"
MONTHS = ("2025-01", "2025-02", "2025-03")
WHO = {"who": "clerk", "at": "2025-04-01T08:00:00"}
NOW = datetime.datetime(2025, 3, 31, tzinfo=datetime.UTC)
KINDS = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "DOUBLE": pa.float64()} | {
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
}
# Deeds of one place: kind of entry, its fields, and the table with what is delivered of it.
Deed = tuple[str, dict[str, str], str]


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, Table]:
    return dict(find_themes(tmp_path_factory.mktemp("none")).tables)


def _deeds(chance: random.Random) -> list[Deed]:
    """Return different deeds of the three months."""
    deeds: list[Deed] = []
    for number in range(chance.randint(3, 9)):
        day = f"{chance.choice(MONTHS)}-{number + 1:02}"
        problem = {"problem_code": f"P{number}", "task_code": "1", "day": day}
        kind = chance.choice(("visit", "progress", "task", "closing"))
        deeds.append(
            {
                "visit": ("visit", {"day": day, "found": "seen"}, "visit"),
                "progress": (
                    "work_step",
                    {**problem, "step": "submitted", "percent_done": "80", "text": "done"},
                    "progress",
                ),
                "task": (
                    "assignment",
                    {**problem, "due_day": "2025-04-30", "action": "mend", "area_owner": "unit"},
                    "task",
                ),
                "closing": (
                    "closing",
                    {"problem_code": f"P{number}", "day": day, "text": "closed"},
                    "progress",
                ),
            }[kind]
        )
    return deeds


def _delivered(deed: Deed, *, otherwise: bool) -> dict[str, object]:
    """Return a deed as the county's system delivers it, with another note where it says `otherwise`."""
    kind, fields, _ = deed
    day = datetime.date.fromisoformat(fields["day"])
    if kind == "visit":
        return {
            "household_code": HOUSEHOLD,
            "place_code": VILLAGE,
            "day": day,
            "visitor": "某人",
            "finding": "other" if otherwise else "seen",
        }
    if kind == "assignment":
        return {
            "problem_code": fields["problem_code"],
            "task_code": "1",
            "handed_over_day": day,
            "due_day": datetime.date(2025, 4, 30),
            "action": "other" if otherwise else "mend",
        }
    step = {"work_step": "submitted", "closing": "closed"}[kind]
    row = {"problem_code": fields["problem_code"], "day": day, "kind": step}
    row |= {"task_code": "1", "percent_done": 80.0} if kind == "work_step" else {}
    return row | {"note": "other" if otherwise else fields["text"]}


@dataclass
class _County:
    """A county in the making: what was entered, and what was delivered by month."""

    folder: object
    tables: dict[str, Table]
    delivered: dict[str, list[tuple[Deed, bool]]] = field(default_factory=dict)
    entered: list[Deed] = field(default_factory=list)

    def enter(self, deed: Deed) -> None:
        kind, fields, _ = deed
        # Who closes has not done the work.
        actor = Actor(
            "leader" if kind in ("closing", "assignment") else "helper", _role(kind), ("990101",)
        )
        records = Database(database_of(self.folder))
        try:
            writes = Writes(AuditTrail(records))
            household = HOUSEHOLD if kind == "visit" else ""
            writes.add(actor, kind, fields, place=VILLAGE, household=household, now=NOW)
        finally:
            records.close()
        self.entered.append(deed)

    def deliver(self, month: str, deeds: list[tuple[Deed, bool]]) -> None:
        self.delivered[month] = deeds
        with new_snapshot(self.folder / "store", month) as writer:
            household = {"household_code": HOUSEHOLD, "place_code": VILLAGE}
            self._write(writer, "household", [household], month)
            for name in ("visit", "progress", "task"):
                rows = [_delivered(one, otherwise=other) for one, other in deeds if one[2] == name]
                if rows:
                    self._write(writer, name, rows, month)
            writer.commit(**WHO, facts={})

    def _write(self, writer, name: str, rows: list[dict[str, object]], month: str) -> None:
        columns = stored_columns(self.tables[name])
        schema = pa.schema([(column, KINDS[kind]) for column, kind in columns.items()])
        told = [{**row, "reported_month": month} for row in rows]
        writer.write_table(name, pa.Table.from_pylist(told, schema))


def _role(kind: str) -> str:
    return "leader" if kind in ("closing", "assignment") else "township_officer"


def _key(deed: Deed) -> tuple[str, ...]:
    kind, fields, table = deed
    if kind == "visit":
        return table, HOUSEHOLD, fields["day"]
    if kind == "assignment":
        return table, fields["problem_code"]
    return table, fields["problem_code"], fields["day"], kind


def _counted(county: _County, month: str) -> tuple[list[tuple[str, ...]], set[tuple[str, ...]]]:
    """Return the deeds that an engine of a month counts, one each row, and those told two ways."""
    rows = entered_rows(county.folder, county.tables)
    with DuckDBEngine() as engine:
        add_month(
            engine,
            SnapshotStore(county.folder / "store"),
            month,
            names=["household", "visit", "progress", "task"],
            known=county.tables,
            entered=rows,
        )
        counted = [
            ("visit", row.household_code, str(row.day)[:10])
            for row in engine.frame("SELECT household_code, day FROM visit").itertuples()
        ]
        counted += [
            ("task", row.problem_code)
            for row in engine.frame("SELECT problem_code FROM task").itertuples()
        ]
        kinds = {"submitted": "work_step", "closed": "closing"}
        sql = "SELECT problem_code, day, kind FROM progress"
        counted += [
            ("progress", row.problem_code, str(row.day)[:10], kinds[row.kind])
            for row in engine.frame(sql).itertuples()
        ]
        held = {name: rows[name] for name in rows if _has(engine, name)}
        told = {(one.table, *one.match) for one in deed_conflicts(engine, held, county.tables)}
    return counted, told


def _has(engine: DuckDBEngine, name: str) -> bool:
    found = engine.frame(
        f"SELECT view_name FROM duckdb_views() WHERE view_name = '{name}_delivered'"
    )
    return not found.empty


@pytest.mark.parametrize("seed", range(12))
def test_over_any_order_of_entering_and_delivering_each_deed_counts_once(tmp_path, tables, seed):
    chance = random.Random(seed)
    county, deeds = _County(tmp_path, tables), _deeds(chance)
    for month in MONTHS:
        for deed in chance.sample(deeds, chance.randint(0, len(deeds))):
            county.enter(deed)  # also twice: two people may write the same
        sent = [d for d in deeds if d[1]["day"][:7] <= month and chance.random() < 0.5]
        known = {_key(d) for each in county.delivered.values() for d, _ in each}
        fresh = [(d, chance.random() < 0.4) for d in sent if _key(d) not in known]
        county.deliver(month, fresh)
        by = {_key(d) for each in county.delivered.values() for d, _ in each}
        by |= {_key(d) for d in county.entered if d[1]["day"][:7] <= month}
        counted, told = _counted(county, month)
        assert sorted(counted) == sorted(by)
        told_otherwise = {
            _key(d)
            for each in county.delivered.values()
            for d, otherwise in each
            if otherwise and d in county.entered and d[1]["day"][:7] <= month
        }
        assert len(told) == len(told_otherwise)


def test_who_did_the_work_may_neither_accept_nor_close_it(tmp_path):
    writes = Writes(AuditTrail(Database(tmp_path / "r.sqlite")))
    done = {"problem_code": "P1", "task_code": "1", "day": "2025-03-01", "text": "done"}
    one = Actor("one", "township_officer", ("990101",))
    writes.add(one, "work_step", {**done, "step": "submitted"}, place=VILLAGE, now=NOW)
    with pytest.raises(WriteError, match="one"):
        writes.add(one, "acceptance", {**done, "step": "accepted"}, place=VILLAGE, now=NOW)
    closing = {"problem_code": "P1", "day": "2025-03-02", "text": "closed"}
    leader_too = Actor("cli:one", "leader", ("990101",))
    with pytest.raises(WriteError, match="one"):
        writes.add(leader_too, "closing", closing, place=VILLAGE, now=NOW)
    other = Actor("two", "leader", ("990101",))
    writes.add(other, "acceptance", {**done, "step": "accepted"}, place=VILLAGE, now=NOW)
    writes.add(other, "closing", closing, place=VILLAGE, now=NOW)
    elsewhere = {**done, "problem_code": "P2", "step": "accepted"}
    writes.add(one, "acceptance", elsewhere, place=VILLAGE, now=NOW)


def test_what_was_entered_up_to_a_month_makes_that_month_anew(tmp_path, tables):
    county = _County(tmp_path, tables)
    assert digest_until(entered_rows(tmp_path, tables), "2025-12") == ""
    county.enter(("visit", {"day": "2025-02-03", "found": "seen"}, "visit"))
    rows = entered_rows(tmp_path, tables)
    assert digest_until(rows, "2025-01") == ""
    assert digest_until(rows, "2025-02") == digest_until(rows, "2025-03") != ""


@pytest.fixture(scope="module")
def sampled(counties, tmp_path_factory):
    """Return a copy of the sample county, to be written into."""
    copied = tmp_path_factory.mktemp("deeds") / "county"
    shutil.copytree(counties.built_sample().setup.config.folder, copied)
    return open_workspace(copied)


def test_a_task_done_on_the_page_is_no_longer_due_and_in_the_figures_of_the_next_build(sampled):
    setup, month = sampled.setup, sampled.months[-1]
    day = last_day(month)
    frame = due_on(setup, day, ["task"])[1]
    row = frame[frame["days_left"].notna()].iloc[0]
    problem, task = str(row["id"]).rsplit("-", 1)
    place = str(row["place_code"])
    before, day_before = setup.inputs(month), day - datetime.timedelta(days=1)
    earlier = set(due_on(setup, day_before, ["task"])[1]["id"])
    assert row["id"] in earlier
    writes, county = sampled.guard.writes, (place[:6],)
    helper = Actor("helper", "village_officer", (place,))
    steps = {"problem_code": problem, "task_code": task, "day": day.isoformat(), "text": "done"}
    where = {"place": place, "now": NOW}
    writes.add(helper, "work_step", {**steps, "step": "submitted"}, **where)
    told = due_on(setup, day, ["task"])[1]
    assert row["id"] in set(told["id"])
    checks = Actor("checker", "township_officer", county)
    writes.add(checks, "acceptance", {**steps, "step": "accepted"}, **where)
    after = due_on(setup, day, ["task"])[1]
    assert set(frame["id"]) - set(after["id"]) == {row["id"]}
    # As of a day before it was accepted it is still to be done.
    assert set(due_on(setup, day_before, ["task"])[1]["id"]) == earlier
    told_by = tables_on(setup, month, day, "rectification", ["task"]).features
    states = told_by["rectification_task"].set_index("task_code")["task_state"]
    assert states[row["id"]] == "accepted"
    assert setup.inputs(month) != before


def test_a_decision_is_due_from_the_day_it_was_taken_until_it_is_done(sampled):
    taken = NOW.replace(year=2030)
    leader = Actor("leader", "leader", ("990121",))
    writes = sampled.guard.writes
    said = {"text": "修好水泵", "owner": "县水利局", "due_day": "2030-04-05"}
    one = writes.add(leader, "decision", said, place="990121", now=taken)

    def told(day: str) -> list[tuple[int, str]]:
        frame = due_on(sampled.setup, datetime.date.fromisoformat(day), [DECISION])[1]
        assert set(frame["owner"]) <= {"县水利局"}
        return list(zip(frame["days_left"], frame["colour"], strict=True))

    assert told("2030-03-30") == []
    assert told("2030-03-31") == [(5, "blue")]
    assert told("2030-04-03") == [(2, "yellow")]
    assert told("2030-04-06") == [(-1, "red")]
    done = {**said, "done_day": "2030-04-07"}
    writes.change(leader, one.id, done, version=one.version, now=taken)
    assert told("2030-04-06") == [(-1, "red")]
    assert told("2030-04-07") == []
