"""``guatu due``: what is due as of a day, within the scope of who asks, and what is refused."""

from __future__ import annotations

import json
import shutil

import pytest

from geodata.access import Actor, open_guard, utc_now
from geodata.policy.working_days import CALENDAR_FILE
from tests.invented_county import COUNTY, MONTHS, TOWNSHIP, VILLAGES

KEYS = {"kind", "id", "place", "household", "due", "days_left", "colour", "owner", "sentence"}
ON = f"{MONTHS[-1]}-20"


@pytest.fixture(scope="module")
def folder(counties, tmp_path_factory):
    """Return a copy of the invented county with works, and an account for a village and for nobody's rows."""
    copied = tmp_path_factory.mktemp("due") / "county"
    shutil.copytree(counties.shared(sites=True).setup.config.folder, copied)
    accounts = open_guard(copied).accounts
    for name, role, place in (
        ("village", "village_officer", VILLAGES[1]),
        ("clerk", "data_officer", COUNTY),
    ):
        actor = Actor(name, role, (place,))
        accounts.add(actor, "Lang-genug-2025!", by="cli:test", now=utc_now())
    return copied


def _told(run, *arguments: object) -> list[dict]:
    code, out = run("due", *arguments, "--json")
    assert code == 0, out
    # What is said beside it follows on standard error.
    return json.JSONDecoder().raw_decode(out, out.index("["))[0]


def test_what_is_due_is_told_with_all_keys_and_a_sentence_in_both_languages(run, folder):
    told = _told(run, folder, "--on", ON, "--lang", "zh")
    assert told
    assert all(set(one) == KEYS for one in told)
    assert {one["place"] for one in told} >= {VILLAGES[0]}
    english = _told(run, folder, "--on", ON, "--lang", "en")
    assert [one["id"] for one in english] == [one["id"] for one in told]
    assert all(a["sentence"] != b["sentence"] for a, b in zip(told, english, strict=True))
    assert not any(mark in one["sentence"] for one in (*told, *english) for mark in "{}|")


def test_a_day_later_is_a_day_less(run, folder):
    first = {(one["kind"], one["id"]): one for one in _told(run, folder, "--on", ON)}
    after = _told(run, folder, "--on", f"{MONTHS[-1]}-21")
    both = [one for one in after if first.get((one["kind"], one["id"]), one)["due"] == one["due"]]
    dated = [one for one in both if one["due"] and (one["kind"], one["id"]) in first]
    assert dated
    assert all(one["days_left"] == first[one["kind"], one["id"]]["days_left"] - 1 for one in dated)


def test_each_sees_their_own_places_alone_and_it_is_on_record(run, folder):
    own = _told(run, folder, "--on", ON, "--as", "village")
    assert all(one["place"].startswith(VILLAGES[1]) for one in own)
    inside = _told(run, folder, "--on", ON, "--place", TOWNSHIP)
    assert inside
    assert all(one["place"].startswith(TOWNSHIP) for one in inside)
    records = open_guard(folder).trail.records()
    assert any(one.actor == "village" and '"due"' in str(one.detail) for one in records)


def test_who_may_read_no_rows_is_refused(run, folder):
    code, out = run("due", folder, "--on", ON, "--as", "clerk")
    assert code != 0
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--on", "2025-02-30"), "2025-02-30"),
        (("--on", "1999-01-01"), "1999-01-01"),
        (("--on", ON, "--place", "440306"), "440306"),
        (("--on", ON, "--kind", "tasks"), "tasks"),
        (("--on", ON, "--as", "nobody"), "nobody"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(run, folder, arguments, words):
    code, out = run("due", folder, *arguments)
    assert code != 0
    assert words in out
    assert "Traceback" not in out


def test_a_damaged_file_of_holidays_names_file_row_and_value(run, folder):
    file = folder / CALENDAR_FILE
    file.write_text("day,kind\n2025-13-01,rest\n", encoding="utf-8")
    code, out = run("due", folder, "--on", ON)
    file.unlink()
    assert code != 0
    assert all(word in out for word in (CALENDAR_FILE, "2025-13-01", "2"))
