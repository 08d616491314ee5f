"""Values of parameters that one person proposes and another publishes, on record."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.access import Actor, Guard, Written
from geodata.access.writes import OPEN, PROPOSED, WITHDRAWN
from geodata.config import Config
from geodata.errors import PolicyError
from geodata.escaping import plain_text
from geodata.policy import Parameter, Policy, load_policy
from geodata.policy.setting import CountyValue, check_setting, set_value, value_of
from geodata.themes import find_themes

KIND = "parameter"
RIGHT = "parameters"
_LONGEST_KEY = 100


@dataclass(frozen=True)
class ValueProposal:
    """A value that somebody proposed for the county: who, when, and who published it ("" nobody).

    `stored` says whether the county's files hold it; what was published and is not stored was cut off.
    """

    entry: Written
    parameter: Parameter
    setting: CountyValue
    proposer: str
    publisher: str
    stored: bool

    @property
    def is_open(self) -> bool:
        """Return whether it waits for a second person, or for being written."""
        return self.entry.state == PROPOSED or (self.entry.state == OPEN and not self.stored)


@dataclass(frozen=True)
class ValueProposals:
    """The proposed and published values of one county, as one actor may see and change them."""

    config: Config
    guard: Guard
    actor: Actor

    @property
    def place(self) -> str:
        """Return the code of the county, for which all values are set."""
        return self.config.county.code

    def policy(self) -> Policy:
        """Return the parameters as the files hold them by now."""
        registry = find_themes(self.config.folder)
        return load_policy(self._folder, more=registry.parameters)

    def all(self, policy: Policy) -> list[ValueProposal]:
        """Return every change that was not withdrawn, newest first; keys that no longer exist are left out."""
        written = self.guard.writes.entries(self.actor, KIND)
        return [
            self._change(one, policy)
            for one in reversed(written)
            if one.state != WITHDRAWN and one.fields["parameter"] in policy.parameters
        ]

    def setting(
        self, policy: Policy, key: str, written: str, document: str, since: str
    ) -> CountyValue:
        """Return what somebody states, checked; raises PolicyError for what could not be written."""
        parameter = policy[plain_text(key, _LONGEST_KEY).strip()]
        setting = CountyValue(
            value_of(parameter, written), document, _day(since, self._now.year), self.place
        )
        check_setting(parameter, setting)
        return setting

    def propose(self, key: str, written: str, document: str, since: str) -> Written:
        """Keep a value for a second person to publish.

        Raises PolicyError for what could not be written, and where another value for the same day waits.
        """
        policy = self.policy()
        setting = self.setting(policy, key, written, document, since)
        name = policy[key.strip()].key
        for other in self.all(policy):
            if other.is_open and (other.parameter.key, other.setting.since) == (
                name,
                setting.since,
            ):
                told = {"by": other.proposer, "value": other.setting.value}
                raise PolicyError("policy.proposed_already", since=setting.since, **told)
        fields = {"parameter": name, "value": str(setting.value), "document": setting.document}
        fields["first_day"] = setting.since.isoformat()
        return self.guard.writes.add(self.actor, KIND, fields, place=self.place, now=self._now)

    def withdraw(self, number: int, version: int) -> Written:
        """Take back what waits; raises WriteError when it has changed meanwhile."""
        return self.guard.writes.change(
            self.actor, number, {}, version=version, now=self._now, state=WITHDRAWN
        )

    def publish(self, number: int, version: int) -> Path:
        """Approve what another person proposed and write it into the county's files; returns the file.

        What was approved and then cut off is written again. Raises PolicyError for what can no longer
        be written, WriteError for one's own and for one that changed.
        """
        policy = self.policy()
        change = next((one for one in self.all(policy) if one.entry.id == number), None)
        if change is None or not change.is_open:
            raise PolicyError("policy.no_proposal", number=number)
        check_setting(change.parameter, change.setting)
        if change.entry.state == PROPOSED:
            self.guard.writes.approve(self.actor, number, version=version, now=self._now)
        return set_value(self._folder, change.parameter, change.setting)

    @property
    def _folder(self) -> Path:
        return self.config.folder / "parameters"

    @property
    def _now(self) -> datetime.datetime:
        return self.guard.trail.clock()

    def _change(self, entry: Written, policy: Policy) -> ValueProposal:
        fields = entry.fields
        parameter = policy[fields["parameter"]]
        since = datetime.date.fromisoformat(fields["first_day"])
        value = value_of(parameter, fields["value"])
        history = self.guard.writes.history(self.actor, entry.id)
        setting = CountyValue(value, fields["document"], since, entry.place)
        stored = any(
            (one.value, one.since) == (value, since) and entry.place in one.places
            for one in parameter.values
        )
        publisher = fields.get("approver", "")
        return ValueProposal(entry, parameter, setting, str(history[0]["by"]), publisher, stored)


def turned_back(parameter: Parameter, setting: CountyValue) -> datetime.date | None:
    """Return since when a value was in force that is set again after another one; None otherwise."""
    day = setting.since - datetime.timedelta(days=1)
    if parameter.at(setting.place, day).value == setting.value:
        return None
    earlier = [
        one.since or datetime.date.min
        for one in parameter.values
        if one.value == setting.value
        and one.prefix_for(setting.place) is not None
        and (one.since or datetime.date.min) < setting.since
    ]
    return max(earlier, default=None)


def months_touched(months: Sequence[str], since: datetime.date) -> list[str]:
    """Return the built months that a value from a day on judges anew, a month by its last day."""
    return [month for month in months if month >= f"{since:%Y-%m}"]


def _day(written: str, year: int) -> datetime.date:
    words = plain_text(written, 40).strip()
    try:
        return datetime.date.fromisoformat(words)
    except ValueError:
        raise PolicyError("policy.bad_day", value=words, year=year) from None
