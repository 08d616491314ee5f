"""The state of a join: which place of the table has which feature, by which step, and what failed."""

from __future__ import annotations

from dataclasses import dataclass, field

from geodata.boundaries.join.sides import Side


@dataclass(frozen=True)
class Link:
    """A feature for a place: the step that found it and how alike they are (0 to 100)."""

    feature: int
    step: str
    score: float = 100.0


@dataclass(frozen=True)
class Reason:
    """Why a place or feature has no match: the key of a sentence and its values."""

    key: str
    values: dict[str, object] = field(default_factory=dict)


class Matching:
    """What the steps have settled so far; every place of the table has at most one feature.

    `many` says that several rows of one name are usual (a table of households), so that they are
    no doubt about the place. A feature takes one name of the table in each period.
    """

    def __init__(self, boundary: Side, table: Side, *, many: bool) -> None:
        self.boundary, self.table, self.many = boundary, table, many
        self.matched: dict[int, Link] = {}
        self.proposed: dict[int, Link] = {}
        self.reasons: dict[int, Reason] = {}
        self.feature_reasons: dict[int, Reason] = {}
        self.notes: dict[int, Reason] = {}
        self.rejected: set[tuple[int, int]] = set()
        self.tried: list[str] = []
        self._holders: dict[int, set[int]] = {}

    def accept(self, place: int, link: Link) -> None:
        """Settle the feature of a place."""
        self.matched[place] = link
        self.proposed.pop(place, None)
        self.reasons.pop(place, None)
        self._holders.setdefault(link.feature, set()).add(place)

    def propose(self, place: int, link: Link) -> None:
        """Note a feature that a person may accept for a place."""
        self.proposed[place] = link
        self.reasons.pop(place, None)

    def withdraw(self, place: int, reason: Reason) -> None:
        """Take back a proposal and say why; a place without one keeps its reason."""
        if self.proposed.pop(place, None) is not None:
            self.reasons[place] = reason

    def open_places(self) -> list[int]:
        """Return the places without a match, in order."""
        return [place for place in range(len(self.table)) if place not in self.matched]

    def unsettled_places(self) -> list[int]:
        """Return the places with neither match nor proposal, in order."""
        return [place for place in self.open_places() if place not in self.proposed]

    def is_free(self, feature: int, place: int) -> bool:
        """Return whether no other place of the same period holds the feature."""
        periods = self.table.periods[place]
        holders = self._holders.get(feature, ())
        return not any(self.table.periods[other] & periods for other in holders)

    def holder(self, feature: int, place: int) -> int | None:
        """Return a place that holds the feature in a period of the given place."""
        periods = self.table.periods[place]
        holders = sorted(self._holders.get(feature, ()))
        return next((other for other in holders if self.table.periods[other] & periods), None)

    def taken(self, feature: int, place: int) -> Reason:
        """Return the reason of a place whose feature another place of the same period holds."""
        holder = self.holder(feature, place)
        values = {
            "feature": self.boundary.keys[feature],
            "holder": self.table.keys[holder or 0],
        }
        return Reason("join.taken", values)

    def free_features(self) -> list[int]:
        """Return the features that no place holds at all, in order."""
        return [n for n in range(len(self.boundary)) if n not in self._holders]

    def is_doubled(self, place: int) -> bool:
        """Return whether a place has several rows in a period of a table with one row per place."""
        return not self.many and self.table.most_rows[place] > 1
