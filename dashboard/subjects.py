"""What a rule found that is about no household: problems, tasks, projects, sites, works, villages."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.people import People
from dashboard.points import places_reader
from geodata.access import Reader, Request
from geodata.rules import Rule

COLUMNS = ["subject", "name", "place_code", "reason"]


@dataclass(frozen=True)
class Found:
    """The subjects that break a rule within the viewer's places: `rows` with COLUMNS, in order."""

    rule: Rule
    rows: pd.DataFrame


def rule_about(people: People) -> Rule | None:
    """Return the chosen rule when it is about no household, else None."""
    rule = people.county.setup.rules.get(people.state.rule)
    return rule if rule is not None and rule.subject != "household" else None


def found_subjects(people: People, rule: Rule) -> Found:
    """Return what breaks a rule in the place looked at; raises ScopeError outside the scope.

    Of picked places only what lies in them.
    """
    reader = _reader(people)
    return _found(people, rule, reader, reader.rows(_request(people, rule)).frame)


def exported_subjects(people: People, rule: Rule) -> tuple[Found, str]:
    """Return the same as it may leave, and the watermark that the audit knows it by."""
    reader = _reader(people)
    rows = reader.export(_request(people, rule), reason=rule.key)
    return _found(people, rule, reader, rows.frame), rows.watermark


def _reader(people: People) -> Reader:
    return places_reader(people.county, people.actor, people.guard, people.state.period)


def _request(people: People, rule: Rule) -> Request:
    wanted = (("rule", "is", rule.key), ("answer", "is", "yes"))
    picked = (("place_code", "in", people.picked),) if people.picked else ()
    return Request("flags", people.place, filters=(*wanted, *picked))


def _found(people: People, rule: Rule, reader: Reader, flags: pd.DataFrame) -> Found:
    """Return the flags with names and reasons, in the order of places."""
    state = people.state
    reasons = people.county.month(state.period).reasons(flags, state.lang)
    rows = flags.assign(name="", reason=reasons)
    # Where a table of that name lists them, each may have a name.
    if "name" in people.county.setup.columns_of(rule.subject):
        key = rule.about.key
        asked = Request(rule.subject, people.place, columns=(key, "place_code", "name"))
        names = reader.rows(asked).frame.drop_duplicates(key).set_index(key)["name"]
        rows["name"] = rows["subject"].map(names).fillna("")
    rows = rows.sort_values(["place_code", "subject"], ignore_index=True)
    return Found(rule, rows[COLUMNS])
