"""The running list of a briefing: each stop is an address and a sentence, kept for the county."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.session.state import State
from geodata.access import Actor, Guard, utc_now
from geodata.errors import GuatuError

KIND = "stop"
LONGEST = 500


@dataclass(frozen=True)
class Stop:
    """One stop; `number` and `version` are those of its entry, 0 when it is kept nowhere."""

    address: str
    sentence: str
    number: int = 0
    version: int = 0


class Stops:
    """The stops of one viewer: written through the service of access, or kept for the session."""

    def __init__(
        self, state: State, actor: Actor | None = None, guard: Guard | None = None
    ) -> None:
        self._state, self._actor, self._guard = state, actor, guard
        self._own: list[Stop] = []

    @property
    def all(self) -> list[Stop]:
        """Return the stops in the order in which they were added."""
        if self._guard is None or self._actor is None:
            return list(self._own)
        try:
            entries = self._guard.writes.entries(self._actor, KIND)
        except GuatuError:
            return list(self._own)
        return [
            Stop(one.fields["address"], one.fields["text"], one.id, one.version)
            for one in entries
            if one.state == "open"
        ]

    def add(self, sentence: str) -> None:
        """Keep the view of this moment; raises ScopeError without the right to."""
        stop = Stop(self._state.query, sentence[:LONGEST])
        if self._guard is None or self._actor is None:
            self._own.append(stop)
            return
        values = {"text": stop.sentence, "address": stop.address}
        place = self._state.root or ""
        self._guard.writes.add(self._actor, KIND, values, place=place, now=utc_now())

    def remove(self, index: int) -> None:
        """Take one stop out of the list; in the database its history stays."""
        stops = self.all
        if not 0 <= index < len(stops):
            return
        stop = stops[index]
        if self._guard is None or self._actor is None:
            self._own.pop(index)
            return
        values = {"text": stop.sentence, "address": stop.address}
        self._guard.writes.change(
            self._actor,
            stop.number,
            values,
            version=stop.version,
            now=utc_now(),
            state="withdrawn",
        )
