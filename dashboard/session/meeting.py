"""Decisions of a meeting: taken from the view that is presented, each with who does it and by when."""

from __future__ import annotations

from dashboard.session.state import State
from geodata.access import Written
from geodata.errors import WriteError

KIND = "decision"


class Decisions:
    """The decisions of one viewer's places, through the service of access."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def allowed(self) -> bool:
        """Return whether the viewer may hand out tasks at the place looked at."""
        source = self._state.source
        if source.viewer is None or source.guard is None:
            return False
        return bool(source.viewer.allows(self._place, "assign"))

    def add(self, said: str, *, owner: str, due: str) -> Written:
        """Enter a decision about the view of this moment.

        Raises WriteError with all faults and for a day that is past, ScopeError without the right,
        ValueError where there are no records.
        """
        source = self._state.source
        if source.guard is None:
            raise ValueError("there are no records to write into")
        now = source.guard.trail.clock()
        today = now.astimezone().date().isoformat()
        if due and due < today:
            raise WriteError("access.due_is_past", value=due[:20], today=today)
        values = {"text": said, "owner": owner, "due_day": due, "address": self._state.query}
        return source.guard.writes.add(source.actor, KIND, values, place=self._place, now=now)

    @property
    def _place(self) -> str:
        return self._state.place or self._state.root or ""
