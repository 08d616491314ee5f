"""A rule as it is written in YAML: whom it judges, when it is broken, and how that is said."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlglot import exp

from geodata.errors import ThemeError
from geodata.rules.binding import keys_in, parse
from geodata.rules.subject import Subject, base_offices, base_subjects
from geodata.yaml_entries import (
    Faults,
    check_fields,
    check_name,
    check_pair,
    check_value,
    mapping_of,
)

SEVERITIES = ("high", "medium", "low")
# A finding is about people's lives; a record is about what was written down about them.
KINDS = ("finding", "record")
# How value and threshold are written in the sentence; money is stored in fen and shown in yuan.
UNITS = ("yuan", "count", "percent", "number", "text")
_PAIRS = ("title", "reason", "remedy", "document", "justified")
_DAYS = ("since", "until", "justified_on")


@dataclass(frozen=True)
class Rule:
    """One rule of a theme.

    `scope` says whom the rule judges, `when` when the answer is yes, both as boolean SQL over the
    features of `theme` and `subject`; a parameter of the policy is written ``:its.key``. `value`,
    `threshold` and `detail` are SQL expressions for the sentence `reason`, which may hold {value},
    {threshold}, {detail}, {year} and {month}. `since` and `until` bound the days it is applied to.
    `about` is the subject of that name, `office` the title of the office `responsible`. `justified`
    says why a rule may be true of most, or answered for few, with the day that was decided.
    """

    key: str
    theme: str
    title: Mapping[str, str]
    severity: str
    subject: str
    when: str
    reason: Mapping[str, str]
    remedy: Mapping[str, str]
    responsible: str
    document: Mapping[str, str]
    about: Subject = field(repr=False)
    office: Mapping[str, str] = field(repr=False)
    scope: str = "TRUE"
    value: str = "NULL"
    threshold: str = "NULL"
    detail: str = "NULL"
    unit: str = "text"
    kind: str = "finding"
    since: datetime.date | None = None
    until: datetime.date | None = None
    justified: Mapping[str, str] | None = None
    justified_on: datetime.date | None = None

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Return the keys of the policy parameters that the rule's own expressions name."""
        texts = (self.scope, self.when, self.value, self.threshold, self.detail)
        return tuple(sorted({key for sql in texts for key in keys_in(sql)}))

    @cached_property
    def features(self) -> frozenset[str]:
        """Return the names of the features that the rule's expressions read."""
        texts = (self.scope, self.when, self.value, self.threshold, self.detail)
        return frozenset(one.name for sql in texts for one in parse(sql).find_all(exp.Column))

    def holds_on(self, day: datetime.date) -> bool:
        """Return whether the rule is applied on a day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until)


_MADE = ("key", "theme", "about", "office")
_FIELDS = {f.name: f.default is MISSING for f in fields(Rule) if f.name not in _MADE}


def read_rules(
    file: Path,
    theme: str,
    subjects: Mapping[str, Subject] | None = None,
    offices: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Rule, ...]:
    """Return the rules of one YAML file in order; raises ThemeError naming all that is wrong.

    `subjects` and `offices` are what its rules may name; by default those that every theme knows.
    """
    known = subjects or base_subjects(), offices or base_offices()
    entries = mapping_of(file)
    faults, rules = Faults(), []
    for key, entry in entries.items():
        with faults:
            rules.append(_read_rule(file, theme, key, entry, *known))
    faults.tell()
    return tuple(rules)


def _read_rule(
    file: Path,
    theme: str,
    key: str,
    entry: Mapping[str, Any],
    subjects: Mapping[str, Subject],
    offices: Mapping[str, Mapping[str, str]],
) -> Rule:
    """Return one rule; raises ThemeError naming file, rule and each field that is wrong."""
    place, faults = f"{file} {key}", Faults()
    with faults:
        check_name(place, key)
    with faults:
        check_fields(place, entry, _FIELDS)
    if not isinstance(entry, Mapping):
        faults.tell()
    for pair in _PAIRS:
        if pair in entry:
            with faults:
                check_pair(place, entry, pair)
    for name, known in (
        ("severity", SEVERITIES),
        ("subject", tuple(subjects)),
        ("responsible", tuple(offices)),
        ("unit", UNITS),
        ("kind", KINDS),
    ):
        with faults:
            check_value(place, name, entry.get(name, known[0]), known)
    for name in _DAYS:
        if not isinstance(entry.get(name, datetime.date.min), datetime.date):
            values = {"field": name, "found": entry[name]}
            faults.kept.append(ThemeError("themes.no_day", place=place, **values))
    absent = {"justified", "justified_on"} - set(entry)
    if len(absent) == 1:
        faults.kept.append(ThemeError("rules.fault_absent", place=place, field=absent.pop()))
    faults.tell()
    given: dict[str, Any] = {
        f: v if f in _PAIRS or f in _DAYS else str(v) for f, v in entry.items()
    }
    about, office = subjects[entry["subject"]], offices[entry["responsible"]]
    return Rule(key=key, theme=theme, about=about, office=office, **given)
