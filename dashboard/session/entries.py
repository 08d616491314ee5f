"""What one viewer writes: visits, notes, exemptions, pinned sentences and decisions of a join."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dashboard.session.people import People
from dashboard.texts import text
from geodata.access import Grant, Written
from geodata.access.entry_kinds import EntryKind, kinds
from geodata.access.writes import PROPOSED, STANDING, is_same_person

ON_CARD = ("visit", "note", "exemption")
ON_PLACE = ("pin", "join_decision", "decision")


def written_by(entry: Written, lang: str) -> str:
    """Return who wrote an entry, when, and in which version."""
    return text("entries.by", lang, by=entry.by, day=entry.at[:10], version=entry.version)


class Entries:
    """Entries about one household, or about the place looked at, through the one writes service.

    `household` and `place` are those of a card that was read through the reader.
    """

    def __init__(self, people: People, *, household: str = "", place: str = "") -> None:
        self.people, self.household, self.village = people, household, place

    def may_write(self, kind: str) -> bool:
        """Return whether the viewer may write this kind of entry where it would stand."""
        place = self._place(kind)
        return bool(place) and bool(self.people.actor.allows(place, kinds()[kind].act))

    def kind(self, name: str) -> EntryKind:
        """Return the fields of a kind."""
        return kinds()[name]

    def listed(self, kind: str) -> list[Written]:
        """Return the entries of a kind that stand or are proposed here, newest first."""
        people, place = self.people, self._place(kind)
        entries = people.guard.writes.entries(people.actor, kind, household=self._about(kind))
        return [one for one in entries if one.place == place and one.state in STANDING][::-1]

    def add(self, kind: str, values: Mapping[str, object]) -> Written:
        """Write a new entry; raises WriteError with all faults, ScopeError without the right."""
        people = self.people
        where = {"place": self._place(kind), "household": self._about(kind)}
        return people.guard.writes.add(people.actor, kind, values, now=self._now, **where)

    def change(
        self, entry: Written, values: Mapping[str, object], *, withdraw: bool = False
    ) -> Written:
        """Replace an entry as it was seen; raises WriteError with both texts when it has changed."""
        people = self.people
        state = "withdrawn" if withdraw else "open"
        return people.guard.writes.change(
            people.actor, entry.id, values, version=entry.version, now=self._now, state=state
        )

    def may_approve(self, entry: Written) -> bool:
        """Return whether the viewer is the second person for what another one proposed."""
        return entry.state == PROPOSED and not is_same_person(entry.by, self.people.actor.name)

    def approve(self, entry: Written) -> Written:
        """Approve what another person proposed; raises WriteError for one's own."""
        people = self.people
        return people.guard.writes.approve(
            people.actor, entry.id, version=entry.version, now=self._now
        )

    def may_unmask(self) -> bool:
        """Return whether the viewer may ask to read the open household in full."""
        return bool(self.village) and bool(self.people.actor.allows(self.village, "unmask"))

    def unmask(self, ground: str, reason: str) -> Grant:
        """Open the household for some hours; raises AccessError without a ground and real words."""
        people = self.people
        return people.guard.unmasking.open(
            people.actor,
            self.household,
            place=self.village,
            ground=ground,
            reason=reason,
            now=self._now,
        )

    def grant(self) -> Grant | None:
        """Return the grant under which the open household is shown in full, if any."""
        people = self.people
        if not self.may_unmask():
            return None
        grants = people.guard.unmasking.of(people.actor, self._now)
        mine = [
            one for one in grants if (one.household, one.place) == (self.household, self.village)
        ]
        return max(mine, key=lambda one: one.until, default=None)

    @property
    def _now(self) -> datetime:
        return self.people.guard.trail.clock()

    def _place(self, kind: str) -> str:
        return self.people.place if kind in ON_PLACE else self.village

    def _about(self, kind: str) -> str:
        return "" if kind in ON_PLACE else self.household
