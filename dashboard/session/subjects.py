"""What a rule found, or a figure counts, that is no household: problems, tasks, sites, works, villages."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.answers.listing import About, about_of
from dashboard.session.people import People
from geodata.access import Reader, Request

COLUMNS = ["subject", "name", "place_code", "reason"]


@dataclass(frozen=True)
class SubjectList:
    """The subjects within the viewer's places: `rows` with COLUMNS, in the order of places."""

    about: About
    rows: pd.DataFrame


def listed_about(people: People) -> About | None:
    """Return what the list holds when these are no households, else None."""
    return about_of(people.county.setup, people.state.shown)


def listed_subjects(people: People, about: About) -> SubjectList:
    """Return what is listed in the place looked at; raises ScopeError outside the scope.

    Of picked places only what lies in them.
    """
    reader = _reader(people)
    return _listed(people, about, reader, reader.rows(_request(people, about)).frame)


def exported_subjects(people: People, about: About) -> tuple[SubjectList, str]:
    """Return the same as it may leave, and the watermark that the audit knows it by."""
    reader = _reader(people)
    rows = reader.export(_request(people, about), reason=about.key)
    return _listed(people, about, reader, rows.frame, leaving=True), rows.watermark


def _reader(people: People) -> Reader:
    month = people.state.period
    return people.county.places(month, actor=people.actor, guard=people.guard)


def _request(people: People, about: About) -> Request:
    return about.request(people.place, people.picked)


def _listed(
    people: People,
    about: About,
    reader: Reader,
    subjects: pd.DataFrame,
    *,
    leaving: bool = False,
) -> SubjectList:
    """Return the subjects with names and reasons, in the order of places."""
    reasons: dict[str, str] = {}
    if about.rules:
        flags = subjects
        if not about.severity:
            asked = Request("flags", people.place, filters=about.broken)
            flags = reader.rows(asked, leaving=leaving).frame
        month = people.county.month(people.state.period)
        said = month.reasons(flags, people.state.lang)
        reasons = dict(zip(flags["subject"][::-1], said[::-1], strict=True))
    rows = subjects.assign(name="", reason=[reasons.get(one, "") for one in subjects["subject"]])
    # Where a table of that name lists them, each may have a name.
    subject = about.subject
    if "name" in people.county.setup.columns_of(subject.name):
        asked = Request(subject.name, people.place, columns=(subject.key, "place_code", "name"))
        names = reader.rows(asked, leaving=leaving).frame.drop_duplicates(subject.key)
        rows["name"] = rows["subject"].map(names.set_index(subject.key)["name"]).fillna("")
    rows = rows.sort_values(["place_code", "subject"], ignore_index=True)
    return SubjectList(about, rows[COLUMNS])
