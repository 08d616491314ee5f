"""Cards at the sides of a map that tell of its worst places, each with a line to its place.

`dashboard/maps/callouts.js` does the same where a map is moved and sized in a browser; a test compares
the two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import TypeAlias

# Pixels of a page 1080 high: between two tried places of a card, around a card, from the edge of
# the map, of the level end of a line, and from the top of a card to where its line arrives.
STEP, GAP, MARGIN, LEVEL, ARRIVAL = 12, 14, 16, 26, 27
# A line over the shown place costs more than one beside it.
_OVER_LAND = 1.6
_SAMPLES = 24

Point: TypeAlias = tuple[float, float]
# Left, top, right and bottom.
Box: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class Anchor:
    """The point of a place on the map, and the size of its card; x to the right, y downwards."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Callout:
    """The box of a card and the line from the point of its place to the card."""

    box: Box
    line: tuple[Point, Point, Point]
    cost: float


def place_callouts(
    anchors: Sequence[Anchor],
    *,
    width: float,
    height: float,
    taken: Sequence[Box] = (),
    land: Sequence[Point | None] = (),
) -> list[Callout | None]:
    """Return a place for each card, None where there is none without a fault.

    No card lies over another, over what is `taken` or over the shown place (`land`: its left and
    right end in every `STEP` pixels from the top), no line crosses another or runs through a card.
    `anchors` begin with the worst: of all orders of placing the one is taken that leaves the worst a
    card, then the next, then that with the shortest lines. Where the worst has none no other has one,
    or a lesser place would be taken for it.
    """
    room = _Room(width, height, tuple(taken), tuple(land))
    slots = [sorted(room.slots(anchor), key=lambda slot: slot.cost) for anchor in anchors]
    best: list[Callout | None] = [None] * len(anchors)
    best_score: tuple[tuple[bool, ...], float] = ((), 0.0)
    for order in permutations(range(len(anchors))):
        placed: dict[int, Callout] = {}
        for at in order:
            others = list(placed.values())
            for slot in slots[at]:
                if all(_apart(slot, other) for other in others):
                    placed[at] = slot
                    break
        has = tuple(at in placed for at in range(len(anchors)))
        score = (has, -sum(slot.cost for slot in placed.values()))
        if any(has[:1]) and score > best_score:
            best, best_score = [placed.get(at) for at in range(len(anchors))], score
    return best


@dataclass(frozen=True)
class _Room:
    width: float
    height: float
    taken: tuple[Box, ...]
    land: tuple[Point | None, ...]

    def slots(self, anchor: Anchor) -> Iterator[Callout]:
        """Yield the places along the right and the left edge where the card of an anchor may be."""
        for x, side in ((self.width - MARGIN - anchor.width, 1), (float(MARGIN), -1)):
            for at in range(math.floor((self.height - 2 * MARGIN - anchor.height) / STEP) + 1):
                y = float(MARGIN + at * STEP)
                box = (x, y, x + anchor.width, y + anchor.height)
                edge = x if side > 0 else x + anchor.width
                elbow = (edge - side * LEVEL, y + ARRIVAL)
                if (elbow[0] - anchor.x) * side < 0 or not self._free(box, side):
                    continue
                line = ((anchor.x, anchor.y), elbow, (edge, y + ARRIVAL))
                if any(_through(line, other) for other in self.taken):
                    continue
                length = math.hypot(elbow[0] - anchor.x, elbow[1] - anchor.y)
                over = length * self._over_land(line[0], elbow)
                yield Callout(box, line, length + LEVEL + _OVER_LAND * over)

    def _free(self, box: Box, side: int) -> bool:
        if any(_meet(box, other, GAP) for other in self.taken):
            return False
        first, last = math.floor(box[1] / STEP), math.floor(box[3] / STEP)
        ends = [end for end in self.land[first : last + 1] if end is not None]
        if side > 0:
            return all(box[0] - GAP >= right for _, right in ends)
        return all(box[2] + GAP <= left for left, _ in ends)

    def _over_land(self, begin: Point, end: Point) -> float:
        """Return the share of a line that lies over the shown place."""
        over = 0
        for at in range(_SAMPLES):
            share = (at + 0.5) / _SAMPLES
            x, y = (a + (b - a) * share for a, b in zip(begin, end, strict=True))
            row = math.floor(y / STEP)
            ends = self.land[row] if 0 <= row < len(self.land) else None
            over += ends is not None and ends[0] <= x <= ends[1]
        return over / _SAMPLES


def _apart(slot: Callout, other: Callout) -> bool:
    """Return whether two callouts touch nowhere."""
    return not (
        _meet(slot.box, other.box, GAP)
        or _through(slot.line, other.box)
        or _through(other.line, slot.box)
        or any(_cross(*one, *two) for one in pairwise(slot.line) for two in pairwise(other.line))
    )


def _meet(one: Box, other: Box, gap: float) -> bool:
    across = one[0] < other[2] + gap and other[0] < one[2] + gap
    return across and one[1] < other[3] + gap and other[1] < one[3] + gap


def _through(line: Sequence[Point], box: Box) -> bool:
    """Return whether a line runs through a box."""
    left, top, right, bottom = box
    if any(left < x < right and top < y < bottom for x, y in line):
        return True
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    return any(
        _cross(begin, end, one, two)
        for begin, end in pairwise(line)
        for one, two in pairwise(corners)
    )


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Return whether two segments cross; those that touch at an end do not."""
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
