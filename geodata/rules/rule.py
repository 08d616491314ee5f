"""A rule as it is written in YAML: whom it judges, when it is broken, and how that is said."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from geodata.errors import ThemeError
from geodata.i18n import load_yaml
from geodata.rules.binding import keys_in

# What a rule can judge, and the column that names it.
SUBJECTS = {
    "household": "household_code",
    "village": "place_code",
    "site": "site_code",
    "works": "works_code",
    "problem": "problem_code",
    "task": "task_code",
    "project": "project_code",
}
SEVERITIES = ("high", "medium", "low")
RESPONSIBLE = (
    "rural_affairs",
    "civil_affairs",
    "education",
    "health",
    "housing",
    "labour",
    "relocation",
    "water",
    "township",
    "village",
)
# A finding is about people's lives; a record is about what was written down about them.
KINDS = ("finding", "record")
# How value and threshold are written in the sentence; money is stored in fen and shown in yuan.
UNITS = ("yuan", "count", "percent", "number", "text")
_PAIRS = ("title", "reason", "remedy", "document")
_DAYS = ("since", "until")


@dataclass(frozen=True)
class Rule:
    """One rule of a theme.

    `scope` says whom the rule judges, `when` when the answer is yes, both as boolean SQL over the
    features of `theme` and `subject`; a parameter of the policy is written ``:its.key``. `value`,
    `threshold` and `detail` are SQL expressions for the sentence `reason`, which may hold {value},
    {threshold}, {detail}, {year} and {month}. `since` and `until` bound the days it is applied to.
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
    scope: str = "TRUE"
    value: str = "NULL"
    threshold: str = "NULL"
    detail: str = "NULL"
    unit: str = "text"
    kind: str = "finding"
    since: datetime.date | None = None
    until: datetime.date | None = None

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Return the keys of the policy parameters that the rule's own expressions name."""
        texts = (self.scope, self.when, self.value, self.threshold, self.detail)
        return tuple(sorted({key for sql in texts for key in keys_in(sql)}))

    def holds_on(self, day: datetime.date) -> bool:
        """Return whether the rule is applied on a day."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until)


_FIELDS = {f.name: f.default is MISSING for f in fields(Rule) if f.name not in ("key", "theme")}


def read_rules(file: Path, theme: str) -> tuple[Rule, ...]:
    """Return the rules of one YAML file in order; raises ThemeError naming file, rule and field."""
    content = load_yaml(file)
    if not isinstance(content, dict):
        raise ThemeError("rules.fault_mapping", file=file)
    return tuple(_read_rule(file, theme, str(key), entry) for key, entry in content.items())


def _read_rule(file: Path, theme: str, key: str, entry: Mapping[str, Any]) -> Rule:
    """Return one rule; every fault of the entry is found before it is made."""
    place = f"{file} {key}"
    for field in entry:
        if field not in _FIELDS:
            near = difflib.get_close_matches(str(field), _FIELDS, n=1)
            raise ThemeError("rules.fault_field", place=place, field=field, near=", ".join(near))
    for field, required in _FIELDS.items():
        if required and field not in entry:
            raise ThemeError("rules.fault_absent", place=place, field=field)
    for field in _PAIRS:
        if not (isinstance(entry[field], dict) and set(entry[field]) == {"zh", "en"}):
            raise ThemeError("rules.fault_pair", place=place, field=field)
    for field, known in (
        ("severity", SEVERITIES),
        ("subject", tuple(SUBJECTS)),
        ("responsible", RESPONSIBLE),
        ("unit", UNITS),
        ("kind", KINDS),
    ):
        if entry.get(field, known[0]) not in known:
            values = {"found": entry[field], "known": ", ".join(known)}
            raise ThemeError("rules.fault_value", place=place, field=field, **values)
    given = {f: v if f in _PAIRS or f in _DAYS else str(v) for f, v in entry.items()}
    return Rule(key=key, theme=theme, **given)
